"""Turns the addresses of Programmes into its pages."""

from django.urls import URLPattern, path

from relance.web.desk.programmes import acts, people, print_files, programmes, take_out

urlpatterns: list[URLPattern] = [
    path("programmes/", programmes.programmes, name="desk-programmes"),
    path("programmes/sheet/", programmes.programmes_days, name="desk-sheet"),
    path("programmes/print/", print_files.print_files, name="desk-print-files"),
    path("programmes/print/<uuid:key>/", print_files.print_file, name="desk-print-file"),
    path("programmes/print/<uuid:key>/picture/<int:side>/", print_files.print_picture, name="desk-print-picture"),
    path("programmes/print/<uuid:key>/printed/", print_files.mark_printed, name="desk-printed"),
    path("programmes/print/<uuid:key>/take-back/", print_files.take_back_file, name="desk-print-take-back"),
    path("programmes/<str:code>/<day:day>/file/<str:form>/", take_out.take_out, name="desk-take-out"),
    path("programmes/<str:code>/<day:day>/own-document/", take_out.own_document, name="desk-own-document"),
    path("programmes/<day:day>/", people.whole_day, name="desk-day"),
    path("programmes/<str:code>/<day:day>/", people.cell, name="desk-cell"),
    path("programmes/<str:code>/<month:month>/", people.month, name="desk-month"),
    path("programmes/<str:code>/<day:day>/hold-back/", acts.hold, name="desk-hold-back"),
    path("programmes/<str:code>/<day:day>/release/", acts.release, name="desk-release"),
    path("programmes/<str:code>/<day:day>/decide/", acts.decide, name="desk-run-decide"),
    path("programmes/<str:code>/<day:day>/move/", acts.move, name="desk-run-move"),
]
