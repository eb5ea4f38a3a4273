"""Turns the addresses of Programmes into its pages."""

from django.urls import URLPattern, path

from relance.web.desk.programmes import people, programmes

urlpatterns: list[URLPattern] = [
    path("programmes/", programmes.programmes, name="desk-programmes"),
    path("programmes/sheet/", programmes.programmes_days, name="desk-sheet"),
    path("programmes/<day:day>/", people.whole_day, name="desk-day"),
    path("programmes/<str:code>/<day:day>/", people.cell, name="desk-cell"),
    path("programmes/<str:code>/<month:month>/", people.month, name="desk-month"),
    path("programmes/<str:code>/<day:day>/hold-back/", people.hold, name="desk-hold-back"),
    path("programmes/<str:code>/<day:day>/release/", people.release, name="desk-release"),
]
