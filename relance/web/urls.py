"""Turns an address into a page: hooks, the door, and the desk of one dealer under `/d/<slug>/`."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from relance.web import faults
from relance.web.paths import DayInPath, MonthInPath

register_converter(DayInPath, "day")
register_converter(MonthInPath, "month")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("relance.web.hooks.urls")),
    path("", include("relance.web.door.urls")),
    path("d/<slug:slug>/", include("relance.web.desk.urls")),
]
handler400 = faults.bad_request
handler403 = faults.forbidden
handler404 = faults.not_found
handler500 = faults.fault
