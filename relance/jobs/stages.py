"""Joins neighbours along the pipe: runs that are due → drafts → gate → outbox, in one transaction per run moment."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, islice
from statistics import median
from typing import Any

from django.db import transaction

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.lib.errors import BadInput
from relance.outbox.accept import accept
from relance.outbox.gate import Gate, needs_of
from relance.outbox.lines import lines
from relance.outbox.models import Message
from relance.outbox.sending_time import SendingTime
from relance.plan.apply import SWITCHED_ON, definition_of
from relance.plan.draft import RunOf
from relance.plan.due import drafts, due_ids, run_of
from relance.plan.models import Automation, PlanMark, Run
from relance.plan.recipients import Roster
from relance.plan.schedule import runs

CHUNK = 500
BLAST_PEOPLE, BLAST_SHARE, BLAST_TIMES, BLAST_DAYS = 200, 0.20, 3, 30  # 03-rules §8, guard "blast"


@dataclass
class Planned:
    """What a plan made: how many messages (refusals too) in which runs, and the runs that came too late."""

    made: int = 0
    runs: list[int] = field(default_factory=list)  # primary keys
    missed: list[Run] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)  # of a dry run, whose rows are gone again


def plan(dealer: Dealer, *, at: datetime, since: datetime | None = None, dry_run: bool = False) -> Planned:
    """Work through every run in (last plan or `since`, at]. Safe to repeat, and by two planners at once.

    `dry_run` does exactly the same and takes it back.
    """
    planned = Planned()
    with transaction.atomic():
        PlanMark.objects.of(dealer).bulk_create([PlanMark(dealer=dealer)], ignore_conflicts=True)
    if dry_run:
        with transaction.atomic():
            _work_through(_Planning(dealer, at), since, planned)
            planned.lines = lines(dealer, messages_of(dealer, planned))
            transaction.set_rollback(True)
    else:
        _work_through(_Planning(dealer, at), since, planned)
    return planned


def messages_of(dealer: Dealer, planned: Planned) -> list[Message]:
    """The messages that a plan made, in the order in which it made them."""
    return list(Message.objects.of(dealer).filter(run__in=planned.runs).order_by("pk"))


class _Planning:
    """What the runs of one plan share."""

    def __init__(self, dealer: Dealer, at: datetime) -> None:
        self.dealer, self.at = dealer, at
        self.calendar = Calendar(dealer)
        self.roster = Roster(dealer)
        self.gate = Gate(dealer, at, calendar=self.calendar, sending_time=SendingTime(dealer, self.calendar))


def _work_through(planning: _Planning, since: datetime | None, planned: Planned) -> None:
    dealer, at = planning.dealer, planning.at
    mark = PlanMark.objects.of(dealer).values_list("planned_until", flat=True).get()
    begin = mark or since
    if mark is not None and at <= mark:
        return
    waiting = sorted(_due_runs(planning, begin, planned), key=_order)
    for run_at, together in groupby(waiting, key=lambda run: run.run_at):
        with transaction.atomic():
            if not _still_ours(dealer, mark):
                return
            for run in together:
                _run(planning, run, planned)
            mark = _advance(dealer, run_at)
    with transaction.atomic():
        if _still_ours(dealer, mark):
            _advance(dealer, at)


def _order(run: RunOf) -> tuple[datetime, datetime, str]:
    return run.run_at, run.reference_at, run.automation.code


def _still_ours(dealer: Dealer, mark: datetime | None) -> bool:
    """Takes the dealer's plan lock; False when another planner has gone on from `mark` meanwhile."""
    return PlanMark.objects.of(dealer).select_for_update().get().planned_until == mark


def _advance(dealer: Dealer, to: datetime) -> datetime:
    PlanMark.objects.of(dealer).update(planned_until=to)
    return to


def _due_runs(planning: _Planning, begin: datetime | None, planned: Planned) -> Iterator[RunOf]:
    """The runs to make, while not later than their grace; the others are listed as missed."""
    dealer, at = planning.dealer, planning.at
    for automation in Automation.objects.of(dealer).filter(status__in=SWITCHED_ON, paused=""):
        try:
            definition = definition_of(automation)
            grace = timedelta(hours=definition.grace)
            after = begin or at - grace - timedelta(microseconds=1)
            found = runs(
                definition.schedule,
                planning.calendar,
                dealer.zone,
                after=after,
                until=at,
                live_from=automation.live_from,
            )
        except BadInput as error:
            _pause(dealer, automation, str(error), planned)
            continue
        late = [run_of(dealer, automation, run) for run in found if at - run.run_at > grace]
        _miss(planning, late, planned)
        for run in found[len(late) :]:
            yield run_of(dealer, automation, run)


def _pause(dealer: Dealer, automation: Automation, cause: str, planned: Planned) -> None:
    """A broken automation is paused and shown, never counted as "nobody"."""
    Automation.objects.of(dealer).filter(pk=automation.pk).update(paused=cause)
    planned.broken.append(f"{automation.code}: {cause}")


def _miss(planning: _Planning, late: Sequence[RunOf], planned: Planned) -> None:
    """List what came too late: a run each, the minutes of a real-time automation as one."""
    if late and late[0].definition.schedule.kind == "realtime":
        late = late[:1]
    rows = [_row(planning, run, "missed", "later than its grace") for run in late]
    planned.missed += Run.objects.of(planning.dealer).bulk_create(rows)


def _row(planning: _Planning, run: RunOf, state: str, cause: str) -> Run:
    return Run(
        dealer=planning.dealer,
        automation=run.automation,
        reference_at=run.reference_at,
        run_at=run.run_at,
        state=state,
        cause=cause,
        planned_at=planning.at,
    )


def _run(planning: _Planning, run: RunOf, planned: Planned) -> None:
    """One run: who is due, the gate, the outbox."""
    dealer = planning.dealer
    ids = due_ids(dealer, run)
    if not ids:
        return
    row = _row(planning, run, "done", "")
    row.save()
    blast = _is_blast(planning, run, len(ids))
    waits = run.definition.status == "approval" or blast
    found = drafts(dealer, run, ids, roster=planning.roster, needs=needs_of(run.definition))
    while chunk := list(islice(found, CHUNK)):
        verdicts = planning.gate.judge(chunk)
        row.drafts += accept(dealer, row, list(zip(chunk, verdicts, strict=True)), at=planning.at, waits=waits)
        planning.gate.said.clear()  # they are rows now
    row.cause = "more people than usual: waits for approval" if blast else ""
    row.save(update_fields=["drafts", "cause"])
    planned.made += row.drafts
    planned.runs.append(row.pk)


def _is_blast(planning: _Planning, run: RunOf, people: int) -> bool:
    """Unusually many: over a fifth of the customers and over 200, or three times the 30-day median."""
    if not planning.dealer.preferences.guards.blast or people <= BLAST_PEOPLE:
        return False
    if people > BLAST_SHARE * Customer.objects.of(planning.dealer).count():
        return True
    recent = Run.objects.of(planning.dealer).filter(
        automation=run.automation, state="done", run_at__gte=planning.at - timedelta(days=BLAST_DAYS), drafts__gt=0
    )
    usual = list(recent.values_list("drafts", flat=True))
    return bool(usual) and people > BLAST_TIMES * median(usual)
