"""Turns the addresses of Customers into its pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
