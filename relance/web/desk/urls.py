"""Turns what follows `/d/<slug>/` into the pages of its place."""

from django.urls import URLResolver, include, path

PLACES = (
    "programmes",
    "outbox",
    "automations",
    "contact",
    "campaigns",
    "tasks",
    "customers",
    "results",
    "settings",
    "bell",
)
urlpatterns: list[URLResolver] = [path("", include(f"relance.web.desk.{place}.urls")) for place in PLACES]
