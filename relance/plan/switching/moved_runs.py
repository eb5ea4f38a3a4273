"""Turns a person's "not on that day, on this one" into a run that happens later: the same people, the same words.

The reference moment stays: conditions are evaluated as of the day that the run speaks of, as with a closed day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.lib.errors import BadInput
from relance.lib.moments import DAY, day_of, day_start, local
from relance.plan.apply import definition_of
from relance.plan.models import Automation, MovedRun, PlanMark
from relance.plan.schedule import MOVABLE, RunAt, Schedule, next_run, runs

FARTHEST = 60  # days
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Moves:
    """Every run of a dealer that somebody moved."""

    zone: ZoneInfo
    by_automation: Mapping[int, Mapping[RunAt, datetime]]  # the run as its schedule has it, and when it happens

    def of(self, automation: Automation) -> Mapping[RunAt, datetime]:
        """Those of one automation."""
        return self.by_automation.get(automation.pk, {})


def moves_of(dealer: Dealer) -> Moves:
    """Every run of a dealer that somebody moved."""
    found: dict[int, dict[RunAt, datetime]] = {}
    for row in MovedRun.objects.of(dealer).order_by("pk"):
        found.setdefault(row.automation_id, {})[RunAt(row.reference_at, row.run_at)] = row.moved_to
    return Moves(dealer.zone, found)


def runs_of(
    automation: Automation,
    schedule: Schedule,
    calendar: Calendar,
    *,
    after: datetime,
    until: datetime,
    moves: Moves,
) -> list[RunAt]:
    """The runs of an automation with after < run_at <= until, those that were moved at their new moment.

    A move of a run that the schedule no longer has (it was edited meanwhile) moves nothing. BadInput as `runs`.
    """
    zone, live_from = moves.zone, automation.live_from
    found = runs(schedule, calendar, zone, after=after, until=until, live_from=live_from)
    theirs = moves.of(automation)
    if not theirs:
        return found
    kept = [run for run in found if run not in theirs]
    for run, moved_to in theirs.items():
        span = {"after": run.run_at - MICROSECOND, "until": run.run_at}
        if after < moved_to <= until and run in runs(schedule, calendar, zone, live_from=live_from, **span):
            kept.append(RunAt(run.reference_at, moved_to))
    return sorted(kept, key=lambda run: (run.run_at, run.reference_at))


def next_run_of(
    automation: Automation, schedule: Schedule, calendar: Calendar, *, after: datetime, moves: Moves
) -> datetime | None:
    """When the automation runs next after a moment; None when it does not within five years."""
    zone, live_from = moves.zone, automation.live_from
    theirs = moves.of(automation)
    until = max(theirs.values(), default=after)
    found = [run.run_at for run in runs_of(automation, schedule, calendar, after=after, until=until, moves=moves)]
    run = next_run(schedule, calendar, zone, after=after, live_from=live_from)
    while run is not None and run in theirs:
        run = next_run(schedule, calendar, zone, after=run.run_at, live_from=live_from)
    return min([*found, run.run_at] if run else found, default=None)


@transaction.atomic
def move_runs(dealer: Dealer, automation: Automation, day: date, to: date, *, by: str, at: datetime) -> int:
    """Move the runs that would happen on a day to another one, at the same time of day; how many.

    A run that was moved before moves on, or back to its own day. BadInput when there is none that is still ahead, or
    when the other day is none on which it may happen.
    """
    PlanMark.objects.of(dealer).select_for_update().first()  # a run is not moved while a planner makes it
    if definition_of(automation).schedule.split_days > 1:
        raise BadInput(_("A mailing spread over several days keeps its days: cancel it and write a new one."))
    ahead = _ahead(dealer, automation, day, at)
    if not ahead:
        raise BadInput(_("No run of this automation that is still ahead happens on that day."))
    rows = MovedRun.objects.of(dealer)
    for run, happens_at in ahead.items():
        moment = local(to, happens_at.astimezone(dealer.zone).time(), dealer.zone)
        key: dict[str, Any] = {"automation": automation, "reference_at": run.reference_at, "run_at": run.run_at}
        if moment == run.run_at:
            rows.filter(**key).delete()
            continue
        _check(dealer, automation, run, moment, at)
        values = {"moved_to": moment, "by": by[:200], "at": at}
        rows.update_or_create(dealer=dealer, **key, defaults=values)
    return len(ahead)


@transaction.atomic
def put_back(dealer: Dealer, automation: Automation, day: date, *, at: datetime) -> int:
    """Give the runs that were moved to a day their own day again; how many. BadInput when that has passed."""
    PlanMark.objects.of(dealer).select_for_update().first()
    ahead = [run for run, happens_at in _ahead(dealer, automation, day, at).items() if run.run_at != happens_at]
    if not ahead:
        raise BadInput(_("No run that was moved to that day is still ahead."))
    if any(run.run_at <= at for run in ahead):
        raise BadInput(_("Its own day has passed: move it to another one."))
    for run in ahead:
        own = MovedRun.objects.of(dealer).filter(automation=automation, run_at=run.run_at)
        own.filter(reference_at=run.reference_at).delete()
    return len(ahead)


def moved_here(dealer: Dealer, automation: Automation, day: date) -> list[MovedRun]:
    """The runs that somebody moved to this day."""
    begin, end = day_start(day, dealer.zone), day_start(day + DAY, dealer.zone)
    rows = MovedRun.objects.of(dealer).filter(automation=automation, moved_to__gte=begin, moved_to__lt=end)
    return list(rows.order_by("pk"))


def may_move(dealer: Dealer, automation: Automation, day: date, *, at: datetime) -> bool:
    """Whether a run of that day is still ahead, and of a kind that has days."""
    try:
        return bool(_ahead(dealer, automation, day, at))
    except BadInput:  # it could not be evaluated; it is paused, and shown so
        return False


def _ahead(dealer: Dealer, automation: Automation, day: date, at: datetime) -> dict[RunAt, datetime]:
    """The runs of a day that were not worked through yet: as the schedule has them, and when they happen."""
    schedule = definition_of(automation).schedule
    # Whoever missed his part of a mailing comes along with the next one: a part that was moved would leave too soon.
    if schedule.kind not in MOVABLE or schedule.split_days > 1:
        return {}
    mark = PlanMark.objects.of(dealer).values_list("planned_until", flat=True).first()
    after = max(at, mark or at, day_start(day, dealer.zone) - MICROSECOND)
    until = day_start(day + DAY, dealer.zone) - MICROSECOND
    moves = moves_of(dealer)
    own = {RunAt(run.reference_at, moment): run for run, moment in moves.of(automation).items()}
    found = runs_of(automation, schedule, Calendar(dealer), after=after, until=until, moves=moves)
    return {own.get(run, run): run.run_at for run in found}


def _check(dealer: Dealer, automation: Automation, run: RunAt, moment: datetime, at: datetime) -> None:
    """BadInput when a run may not happen at that moment."""
    calendar, to = Calendar(dealer), day_of(moment, dealer.zone)
    if moment <= at:
        raise BadInput(_("That time has passed: choose a later day."))
    if moment < run.reference_at:
        raise BadInput(_("A run is only moved to a later day than its own."))
    if to > day_of(run.run_at, dealer.zone) + FARTHEST * DAY:
        raise BadInput(_("A run is moved by {days} days at most.").format(days=FARTHEST))
    if definition_of(automation).schedule.closed_day != "send" and not calendar.is_open(to):
        raise BadInput(_("You are closed on that day, and this automation does not run on closed days."))
