"""Turns the messages to the staff into their lists: a person's latest runs, a line per customer."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from relance.dealers.models import Staff
from relance.delivery.staff.list_lines import link_of, parts_of
from relance.lib.fold import fold
from relance.measures.words import STATES
from relance.outbox.models import Message
from relance.plan.models import Automation
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.words import name_of, word
from relance.web.lists.listing import Column, Listing
from relance.web.lists.order import Key
from relance.web.lists.table import Table, in_order

LINES = 300  # on a page
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
    numbers = _numbers(desk)
    chosen = _chosen(desk, numbers)
    names = dict(Staff.objects.of(desk.dealer).filter(ref__in=numbers).values_list("ref", "name"))
    page = _lines_of_whom(lambda _desk: chosen or "").page(desk)
    values = {
        "readers": [Reader(ref, names.get(ref) or ref, number, ref == chosen) for ref, number in numbers.items()],
        "lists": _lists(page.rows),
        "head": page.head,
        "chosen": names.get(chosen or "") or chosen,
    }
    return show(desk, "desk/tasks/staff_lists.html", values, place="desk-lists")


def _numbers(desk: Desk) -> dict[str, int]:
    """How many lines each of the staff has, by reference."""
    found = _rows(desk).values_list("recipient").annotate(number=Count("pk")).order_by("recipient")
    return {to.removeprefix("staff:"): number for to, number in found if to.startswith("staff:")}


def _whole(desk: Desk, keys: Sequence[int]) -> list[Message]:
    return in_order(_rows(desk).select_related("automation", "customer"), keys)


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


def _lists(messages: Sequence[Message]) -> list[StaffList]:
    """Run by run."""
    found = []
    for _run, together in groupby(messages, key=lambda message: message.run_id):
        theirs = list(together)
        first = theirs[0]
        found.append(StaffList(first.automation, first.run_at, _title(first), _lines(theirs)))
    return found


def _title(message: Message) -> str:
    return message.subject_line or name_of(message.automation)


def _lines(messages: Iterable[Message]) -> list[Line]:
    lines = []
    for message in messages:
        first, *rest = parts_of(message.body or "", message.spans)
        lines.append(Line(message, first, [Part(text, link_of(text)) for text in rest]))
    return lines


def _columns(_desk: Desk) -> list[Column[Message]]:
    return [
        Column("run_at", _("Run"), lambda one: one.run_at),
        Column("automation", _("Automation"), lambda one: one.automation.code),
        Column("title", _("List"), _title),
        Column("customer", _("Customer"), lambda one: one.customer.ref if one.customer else None),
        Column("customer_name", _("Customer’s name"), lambda one: one.customer.name if one.customer else None),
        Column("line", _("Line"), lambda one: " · ".join(parts_of(one.body or "", one.spans))),
        Column("state", _("State"), lambda one: word(STATES, one.state)),
    ]


def _lines_of_whom(who: Callable[[Desk], str]) -> Listing[Message]:
    return Listing(
        name="staff-lists",
        place="desk-lists",
        title=_("Lists"),
        source=Table(
            keys=(Key("run", _("Run"), ("run_at", "run_id", "+pk"), down=True),),  # inside a run as it was made
            rows=lambda desk: _rows(desk).filter(recipient=f"staff:{who(desk)}"),
            whole=_whole,
        ),
        columns=_columns,
        per_page=LINES,
    )


STAFF_LISTS = _lines_of_whom(lambda desk: _chosen(desk, _numbers(desk)) or "")
