"""Turns an address into a page."""

from datetime import date

from django.urls import URLPattern, URLResolver, include, path, register_converter

from relance.web import faults
from relance.web.desk import contact_settings, outbox, people, programmes, sign_in, staff_lists


class DayInPath:
    """`2026-05-04`."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


class MonthInPath:
    """`2026-05`, as its first day."""

    regex = r"\d{4}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


register_converter(DayInPath, "day")
register_converter(MonthInPath, "month")

HERE = "d/<slug:slug>"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("relance.web.hooks.urls")),
    path("", sign_in.home, name="home"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/link/<str:who>/<str:token>/", sign_in.sign_in_link, name="sign-in-link"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("language/", sign_in.language, name="language"),
    path(f"{HERE}/programmes/", programmes.programmes, name="desk-programmes"),
    path(f"{HERE}/programmes/sheet/", programmes.programmes_days, name="desk-sheet"),
    path(f"{HERE}/programmes/<day:day>/", people.whole_day, name="desk-day"),
    path(f"{HERE}/programmes/<str:code>/<day:day>/", people.cell, name="desk-cell"),
    path(f"{HERE}/programmes/<str:code>/<month:month>/", people.month, name="desk-month"),
    path(f"{HERE}/programmes/<str:code>/<day:day>/hold-back/", people.hold, name="desk-hold-back"),
    path(f"{HERE}/programmes/<str:code>/<day:day>/release/", people.release, name="desk-release"),
    path(f"{HERE}/outbox/", outbox.outbox, name="desk-outbox"),
    path(f"{HERE}/outbox/<uuid:key>/", outbox.message, name="desk-message"),
    path(f"{HERE}/outbox/<uuid:key>/file/", outbox.message_file, name="desk-message-file"),
    path(f"{HERE}/outbox/<uuid:key>/cancel/", outbox.cancel_message, name="desk-cancel"),
    path(f"{HERE}/outbox/<uuid:key>/approve/", outbox.approve_message, name="desk-approve"),
    path(f"{HERE}/outbox/<uuid:key>/bring-back/", outbox.bring_back_message, name="desk-bring-back"),
    path(f"{HERE}/lists/", staff_lists.staff_lists, name="desk-lists"),
    path(f"{HERE}/contact-settings/", contact_settings.contact_settings, name="desk-contact-settings"),
    path(f"{HERE}/contact-settings/save/", contact_settings.save_contact_settings, name="desk-contact-settings-save"),
    path(f"{HERE}/contact-settings/<str:code>/", contact_settings.preview_of, name="desk-contact-preview"),
]
handler400 = faults.bad_request
handler403 = faults.forbidden
handler404 = faults.not_found
handler500 = faults.fault
