"""Turns a dealer's tasks into the lists of one reader: whose, of which kind, how late; and the calls to make."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from relance.lib.fold import fold
from relance.lib.moments import DAY, day_start
from relance.outbox.models import TASK_KINDS, Task
from relance.replies.calls import number_of
from relance.web.desk.guard import Desk
from relance.web.desk.taken import number_in
from relance.web.desk.words import TASK_OUTCOMES, TASK_STATES, TASKS, Word, word
from relance.web.lists.head import Head
from relance.web.lists.listing import Column, Listing
from relance.web.lists.order import Key
from relance.web.lists.table import Table, in_order

PAGE = 60
DONE_FOR = timedelta(days=14)
WHOSE = ("mine", "all", "late", "done")
CALLS = ("call", "recall")  # kinds that end with what came of a call


@dataclass(frozen=True)
class Chip:
    """One filter."""

    name: str
    words: Word
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class TaskPage:
    """Some tasks, what stands over them, and the filters with their numbers."""

    tasks: list[Task]
    head: Head
    whose: str
    kind: str
    numbers: dict[str, int]  # of each of WHOSE
    kinds: list[Chip]
    late_before: datetime  # what was due earlier is late


def tasks_of(desk: Desk) -> QuerySet[Task]:
    """The tasks that the reader may see: of his customers, and his own."""
    rows = Task.objects.of(desk.dealer).select_related("customer", "staff", "message__automation", "message__vehicle")
    return rows if desk.sees_all else rows.filter(Q(customer__in=desk.customers()) | own(desk))


def own(desk: Desk) -> Q:
    """What is the reader's by his reference."""
    return Q(staff__ref_folded=fold(desk.membership.reference)) if desk.membership.reference else Q(pk=None)


def chosen(desk: Desk) -> TaskPage:
    """The tasks that the address asks for; without a word, one's own when there are any, else all."""
    rows, today = tasks_of(desk), _today(desk)
    numbers = rows.aggregate(**{name: Count("pk", filter=test) for name, test in _tests(desk).items()})
    whose = _whose(desk, lambda: bool(numbers["mine"]))
    of_whom = rows.filter(_tests(desk)[whose])
    by_kind = dict(of_whom.values_list("kind").annotate(n=Count("pk")).order_by())
    kind = _kind(desk)
    kinds = [Chip(name, TASKS[name], by_kind[name], name == kind) for name in TASK_KINDS if by_kind.get(name)]
    page = (DONE if whose == "done" else TO_DO).page(desk)
    return TaskPage(page.rows, page.head, whose, kind, numbers, kinds, today)


def _today(desk: Desk) -> datetime:
    return day_start(desk.reader.today, desk.dealer.zone)


def _tests(desk: Desk) -> Mapping[str, Q]:
    is_open = Q(state="open")
    return {
        "mine": is_open & own(desk),
        "all": is_open,
        "late": is_open & Q(due_at__lt=_today(desk)),
        "done": ~is_open & Q(closed_at__gt=desk.reader.at - DONE_FOR),
    }


def _whose(desk: Desk, has_own: Callable[[], bool]) -> str:
    asked = desk.request.GET.get("show")
    if asked is None:
        return "mine" if has_own() else "all"
    return asked if asked in WHOSE else "all"


def _kind(desk: Desk) -> str:
    kind = desk.request.GET.get("kind", "")
    return kind if kind in TASK_KINDS else ""


def _fitting(desk: Desk) -> QuerySet[Task]:
    """The tasks that the filters leave."""
    rows, tests = tasks_of(desk), _tests(desk)
    rows = rows.filter(tests[_whose(desk, lambda: rows.filter(tests["mine"]).exists())])
    return rows.filter(kind=kind) if (kind := _kind(desk)) else rows


def of_which(desk: Desk) -> tuple[str, int | None]:
    """The automation and the run whose calls are asked for, if any."""
    return desk.request.GET.get("automation", "")[:24], number_in(desk.request.GET.get("run")) or None


def calls_of(desk: Desk) -> QuerySet[Task]:
    """The calls of a list: those due up to the end of today; of one run all that are open."""
    code, run = of_which(desk)
    rows = tasks_of(desk).filter(state="open", kind__in=CALLS)
    if code:
        rows = rows.filter(message__automation__code=code)
    if run is not None:
        rows = rows.filter(message__run_id=run)
    else:
        rows = rows.filter(due_at__lt=day_start(desk.reader.today + DAY, desk.dealer.zone))
    return rows


def _whole(desk: Desk, keys: Sequence[int]) -> list[Task]:
    return in_order(tasks_of(desk), keys)


def _columns(_desk: Desk) -> list[Column[Task]]:
    return [
        Column("due_at", _("Due"), lambda one: one.due_at),
        Column("kind", _("Kind"), lambda one: word(TASKS, one.kind)),
        Column("customer", _("Customer"), lambda one: one.customer.ref if one.customer else None),
        Column("customer_name", _("Customer’s name"), lambda one: one.customer.name if one.customer else None),
        Column("number", _("Telephone"), number_of),
        Column("automation", _("Automation"), lambda one: one.message.automation.code if one.message else None),
        Column("staff", _("Whose"), lambda one: one.staff.name if one.staff else None),
        Column("said", _("What to say"), lambda one: one.said or (one.message.body if one.message else None)),
        Column("state", _("State"), lambda one: word(TASK_STATES, one.state)),
        Column("outcome", _("Outcome"), lambda one: word(TASK_OUTCOMES, one.outcome)),
        Column("note", _("Note"), lambda one: one.note),
        Column("closed_at", _("Closed"), lambda one: one.closed_at),
        Column("closed_by", _("Closed by"), lambda one: one.closed_by),
    ]


# What is open, and what was closed in a fortnight, are small sets: sorted by any column.
BY_DUE = Key("due", _("Due"), ("due_at", "pk"))
OTHERS = (
    Key("customer", _("Customer"), ("customer__name_folded", "pk"), may_lack=True),
    Key("kind", _("Kind"), ("kind", "due_at", "pk")),
    Key("staff", _("Whose"), ("staff__name", "due_at", "pk"), may_lack=True),
)
BY_CLOSED = Key("closed", _("Closed"), ("closed_at", "pk"), down=True)
TO_DO = Listing(
    name="tasks",
    place="desk-tasks",
    title=_("Tasks"),
    source=Table(keys=(BY_DUE, *OTHERS), rows=_fitting, whole=_whole),
    columns=_columns,
    per_page=PAGE,
)
DONE = Listing(
    name="tasks-done",
    place="desk-tasks",
    title=_("Tasks"),
    source=Table(keys=(BY_CLOSED, *OTHERS), rows=_fitting, whole=_whole),
    columns=_columns,
    own=lambda _desk: {"show": "done"},
    per_page=PAGE,
)
CALLS_TO_MAKE = Listing(
    name="calls",
    place="desk-call-list",
    title=_("Call list"),
    source=Table(keys=(BY_DUE, *OTHERS), rows=calls_of, whole=_whole),
    columns=_columns,
    per_page=PAGE,
)
