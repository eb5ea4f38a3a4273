"""Turns what follows `/d/<slug>/` into the pages of its place."""

from django.urls import URLPattern, URLResolver, include, path

from relance.web.lists.files import list_file

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
urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(f"relance.web.desk.{place}.urls")) for place in PLACES),
    path("files/<slug:name>.<str:form>", list_file, name="desk-list-file"),
]
