"""Turns a cell of the sheet into what a person may decide about its run: let it go, keep it back, move it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Count, QuerySet

from relance.lib.moments import DAY, day_of, day_start
from relance.outbox.models import Message
from relance.outbox.runs.late import LateRows, Told, late_rows, told_late
from relance.outbox.runs.make import WAITS_FOR_APPROVAL
from relance.plan.models import Automation, MovedRun, Run
from relance.plan.switching.moved_runs import FARTHEST, may_move, moved_here
from relance.web.desk.guard import Desk


@dataclass(frozen=True)
class Moving:
    """The days to which a run may go, its own, and who moved it here."""

    first: date
    last: date
    own: date
    came: MovedRun | None


class Waiting(NamedTuple):
    """How many messages wait, and whether it is because they are unusually many: that is confirmed by itself (R16)."""

    messages: int
    is_unusual: bool


def waiting_runs(desk: Desk, automation: Automation, day: date) -> dict[int, int]:
    """The runs behind a cell that wait for approval, and how many messages of each."""
    waiting = Message.objects.of(desk.dealer).filter(automation=automation, state="approval")
    runs = _of_the_day(desk, waiting, day).values("run")
    return dict(waiting.filter(run__in=runs).values_list("run").annotate(n=Count("pk")).order_by())


def kept_back_runs(desk: Desk, automation: Automation, day: date) -> list[Run]:
    """The runs behind a cell that somebody kept back, and whose messages could still go."""
    canceled = Message.objects.of(desk.dealer).filter(automation=automation, state="canceled")
    could_go = _of_the_day(desk, canceled, day).filter(expires_at__gt=desk.reader.at).values("run")
    return list(Run.objects.of(desk.dealer).filter(pk__in=could_go, cause__startswith="rejected by ").order_by("pk"))


def late_of(desk: Desk, automation: Automation, day: date) -> list[LateRows]:
    """The runs of a cell that are over, with those whom a feed brought since; none where they are not the reader's."""
    if day > desk.reader.today or not desk.may("approve", automation.subject):
        return []
    return late_rows(desk.dealer, at=desk.reader.at, of=automation, between=_bounds(desk, day))


def late_told(desk: Desk) -> list[tuple[Automation, Told, date]]:
    """What the last feed meant for runs that are over: the automation, how many, and the day of the run."""
    if not desk.may("approve"):
        return []
    found = told_late(desk.dealer, at=desk.reader.at)
    zone = desk.reader.zone
    return [(one, told, day_of(told.run_at, zone)) for one, told in found if desk.may("approve", one.subject)]


def waiting_for(desk: Desk, automation: Automation, day: date) -> Waiting:
    """What waits for the reader's approval; nothing where it is not his to give."""
    runs = waiting_runs(desk, automation, day) if desk.may("approve", automation.subject) else {}
    unusual = Run.objects.of(desk.dealer).filter(pk__in=runs, cause=WAITS_FOR_APPROVAL)
    return Waiting(sum(runs.values()), bool(runs) and unusual.exists())


def moving_of(desk: Desk, automation: Automation, day: date) -> Moving | None:
    """How the run of a cell may be moved; None when there is none ahead, or when it is not the reader's to move."""
    if day < desk.reader.today or not desk.may("approve", automation.subject):
        return None
    if not may_move(desk.dealer, automation, day, at=desk.reader.at):
        return None
    came = next(iter(moved_here(desk.dealer, automation, day)), None)
    own = day_of(came.run_at, desk.reader.zone) if came else day
    return Moving(max(desk.reader.today, own), own + FARTHEST * DAY, own, came)


def _of_the_day(desk: Desk, messages: QuerySet[Message], day: date) -> QuerySet[Message]:
    begin, end = _bounds(desk, day)
    return messages.filter(send_at__gte=begin, send_at__lt=end)


def _bounds(desk: Desk, day: date) -> tuple[datetime, datetime]:
    return day_start(day, desk.reader.zone), day_start(day + DAY, desk.reader.zone)
