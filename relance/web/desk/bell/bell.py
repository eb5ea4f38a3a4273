"""Turns what waits for a person into one number on every page, and into a list that leads to each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from relance.delivery.models import Notice
from relance.delivery.staff.notices import read_notices, unread
from relance.lib.moments import day_start
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.outbox.standing import standing_still
from relance.web.desk.programmes.decisions import late_told
from relance.web.desk.tasks.task_list import tasks_of
from relance.web.desk.words import TASKS, Word, name_of, word
from relance.web.lists.listing import Column, Listing
from relance.web.lists.order import Key
from relance.web.lists.table import Table, in_order


@dataclass(frozen=True)
class Kind:
    """One kind of what waits: its words, how many there are, and where they stand."""

    says: Word
    icon: str
    count: Callable[[Desk], int]
    place: str
    query: str = ""


@dataclass(frozen=True)
class Waiting:
    """So many of one kind."""

    kind: Kind
    number: int


def _approvals(desk: Desk) -> int:
    """Only what the reader may approve: whoever may not is not asked to."""
    if not desk.may("approve"):
        return 0
    waiting = (
        desk.messages().filter(state="approval").values_list("automation__subject").annotate(n=Count("pk")).order_by()
    )
    return sum(number for subject, number in waiting if desk.may("approve", subject))


def _standing(desk: Desk) -> int:
    return len(standing_still(desk.dealer))


def _unsure(desk: Desk) -> int:
    return desk.messages().filter(state="unsure").count()


def _late_tasks(desk: Desk) -> int:
    return tasks_of(desk).filter(state="open", due_at__lt=day_start(desk.reader.today, desk.dealer.zone)).count()


def _late_people(desk: Desk) -> int:
    return sum(told.people for _automation, told, _day in late_told(desk))


def _unread(desk: Desk) -> int:
    return unread(desk.dealer, desk.user).count()


# Whatever else waits for a person gets a row here.
KINDS = (
    Kind(_("Messages waiting for your approval"), "approval", _approvals, "desk-outbox", "?state=approval"),
    Kind(_("Channels that stand still"), "failed", _standing, "desk-outbox"),
    Kind(
        _("Messages that may or may not have arrived: please check"),
        "unsure",
        _unsure,
        "desk-outbox",
        "?state=unsure",
    ),
    Kind(_("People whom a feed brought after their run"), "person", _late_people, "desk-programmes"),
    Kind(_("Tasks that are late"), "tasks", _late_tasks, "desk-tasks", "?show=late"),
    Kind(_("New for you"), "person", _unread, "desk-waiting", "#new"),
)


def _waiting(desk: Desk) -> list[Waiting]:
    return [Waiting(kind, number) for kind in KINDS if (number := kind.count(desk))]


@desk_page()
def waiting(desk: Desk) -> HttpResponse:
    """The list."""
    page = NOTICES.page(desk)
    values = {"waiting": _waiting(desk), "notices": page.rows, "head": page.head}
    return show(desk, "desk/bell/waiting.html", values, place="desk-waiting")


def _whole(desk: Desk, keys: Sequence[int]) -> list[Notice]:
    return in_order(unread(desk.dealer, desk.user).select_related("task__customer", "message__automation"), keys)


def _what(notice: Notice) -> Word:
    if notice.task:
        return word(TASKS, notice.task.kind)
    return (notice.message.subject_line or name_of(notice.message.automation)) if notice.message else ""


def _customer(notice: Notice) -> str | None:
    return notice.task.customer.name if notice.task and notice.task.customer else None


def _columns(_desk: Desk) -> list[Column[Notice]]:
    return [
        Column("at", _("When"), lambda notice: notice.at),
        Column("what", _("What"), _what),
        Column("customer_name", _("Customer’s name"), _customer),
    ]


NOTICES = Listing(
    name="notices",
    place="desk-waiting",
    title=_("New for you"),
    source=Table(
        keys=(Key("when", _("When"), ("at", "pk"), down=True),),
        rows=lambda desk: unread(desk.dealer, desk.user),
        whole=_whole,
    ),
    columns=_columns,
)


@desk_page(changes=True)
def read(desk: Desk) -> HttpResponse:
    """What is new is read: one line of it, or all."""
    text = desk.request.POST.get("notice", "")
    key = int(text) if text.isascii() and text.isdigit() and len(text) < 15 else None
    read_notices(desk.dealer, desk.user, at=desk.reader.at, key=key)
    return redirect("desk-waiting", slug=desk.dealer.slug)


@desk_page()
def number(desk: Desk) -> HttpResponse:
    """The number beside the bell, fetched after the page."""
    found = sum(one.number for one in _waiting(desk))
    return show(desk, "desk/bell/_number.html", {"number": found})
