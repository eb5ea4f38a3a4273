"""Turns maintenance schedules, the dealer's own and the shipped ones, into pages: who follows which, each change."""

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.dealers.models import LANGUAGES
from relance.facts.models import MaintenanceSchedule, Vehicle
from relance.facts.refresh import follow_schedules
from relance.facts.schedules import Schedule, read_schedule, shipped
from relance.facts.schedules.covered import covered
from relance.facts.schedules.own import plain
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.results.reckoned import is_asked_for, reckoned
from relance.web.desk.settings.schedule_form import Form, schedule_of, typed
from relance.web.desk.settings.schedule_form import shown as form_of
from relance.web.desk.words import Word

AT_ONCE = 2_000  # vehicles that a press reckons itself; more of them the clockwork takes up within seconds
KINDS: dict[str, Word] = {
    "car": gettext_lazy("Cars"),
    "truck": gettext_lazy("Trucks"),
    "motorcycle": gettext_lazy("Motorcycles"),
    "rv": gettext_lazy("Recreational vehicles"),
    "golf_cart": gettext_lazy("Golf carts"),
    "other": gettext_lazy("Other vehicles"),
}
Rows = QuerySet[MaintenanceSchedule]


@dataclass(frozen=True)
class Row:
    """One schedule in the list."""

    schedule: Schedule
    number: int  # the row's key; 0: shipped
    is_gone: bool
    vehicles: int | None  # that follow it; None: being counted

    @property
    def kind(self) -> Word:
        """For which kind of vehicle."""
        return KINDS[self.schedule.kind] if self.schedule.kind else _("All vehicles")

    @property
    def narrower(self) -> str:
        """Make, model and years, as far as it asks for them."""
        ours = self.schedule
        years = "" if ours.years is None else "–".join(dict.fromkeys(map(str, ours.years)))
        return " ".join(part for part in (ours.make, ours.model, years) if part)


@desk_page("settings")
def schedules(desk: Desk) -> HttpResponse:
    """The list comes at once, how many vehicles follow each comes after it."""
    rows = list(MaintenanceSchedule.objects.of(desk.dealer).order_by("code"))
    numbers = None
    if is_asked_for(desk):
        state = repr([(row.code, row.definition, row.taken_back_at) for row in rows]).encode()
        name = f"schedules-{hashlib.sha256(state).hexdigest()[:16]}"
        numbers = reckoned(desk, name, lambda: covered(desk.dealer))
    own = [
        Row(
            schedule=read_schedule(row.definition, row.code),
            number=row.pk,
            is_gone=row.taken_back_at is not None,
            vehicles=None if numbers is None else numbers[True, row.code],
        )
        for row in rows
    ]
    values = {
        "own": own,
        "shipped": [_shipped(plan.schedule, numbers) for plan in shipped()],
        "waits": any(row.waits_since for row in rows),
        "is_counted": numbers is not None,
    }
    template = "desk/settings/_schedules.html" if desk.is_fragment else "desk/settings/schedules.html"
    return show(desk, template, values, place="desk-schedules")


def _shipped(schedule: Schedule, numbers: Counter[tuple[bool, str]] | None) -> Row:
    vehicles = None if numbers is None else numbers[False, schedule.schedule]
    return Row(schedule, 0, is_gone=False, vehicles=vehicles)


@desk_page("settings")
def schedule(desk: Desk, number: int) -> HttpResponse:
    """One of the dealer's own, or a new one (0): empty, or like a shipped one."""
    if number:
        row = _row(desk, number)
        return _page(desk, form_of(read_schedule(row.definition, row.code)), row)
    like = desk.request.GET.get("like", "")
    found = next((plan.schedule for plan in shipped() if plan.schedule.schedule == like), None)
    return _page(desk, form_of(found) if found else Form(), None)


@desk_page("settings", changes=True)
def save_schedule(desk: Desk, number: int) -> HttpResponse:
    """Keep what was typed, or say what is wrong with it; what was typed is still there."""
    row = _row(desk, number) if number else None
    form = typed(desk.request.POST)
    if row is not None:
        form.code = row.code
    elif _rows(desk).filter(code=form.code).exists():
        form.faults["code"] = _("There is a schedule with this name already: change that one, or choose another name.")
    found = schedule_of(form, desk.dealer.language)
    if found is None:
        return _page(desk, form, row, status=422)
    before = row.definition if row else {}
    row = row or MaintenanceSchedule(dealer=desk.dealer, code=found.schedule)
    row.definition = plain(found)
    return _changed(desk, row, before=before, after=row.definition)


@desk_page("settings", changes=True)
def take_schedule_back(desk: Desk, number: int) -> HttpResponse:
    """Let no vehicle follow it: each takes the next best one. It stays in the list, to be brought back."""
    row = _row(desk, number)
    row.taken_back_at = row.taken_back_at or desk.reader.at
    return _changed(desk, row, before=row.definition, after={"taken_back": True})


@desk_page("settings", changes=True)
def bring_schedule_back(desk: Desk, number: int) -> HttpResponse:
    """Let vehicles follow it again."""
    row = _row(desk, number)
    row.taken_back_at = None
    return _changed(desk, row, before={"taken_back": True}, after=row.definition)


def _changed(desk: Desk, row: MaintenanceSchedule, *, before: Any, after: Any) -> HttpResponse:
    """Keep the row and its entry in the log; the next services follow at once, or with the clockwork."""
    row.waits_since = desk.reader.at
    row.save()
    desk.note("settings", f"maintenance schedule {row.code}", before=before, after=after)
    if Vehicle.objects.of(desk.dealer)[: AT_ONCE + 1].count() <= AT_ONCE:
        follow_schedules(desk.dealer)
    return redirect("desk-schedules", slug=desk.dealer.slug)


def _page(desk: Desk, form: Form, row: MaintenanceSchedule | None, *, status: int = 200) -> HttpResponse:
    own = desk.dealer.language
    values = {
        "form": form.with_blanks(),
        "row": row,
        "number": row.pk if row else 0,
        "kinds": KINDS.items(),
        "own_language": own,
        "tongues": [(tongue, says) for tongue, says in LANGUAGES if tongue != own],
    }
    return show(desk, "desk/settings/schedule.html", values, place="desk-schedules", status=status)


def _rows(desk: Desk) -> Rows:
    return MaintenanceSchedule.objects.of(desk.dealer)


def _row(desk: Desk, number: int) -> MaintenanceSchedule:
    found = _rows(desk).filter(pk=number).first()
    if found is None:
        raise Http404
    return found
