"""Turns the addresses of Results into its pages."""

from django.urls import URLPattern, path

from relance.web.desk.results import economics, quality, retention, statistics

urlpatterns: list[URLPattern] = [
    path("results/", statistics.results, name="desk-results"),
    path("results/retention/", retention.retention_page, name="desk-retention"),
    path("results/quality/", quality.quality, name="desk-quality"),
    path("results/economics/", economics.economics, name="desk-economics"),
]
