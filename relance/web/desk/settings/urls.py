"""Turns the addresses of Settings into its pages."""

from django.urls import URLPattern, path

from relance.web.desk.settings import audit_log

urlpatterns: list[URLPattern] = [path("settings/audit/", audit_log.audit_log, name="desk-audit")]
