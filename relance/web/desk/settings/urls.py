"""Turns the addresses of Settings into its pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
