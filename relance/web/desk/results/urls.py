"""Turns the addresses of Results into its pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
