"""Turns the addresses of Tasks into its pages."""

from django.urls import URLPattern, path

from relance.web.desk.tasks import staff_lists

urlpatterns: list[URLPattern] = [path("lists/", staff_lists.staff_lists, name="desk-lists")]
