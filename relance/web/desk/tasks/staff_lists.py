"""Turns the messages to the staff into their lists: a person's latest runs, a line per customer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse

from relance.dealers.models import Staff
from relance.delivery.staff.list_lines import link_of, parts_of
from relance.lib.fold import fold
from relance.outbox.models import Message
from relance.plan.models import Automation
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.words import name_of

LINES, LISTS = 300, 12  # of one person, the newest first
SHOWN_STATES = ("ready", "approval", "sending", "sent", "delivered", "unsure", "failed")


@dataclass(frozen=True)
class Part:
    """One part of a line; a telephone number or an address can be used."""

    text: str
    link: str | None


@dataclass(frozen=True)
class Line:
    """One customer on a list."""

    message: Message
    first: str
    parts: list[Part]


@dataclass(frozen=True)
class StaffList:
    """What one run has for one person."""

    automation: Automation
    run_at: datetime
    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Reader:
    """Somebody on the staff who has lists."""

    ref: str
    name: str
    count: int
    is_chosen: bool


@desk_page()
def staff_lists(desk: Desk) -> HttpResponse:
    """The lists of one person: who asks, else the first who has any."""
    rows = _rows(desk)
    numbers = dict(rows.values_list("recipient").annotate(number=Count("pk")).order_by("recipient"))
    numbers = {to.removeprefix("staff:"): number for to, number in numbers.items() if to.startswith("staff:")}
    chosen = _chosen(desk, numbers)
    names = dict(Staff.objects.of(desk.dealer).filter(ref__in=numbers).values_list("ref", "name"))
    values = {
        "readers": [Reader(ref, names.get(ref) or ref, number, ref == chosen) for ref, number in numbers.items()],
        "lists": _lists(rows.filter(recipient=f"staff:{chosen}")) if chosen else [],
        "chosen": names.get(chosen or "") or chosen,
    }
    return show(desk, "desk/tasks/staff_lists.html", values, place="desk-lists")


def _rows(desk: Desk) -> QuerySet[Message]:
    """Everybody's lists; only his own for whoever sees only his own customers."""
    rows = Message.objects.of(desk.dealer).filter(channel="staff", state__in=SHOWN_STATES)
    return rows if desk.sees_all else rows.filter(recipient=f"staff:{desk.membership.reference}")


def _chosen(desk: Desk, numbers: dict[str, int]) -> str | None:
    asked = desk.request.GET.get("to")
    if asked is not None:
        if asked not in numbers:
            raise Http404
        return asked
    own = fold(desk.user.email)
    mine = [
        ref for ref, email in Staff.objects.of(desk.dealer).values_list("ref", "email") if email and fold(email) == own
    ]
    return next((ref for ref in [*mine, *numbers] if ref in numbers), None)


def _lists(rows: QuerySet[Message]) -> list[StaffList]:
    """The newest runs first; inside a run as it was made."""
    newest = rows.select_related("automation", "customer").order_by("-run_at", "-run_id", "pk")[:LINES]
    found = []
    for _run, together in groupby(newest, key=lambda message: message.run_id):
        messages = list(together)
        first = messages[0]
        title = first.subject_line or name_of(first.automation)
        found.append(StaffList(first.automation, first.run_at, title, _lines(messages)))
    return found[:LISTS]


def _lines(messages: Iterable[Message]) -> list[Line]:
    lines = []
    for message in messages:
        first, *rest = parts_of(message.body or "", message.spans)
        lines.append(Line(message, first, [Part(text, link_of(text)) for text in rest]))
    return lines
