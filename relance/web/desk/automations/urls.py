"""Turns the addresses of Automations into its pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
