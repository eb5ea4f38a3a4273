"""Turns the addresses of the bell into its pages."""

from django.urls import URLPattern, path

from relance.web.desk.bell import bell

urlpatterns: list[URLPattern] = [
    path("waiting/", bell.waiting, name="desk-waiting"),
    path("waiting/read/", bell.read, name="desk-waiting-read"),
    path("waiting/number/", bell.number, name="desk-waiting-number"),
]
