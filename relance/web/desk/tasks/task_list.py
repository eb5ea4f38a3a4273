"""Turns a dealer's tasks into the page of one reader: whose, of which kind, how late; oldest due first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from relance.lib.fold import fold
from relance.lib.moments import DAY, day_start
from relance.outbox.models import TASK_KINDS, Task
from relance.web.desk.guard import Desk
from relance.web.desk.taken import number_in
from relance.web.desk.words import TASKS, Word

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
    """Some tasks, the filters with their numbers, and where the next ones begin."""

    tasks: list[Task]
    whose: str
    kind: str
    numbers: dict[str, int]  # of each of WHOSE
    kinds: list[Chip]
    next_from: int | None
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
    rows, at = tasks_of(desk), desk.reader.at
    today = day_start(desk.reader.today, desk.dealer.zone)
    is_open = Q(state="open")
    tests = {
        "mine": is_open & own(desk),
        "all": is_open,
        "late": is_open & Q(due_at__lt=today),
        "done": ~is_open & Q(closed_at__gt=at - DONE_FOR),
    }
    numbers = rows.aggregate(**{name: Count("pk", filter=test) for name, test in tests.items()})
    asked = desk.request.GET
    whose = asked.get("show", "mine" if numbers["mine"] else "all")
    whose = whose if whose in WHOSE else "all"
    of_whom = rows.filter(tests[whose])
    by_kind = dict(of_whom.values_list("kind").annotate(n=Count("pk")).order_by())
    kind = asked.get("kind", "")
    kind = kind if kind in TASK_KINDS else ""
    begin = number_in(asked.get("from"))
    shown = of_whom.filter(kind=kind) if kind else of_whom
    order = ("-closed_at", "pk") if whose == "done" else ("due_at", "pk")
    found = list(shown.order_by(*order)[begin : begin + PAGE + 1])
    kinds = [Chip(name, TASKS[name], by_kind[name], name == kind) for name in TASK_KINDS if by_kind.get(name)]
    more = begin + PAGE if len(found) > PAGE else None
    return TaskPage(found[:PAGE], whose, kind, numbers, kinds, more, today)


def calls_of(desk: Desk, *, code: str, run: int | None) -> QuerySet[Task]:
    """The calls of a list, in their order: those due up to the end of today; of one run all that are open."""
    rows = tasks_of(desk).filter(state="open", kind__in=CALLS)
    if code:
        rows = rows.filter(message__automation__code=code)
    if run is not None:
        rows = rows.filter(message__run_id=run)
    else:
        rows = rows.filter(due_at__lt=day_start(desk.reader.today + DAY, desk.dealer.zone))
    return rows.order_by("due_at", "pk")
