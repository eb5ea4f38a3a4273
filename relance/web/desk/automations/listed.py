"""Turns a dealer's automations into a list by programme, and switches one of them on, off or to approval."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relance.dealers.hours import Calendar
from relance.lib.errors import BadInput
from relance.lib.fold import fold
from relance.outbox.models import Message
from relance.plan.apply import SWITCHED_ON, definition_of
from relance.plan.definition import Definition
from relance.plan.models import Automation, Sketch
from relance.plan.switching.moved_runs import Moves, moves_of, next_run_of
from relance.plan.switching.sketches import copy_of, new_sketch
from relance.plan.switching.switch import STATES, may_switch_on, switch
from relance.plan.switching.themes import Overlap, overlap, rivals
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.results.reckoned import is_asked_for, is_part_asked_for
from relance.web.desk.words import PROGRAMMES, RHYTHMS, SWITCHES, Word, name_of, word
from relance.web.lists.listing import Column, Listing
from relance.web.lists.memory import Memory, as_they_are
from relance.web.lists.order import Key

PLACE = "desk-automations"
SENT_DAYS = 30
PER_PAGE = 200
GONE = ("sent", "delivered")


@dataclass(frozen=True)
class Row:
    """One automation of the list."""

    automation: Automation
    rhythm: Word
    next_at: datetime | None
    sent: int | None  # in thirty days; None: it follows


@dataclass(frozen=True)
class Rival:
    """An automation of the same theme that is on already, and the people whom both would speak to."""

    automation: Automation
    both: Overlap | None  # None: it follows
    names: list[str]


@desk_page()
def automations(desk: Desk) -> HttpResponse:
    """What there is, by programme; `?show=on|off` for some of them. What they sent follows."""
    if desk.is_fragment and desk.request.GET.get("part") == "sent":
        return show(desk, "desk/automations/_sent.html", {"sent": _sent(desk), "sent_days": SENT_DAYS})
    return show(desk, "desk/automations/automations.html", _list_values(desk), place=PLACE)


def _list_values(desk: Desk) -> dict[str, Any]:
    shown = desk.request.GET.get("show", "")
    everything = list(Automation.objects.of(desk.dealer).order_by("code"))
    sent = _sent(desk) if is_asked_for(desk) else None
    rows = _rows(desk, _shown(desk, everything), sent)
    page = automations_of(lambda _desk: rows).page(desk)
    is_by_programme = page.head.sorts["programme"].is_chosen
    return {
        "groups": list(_by_programme(page.rows)) if is_by_programme else [("", page.rows)] if page.rows else [],
        "head": page.head,
        "shown": shown,
        "total": len(everything),
        "on": sum(row.status in SWITCHED_ON for row in everything),
        "paused": sum(row.paused != "" for row in everything),
        "sketches": Sketch.objects.of(desk.dealer).filter(user=desk.user, automation=None).order_by("-updated_at")[:20],
        "sent_days": SENT_DAYS,
        "follows": not is_asked_for(desk),
        "may_change": desk.may("automations"),
    }


def _sent(desk: Desk) -> dict[str, int]:
    """Code → how many messages left in the last thirty days; nothing for those that sent none."""
    codes = dict(Automation.objects.of(desk.dealer).values_list("pk", "code"))
    gone = Message.objects.of(desk.dealer).filter(
        automation_id__in=list(codes),  # the index begins with them
        reference_at__gte=desk.reader.at - timedelta(days=SENT_DAYS),
        reference_at__lte=desk.reader.at,
        state__in=GONE,
    )
    return {codes[pk]: n for pk, n in gone.values_list("automation_id").annotate(n=Count("pk")).order_by()}


def _shown(desk: Desk, listed: Iterable[Automation]) -> list[Automation]:
    shown = desk.request.GET.get("show", "")
    return [row for row in listed if not shown or (shown == "off") == (row.status == "off")]


def _rows(desk: Desk, listed: Iterable[Automation], sent: Mapping[str, int] | None) -> list[Row]:
    calendar, moves = Calendar(desk.dealer), moves_of(desk.dealer)
    found = []
    for automation in listed:
        number = None if sent is None else sent.get(automation.code, 0)
        found.append(_row(automation, calendar, moves, desk.reader.at, number))
    return found


def _row(automation: Automation, calendar: Calendar, moves: Moves, at: datetime, sent: int | None) -> Row:
    is_on = automation.status in SWITCHED_ON and not automation.paused
    try:
        schedule = definition_of(automation).schedule
    except BadInput:
        return Row(automation, "", None, sent)
    ahead = None
    if is_on and schedule.kind != "realtime":
        ahead = next_run_of(automation, schedule, calendar, after=at, moves=moves)
    return Row(automation, word(RHYTHMS, schedule.kind), ahead, sent)


def _by_programme(rows: Iterable[Row]) -> Iterable[tuple[Word, list[Row]]]:
    for programme, group in groupby(rows, key=lambda row: row.automation.programme):
        yield word(PROGRAMMES, programme), list(group)


def _every_row(desk: Desk) -> list[Row]:
    return _rows(desk, _shown(desk, Automation.objects.of(desk.dealer)), _sent(desk))


def _columns(_desk: Desk) -> list[Column[Row]]:
    return [
        Column("automation", _("Automation"), lambda row: row.automation.code),
        Column("name", _("Name"), lambda row: name_of(row.automation)),
        Column("programme", _("Programme"), lambda row: word(PROGRAMMES, row.automation.programme)),
        Column("state", _("State"), lambda row: word(SWITCHES, row.automation.status)),
        Column("paused", _("Paused because"), lambda row: row.automation.paused),
        Column("rhythm", _("Rhythm"), lambda row: row.rhythm),
        Column("next_run", _("Next run"), lambda row: row.next_at),
        Column("sent", _("Sent in thirty days"), lambda row: row.sent),
    ]


# What they sent follows the page: a sort by it would have to wait.
KEYS: tuple[Key[Callable[[Row], Any]], ...] = (
    Key("programme", _("Programme"), lambda row: list(PROGRAMMES).index(row.automation.programme)),
    Key("name", _("Name"), lambda row: fold(name_of(row.automation))),
    Key("code", _("Code"), lambda row: row.automation.code),
    Key("state", _("State"), lambda row: list(SWITCHES).index(row.automation.status)),
    Key("next", _("Next run"), lambda row: row.next_at.timestamp() if row.next_at else None, may_lack=True),
)


def automations_of(rows: Callable[[Desk], Sequence[Row]]) -> Listing[Row]:
    """The list of these rows."""
    return Listing(
        name="automations",
        place=PLACE,
        title=_("Automations"),
        source=Memory(keys=KEYS, rows=rows, whole=as_they_are, tie=lambda row: row.automation.code),
        columns=_columns,
        per_page=PER_PAGE,
    )


AUTOMATIONS = automations_of(_every_row)


@desk_page()
def switching(desk: Desk, name: str) -> HttpResponse:
    """What stands against switching it on, and who would hear the same twice."""
    automation = automation_named(desk, name)
    return _switching(desk, automation, told="")


def _switching(desk: Desk, automation: Automation, *, told: str) -> HttpResponse:
    """The panel; how many would hear both from it and a rival follows for each, `?full=1` waits for all."""
    definition = definition_of(automation)
    rows = rivals(desk.dealer, definition)
    if asked := [row for row in rows if is_part_asked_for(desk, row.code)]:
        rivalry = [_rival(desk, definition, row) for row in asked]
        if desk.is_fragment:
            return show(desk, "desk/automations/_both.html", {"automation": automation, "rival": rivalry[0]})
    else:
        rivalry = [Rival(row, None, []) for row in rows]
    values = {
        "automation": automation,
        "against": may_switch_on(desk.dealer, definition, at=desk.reader.at),
        "rivals": rivalry,
        "told": told,
        "may_change": desk.may("automations"),
        "panel": "desk/automations/_switching.html",
    }
    if desk.is_fragment:
        return show(desk, "desk/automations/_switching.html", values)
    return show(desk, "desk/automations/automations.html", {**_list_values(desk), **values}, place=PLACE)


def _rival(desk: Desk, definition: Definition, row: Automation) -> Rival:
    both = overlap(desk.dealer, definition, definition_of(row), at=desk.reader.at)
    return Rival(row, both, both.names(desk.dealer, most=5) if desk.sees_all else [])


@desk_page("automations", changes=True)
def switched(desk: Desk, name: str) -> HttpResponse:
    """Switch it; refused with every reason against it."""
    automation = automation_named(desk, name)
    to = desk.request.POST.get("to", "")
    if to not in STATES:
        raise Http404
    try:
        switch(desk.dealer, automation, to, by=str(desk.user), at=desk.reader.at)
    except BadInput as error:
        return _switching(desk, automation, told=str(error))
    desk.note("automation_switched", automation.code, before={"status": automation.status}, after={"status": to})
    if desk.is_fragment:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect(PLACE, slug=desk.dealer.slug)


@desk_page("automations", changes=True)
def copy(desk: Desk, name: str) -> HttpResponse:
    """A sketch that says the same under another code."""
    automation = automation_named(desk, name)
    entry = copy_of(automation)
    entry["name"] = gettext("{name} (copy)").format(name=entry["name"])
    sketch = new_sketch(desk.dealer, desk.user, entry, at=desk.reader.at)
    return redirect("desk-automation", slug=desk.dealer.slug, name=sketch.key)


def automation_named(desk: Desk, name: str) -> Automation:
    """The automation of this code, or 404."""
    found = Automation.objects.of(desk.dealer).filter(code=name).first()
    if found is None:
        raise Http404
    return found
