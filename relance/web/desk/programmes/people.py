"""Turns one cell of the sheet into the people behind it, with the very words they get."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from relance.dealers.hours import Calendar
from relance.delivery.models import PrintedMessage
from relance.lib.fold import fold
from relance.lib.moments import add_months, day_of
from relance.measures.words import CHANNELS, STATES
from relance.outbox.forecast import Person, people, people_of_day
from relance.outbox.models import HoldBack
from relance.plan.models import Automation
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.programmes.decisions import kept_back_runs, late_of, moving_of, waiting_for
from relance.web.desk.programmes.month_sheet import bounds, switched_on
from relance.web.desk.programmes.programmes import known_outlook, outlook_of, sheet_values
from relance.web.desk.results.reckoned import is_asked_for, is_large, shown_with
from relance.web.desk.words import Word, channel_reasons, reason_of, word
from relance.web.lists.listing import Column, Listing
from relance.web.lists.memory import Memory, as_they_are
from relance.web.lists.order import Key

Held = Mapping[tuple[int | None, int, date | None], HoldBack]  # by automation, customer, and the day if it is for once
AT_ONCE = 100  # people in one panel; the rest is a page away
IN_ORDER = ("heard", "refused", "withdrawn")
GROUPS = {"refused": "refused", "failed": "refused", "canceled": "withdrawn"}
SHOWN = {"sent": {"sent", "delivered"}, "waiting": {"ready", "approval", "sending"}, "refused": {"refused", "failed"}}


ON_PAPER = ("postcard", "letter")
FORMS: tuple[tuple[str, Word], ...] = (
    ("csv", "CSV"),
    ("xlsx", "Excel"),
    ("docx", "Word"),
    ("labels", _("Labels")),
)


@dataclass(frozen=True)
class Entry:
    """One person of the panel."""

    person: Person
    automation: Automation
    reference_on: date
    held: HoldBack | None  # the hold-back that stands, which can be undone
    why: Word
    remedy: Word
    by_channel: list[tuple[Word, Word]]
    may_decide: bool  # whether the reader may hold this person back, and take it back

    @property
    def group(self) -> str:
        """`heard`, `refused` (by the gate, or it failed), or `withdrawn` (by a person)."""
        return GROUPS.get(self.person.status, "heard")

    @property
    def may_be_held(self) -> bool:
        """Whether holding back still makes a difference."""
        return self.held is None and self.person.status in ("ready", "approval")


@dataclass(frozen=True)
class WaysOut:
    """How the people of a cell leave the desk: on paper, as calls, as files."""

    paper: list[str]  # channels
    printed: set[str]  # of those the ones that have print files
    calls: bool
    forms: tuple[tuple[str, Word], ...] = FORMS


@desk_page()
def cell(desk: Desk, code: str, day: date) -> HttpResponse:
    """The people of one automation on one day."""
    automation = automation_of(desk, code)
    return cell_of(desk, automation, day) if is_asked_for(desk) else _coming(desk)


def cell_of(desk: Desk, automation: Automation, day: date, *, told: str = "") -> HttpResponse:
    """The panel of a cell; `told`: why what was asked for was not done."""
    entries = entries_of(desk, automation, day)
    page = people_of(lambda _desk: entries).page(desk)
    values = {
        "automation": automation,
        "day": day,
        "closed": Calendar(desk.dealer).closed_because(day, desk.reader.speech.language),
        "totals": {name: sum(e.group == name for e in entries) for name in IN_ORDER},
        "groups": {name: [e for e in page.rows if e.group == name] for name in IN_ORDER},
        "head": page.head,
        "take_out": ways_out(desk, entries),
        "waiting": waiting_for(desk, automation, day),
        "kept_back": desk.may("approve", automation.subject) and kept_back_runs(desk, automation, day),
        "moving": moving_of(desk, automation, day),
        "came_late": sum(late.count for late in late_of(desk, automation, day)),
        "told": told,
        "expected": not entries and _is_realtime(automation) and day >= desk.reader.today,
    }
    return _panel(desk, "desk/programmes/_people.html", values)


def ways_out(desk: Desk, entries: Sequence[Entry]) -> WaysOut | None:
    """What the people of a cell can be taken out as; None when there is nobody."""
    heard = [entry.person for entry in entries if entry.group == "heard" and entry.person.recipient == "customer"]
    if not heard or not desk.may("export"):
        return None
    channels = {person.channel for person in heard}
    paper = [channel for channel in ON_PAPER if channel in channels]
    sent = [p.message_key for p in heard if p.channel in ON_PAPER and p.message_key is not None]
    rows = PrintedMessage.objects.of(desk.dealer).filter(message__key__in=sent[:AT_ONCE]) if sent else None
    printed = set(rows.values_list("print_file__channel", flat=True)) if rows is not None else set()
    return WaysOut(paper, printed, "phone" in channels)


@desk_page()
def whole_day(desk: Desk, day: date) -> HttpResponse:
    """The people of one day, by automation; `?show=sent|waiting|refused` for some of them."""
    if not is_asked_for(desk):
        return _coming(desk)
    shown = desk.request.GET.get("show", "")
    found = people_of_day(desk.dealer, day=day, at=desk.reader.at)
    everybody = _within(desk, [person for theirs in found.values() for person in theirs])
    seen, automations = {person.customer_id for person in everybody}, switched_on(desk.dealer)
    held = _hold_backs(desk, automations, everybody)
    groups = []
    room = AT_ONCE
    for automation in automations:
        theirs = [person for person in found.get(automation.pk, []) if person.customer_id in seen]
        entries = _entries(desk, automation, theirs, held)
        entries = [e for e in entries if shown not in SHOWN or e.person.status in SHOWN[shown]]
        if entries:
            groups.append((automation, entries[: max(room, 0)], len(entries)))
            room -= len(entries)
    total = sum(count for _, _, count in groups)
    return _panel(desk, "desk/programmes/_day.html", {"day": day, "groups": groups, "shown": shown, "total": total})


@desk_page()
def month(desk: Desk, code: str, month: date) -> HttpResponse:
    """The days of one automation in one month, each leading to its people."""
    automation = automation_of(desk, code)
    if not is_asked_for(desk):
        return _coming(desk)
    last = add_months(month, 1) - timedelta(days=1)
    first_known, last_known = bounds(desk.reader.today)
    outlook, age = None, None
    if first_known <= month and last <= last_known and is_large(desk.dealer):
        found = known_outlook(desk)
        outlook, age = found.figures, shown_with(desk, found, "")
    elif first_known <= month and last <= last_known:
        outlook = outlook_of(desk, (month, last))
    cells = outlook.cells if outlook else {}
    days = sorted(
        (day, found)
        for (pk, day), found in cells.items()
        if pk == automation.pk and month <= day <= last and (found.ready or found.refused)
    )
    values = {"automation": automation, "month": month, "days": days, "age": age}
    return _panel(desk, "desk/programmes/_month.html", values)


def entries_of(desk: Desk, automation: Automation, day: date) -> list[Entry]:
    """The people of one cell, with the hold-backs that stand."""
    found = _within(desk, people(desk.dealer, automation=automation, day=day, at=desk.reader.at))
    return _entries(desk, automation, found, _hold_backs(desk, [automation], found))


def _entries(desk: Desk, automation: Automation, found: Sequence[Person], held: Held) -> list[Entry]:
    may_decide = desk.may("hold_back", automation.subject)
    entries = []
    for person in found:
        reference_on = day_of(person.reference_at, desk.reader.zone)
        why, remedy = reason_of(person.reason, person.detail) if person.reason else ("", "")
        key = automation.pk, person.customer_id
        standing = held.get((*key, None)) or held.get((*key, reference_on))
        by_channel = channel_reasons(person.detail) if person.reason == "no_channel" else []
        entries.append(Entry(person, automation, reference_on, standing, why, remedy, by_channel, may_decide))
    return entries


def _within(desk: Desk, found: list[Person]) -> list[Person]:
    """Those whom the reader may see."""
    if desk.sees_all:
        return found
    own = desk.customers().filter(pk__in={person.customer_id for person in found})
    seen = set(own.values_list("pk", flat=True))
    return [person for person in found if person.customer_id in seen]


def _hold_backs(desk: Desk, automations: Sequence[Automation], found: Sequence[Person]) -> Held:
    rows = HoldBack.objects.of(desk.dealer).filter(
        automation__in=automations, customer_id__in={person.customer_id for person in found}, undone_at=None
    )
    return {(row.automation_id, row.customer_id, row.reference_on): row for row in rows}


def _cell(desk: Desk) -> dict[str, Any]:
    """Which cell: by the address of its panel, or of its file."""
    match, asked = desk.request.resolver_match, desk.request.GET
    if match and "code" in match.kwargs:
        return {"code": match.kwargs["code"], "day": match.kwargs["day"]}
    try:
        return {"code": asked.get("code", ""), "day": date.fromisoformat(asked.get("day", ""))}
    except ValueError:
        raise Http404 from None


def _own(desk: Desk) -> dict[str, str]:
    return {name: str(value) for name, value in _cell(desk).items()}


def _address(desk: Desk) -> str:
    return reverse("desk-cell", kwargs={"slug": desk.dealer.slug, **_cell(desk)})


def _everybody(desk: Desk) -> list[Entry]:
    cell = _cell(desk)
    return entries_of(desk, automation_of(desk, cell["code"]), cell["day"])


def _columns(_desk: Desk) -> list[Column[Entry]]:
    return [
        Column("customer", _("Customer"), lambda entry: entry.person.customer_ref),
        Column("name", _("Name"), lambda entry: entry.person.name),
        Column("vehicle", _("Vehicle"), lambda entry: entry.person.vehicle),
        Column("recipient", _("To"), lambda entry: entry.person.recipient),
        Column("state", _("State"), lambda entry: word(STATES, entry.person.status)),
        Column("why", _("Why"), lambda entry: entry.why),
        Column("channel", _("Channel"), lambda entry: word(CHANNELS, entry.person.channel)),
        Column("address", _("Address"), lambda entry: entry.person.address),
        Column("send_at", _("Sending time"), lambda entry: entry.person.send_at),
        Column("subject", _("Subject"), lambda entry: entry.person.subject_line),
        Column("text", _("Text"), lambda entry: entry.person.body),
    ]


def _tie(entry: Entry) -> list[str]:
    one = entry.person
    return [one.customer_ref, one.subject_ref, one.recipient, one.reference_at.isoformat(), one.channel or ""]


def _time(entry: Entry) -> float | None:
    return entry.person.send_at.timestamp() if entry.person.send_at else None


def people_of(entries: Callable[[Desk], Sequence[Entry]]) -> Listing[Entry]:
    """The list of the people behind one cell: who hears, who is refused, who was held back, each sorted so."""
    return Listing(
        name="people-of-a-day",
        place="desk-programmes",
        title=_("People"),
        own=_own,
        address=_address,
        source=Memory(
            keys=(
                Key("name", _("Name"), lambda entry: fold(entry.person.name or "") or None, may_lack=True),
                Key("time", _("Time"), _time, may_lack=True),
                Key("channel", _("Channel"), lambda entry: entry.person.channel, may_lack=True),
                Key("why", _("Why"), lambda entry: str(entry.why) or None, may_lack=True),
            ),
            rows=entries,
            whole=as_they_are,
            tie=_tie,
            band=lambda entry: IN_ORDER.index(entry.group),
        ),
        columns=_columns,
        per_page=AT_ONCE,
    )


PEOPLE_OF_A_DAY = people_of(_everybody)


def _coming(desk: Desk) -> HttpResponse:
    """The page at once, with the panel open: its people are reckoned when it asks for them."""
    here, asked = desk.request.get_full_path(), desk.request.GET
    return _panel(
        desk, "desk/programmes/_coming.html", {"comes_from": here, "whole": f"{here}{'&' if asked else '?'}full=1"}
    )


def _panel(desk: Desk, template: str, values: dict[str, Any]) -> HttpResponse:
    """Into the panel of the page that is there; or the whole page with the panel open."""
    if desk.is_fragment:
        return show(desk, template, values)
    return show(
        desk,
        "desk/programmes/programmes.html",
        {**sheet_values(desk, None), **values, "panel": template},
        place="desk-programmes",
    )


def automation_of(desk: Desk, code: str) -> Automation:
    """The automation with this code; 404 when there is none."""
    found = Automation.objects.of(desk.dealer).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _is_realtime(automation: Automation) -> bool:
    return bool(automation.definition.get("schedule", {}).get("kind") == "realtime")
