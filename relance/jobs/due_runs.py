"""Turns automations and a moment into the runs to make, those that wait for a feed, and those that came too late.

A run waits while its facts are older than its automation needs (docs/plan.md, guard "stale"). It keeps a row, is asked
again by every plan, and is missed when its grace has passed. The waiting minutes of a real-time automation are one row:
its reference moment is the first of them, its run moment the first that can still be made up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext, override

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.intake.freshness import Freshness
from relance.lib.errors import BadInput
from relance.plan.apply import SWITCHED_ON, definition_of
from relance.plan.definition import Definition
from relance.plan.draft import RunOf
from relance.plan.due import run_of
from relance.plan.models import Automation, Run
from relance.plan.schedule import RunAt
from relance.plan.switching.moved_runs import Moves, moves_of, runs_of

TOO_LATE = "later than its grace"
NEVER_FRESH = "its facts were too old until its grace had passed"
SWITCHED_OFF = "switched off while it waited for a feed"
EDITED = "edited while it waited for a feed"
MICROSECOND = timedelta(microseconds=1)


@dataclass
class DueRuns:
    """What a plan has to do, and what it wrote down already."""

    ready: list[tuple[RunOf, Run | None]] = field(default_factory=list)  # with the row of a run that waited
    missed: list[Run] = field(default_factory=list)
    waiting: list[Run] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Asked:
    """One automation in one plan."""

    automation: Automation
    definition: Definition
    stood: list[Run]  # its rows that wait

    @property
    def grace(self) -> timedelta:
        return timedelta(hours=self.definition.grace)

    @property
    def is_realtime(self) -> bool:
        return self.definition.schedule.kind == "realtime"


def due_runs(dealer: Dealer, calendar: Calendar, *, begin: datetime | None, at: datetime) -> DueRuns:
    """The runs in (begin, at], and those that waited. Under the plan lock: what waits or is missed is written."""
    due = DueRuns()
    stood: dict[int, list[Run]] = {}
    for row in Run.objects.of(dealer).filter(state="waits").order_by("run_at", "pk"):
        stood.setdefault(row.automation_id, []).append(row)
    asked = list(_asked(dealer, stood, due))
    back = max(
        (one.grace + timedelta(minutes=max(one.definition.needs.values(), default=0)) for one in asked),
        default=timedelta(),
    )
    freshness, moves = Freshness(dealer, at, back=back), moves_of(dealer)
    for one in asked:
        try:
            with override(dealer.language):
                found = _found(calendar, one, moves, begin=begin, at=at)
        except BadInput as error:
            _pause(dealer, one.automation, str(error), due)
            continue
        if found:
            _sort(dealer, one, found, freshness, due)
    for row in (row for rows in stood.values() for row in rows):
        due.missed.append(_close(row, SWITCHED_OFF, at))
    return due


def _asked(dealer: Dealer, stood: dict[int, list[Run]], due: DueRuns) -> Iterable[_Asked]:
    for automation in Automation.objects.of(dealer).filter(status__in=SWITCHED_ON, paused=""):
        try:
            with override(dealer.language):  # why it is paused is read at the desk
                asked = _Asked(automation, definition_of(automation), stood.pop(automation.pk, []))
        except BadInput as error:
            _pause(dealer, automation, str(error), due)
        else:
            yield asked


def _pause(dealer: Dealer, automation: Automation, cause: str, due: DueRuns) -> None:
    """A broken automation is paused and shown, never counted as "nobody"."""
    Automation.objects.of(dealer).filter(pk=automation.pk).update(paused=cause)
    due.broken.append(f"{automation.code}: {cause}")


def set_aside(dealer: Dealer, run: RunOf, waited: Run | None, fault: Exception, *, at: datetime) -> DueRuns:
    """A run that could not be made is missed, and its automation paused: the others, and its next runs, do not wait."""
    due = DueRuns()
    with override(dealer.language):
        cause = gettext("its run could not be made: %(why)s") % {"why": str(fault) or type(fault).__name__}
    _pause(dealer, run.automation, cause, due)
    row = waited or Run(
        dealer=dealer, automation=run.automation, reference_at=run.reference_at, run_at=run.run_at, planned_at=at
    )
    row.state, row.cause, row.planned_at, row.drafts = "missed", cause[:200], at, 0
    row.save()
    due.missed.append(row)
    return due


def _found(calendar: Calendar, one: _Asked, moves: Moves, *, begin: datetime | None, at: datetime) -> list[RunAt]:
    """The runs of the schedule, and those that waited, by run moment."""
    after = begin or at - one.grace - MICROSECOND
    if one.is_realtime and one.stood:
        after = min(after, one.stood[0].run_at - MICROSECOND)
    found = runs_of(one.automation, one.definition.schedule, calendar, after=after, until=at, moves=moves)
    if not one.is_realtime:
        found += [RunAt(row.reference_at, row.run_at) for row in one.stood]
    return sorted(set(found), key=lambda run: (run.run_at, run.reference_at))


def _sort(dealer: Dealer, one: _Asked, found: list[RunAt], freshness: Freshness, due: DueRuns) -> None:
    late = [run for run in found if freshness.at - run.run_at > one.grace]
    rest, stale = found[len(late) :], []
    needs = one.definition.needs
    if rest and needs and dealer.preferences.guards.stale:
        good_until = freshness.good_until(needs)
        stale = [run for run in rest if good_until is None or run.run_at > good_until]
    ready = rest[: len(rest) - len(stale)]
    cause = f"waits for newer facts: {', '.join(freshness.stale(needs, stale[-1].run_at))}" if stale else ""
    write = _write_minutes if one.is_realtime else _write_runs
    rows = write(_Writing(dealer, one, freshness.at, due, cause), late, stale, ready)
    for run in ready:
        due.ready.append((run_of(dealer, one.automation, run), rows.get(run)))


@dataclass(frozen=True)
class _Writing:
    """Where the runs of one automation that are not made are written down."""

    dealer: Dealer
    one: _Asked
    at: datetime
    due: DueRuns
    cause: str  # why runs wait

    def row(self, run: RunAt, state: str, cause: str) -> Run:
        return Run.objects.create(
            dealer=self.dealer,
            automation=self.one.automation,
            reference_at=run.reference_at,
            run_at=run.run_at,
            state=state,
            cause=cause,
            planned_at=self.at,
        )

    def miss(self, run: RunAt) -> None:
        """List a run once, also when a plan that was cut off listed it already."""
        known = Run.objects.of(self.dealer).filter(
            automation=self.one.automation, reference_at=run.reference_at, run_at=run.run_at, state="missed"
        )
        if not known.exists():
            self.due.missed.append(self.row(run, "missed", TOO_LATE))

    def close(self, row: Run, cause: str) -> None:
        self.due.missed.append(_close(row, cause, self.at))

    def wait(self, run: RunAt) -> None:
        self.due.waiting.append(self.row(run, "waits", self.cause))

    def keep(self, row: Run, run_at: datetime) -> None:
        """A run goes on waiting, perhaps for another record."""
        if (row.run_at, row.cause) != (run_at, self.cause):
            row.run_at, row.cause = run_at, self.cause
            row.save(update_fields=["run_at", "cause"])
        self.due.waiting.append(row)


def _close(row: Run, cause: str, at: datetime) -> Run:
    row.state, row.cause, row.planned_at = "missed", cause, at
    row.save(update_fields=["state", "cause", "planned_at"])
    return row


def _write_runs(writing: _Writing, late: list[RunAt], stale: list[RunAt], _ready: list[RunAt]) -> dict[RunAt, Run]:
    """A row for each run; returns the rows of those that waited and may run now."""
    rows = {RunAt(row.reference_at, row.run_at): row for row in writing.one.stood}
    for run in late:
        if run in rows:
            writing.close(rows.pop(run), NEVER_FRESH)
        else:
            writing.miss(run)
    for run in stale:
        if run in rows:
            writing.keep(rows.pop(run), run.run_at)
        else:
            writing.wait(run)
    return rows


def _write_minutes(writing: _Writing, late: list[RunAt], stale: list[RunAt], ready: list[RunAt]) -> dict[RunAt, Run]:
    """One row for the minutes of a real-time automation that wait, one for those that are missed."""
    row = next(iter(writing.one.stood), None)
    for other in writing.one.stood[1:]:  # of the days before an edit made it real-time
        writing.close(other, EDITED)
    if row is None:
        for run in late[:1]:
            writing.miss(run)
        for run in stale[:1]:
            writing.wait(run)
    elif stale:
        writing.keep(row, stale[0].run_at)
    elif late or row.reference_at < row.run_at:
        row.run_at = row.reference_at
        row.save(update_fields=["run_at"])
        writing.close(row, NEVER_FRESH)
    else:
        return {ready[-1]: row}  # it stands until the last of its minutes is made up
    return {}
