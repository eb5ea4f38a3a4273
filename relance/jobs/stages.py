"""Joins neighbours along the pipe: runs that are due → drafts → gate → outbox, in one transaction per run moment."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, islice
from statistics import median
from typing import Any

from django.db import transaction

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.jobs.due_runs import due_runs
from relance.outbox.accept import accept
from relance.outbox.gate import Gate, needs_of
from relance.outbox.lines import lines
from relance.outbox.models import Message
from relance.outbox.sending_time import SendingTime
from relance.plan.draft import RunOf
from relance.plan.due import drafts, due_ids
from relance.plan.models import PlanMark, Run
from relance.plan.recipients import Roster

CHUNK = 500
WAITS_FOR_APPROVAL = "more people than usual: waits for approval"
BLAST_PEOPLE, BLAST_SHARE, BLAST_TIMES, BLAST_DAYS = 200, 0.20, 3, 30  # 03-rules §8, guard "blast"


@dataclass
class Planned:
    """What a plan made: how many messages (refusals too) in which runs, and the runs that came too late."""

    made: int = 0
    runs: list[int] = field(default_factory=list)  # primary keys
    missed: list[Run] = field(default_factory=list)
    waiting: list[Run] = field(default_factory=list)  # for a feed
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
    if mark is not None and at <= mark:
        return
    with transaction.atomic():
        if not _still_ours(dealer, mark):
            return
        due = due_runs(dealer, planning.calendar, begin=mark or since, at=at)
    planned.missed, planned.waiting, planned.broken = due.missed, due.waiting, due.broken
    ready = sorted(due.ready, key=_order)
    for run_at, together in groupby(ready, key=lambda found: found[0].run_at):
        with transaction.atomic():
            if not _still_ours(dealer, mark):
                return
            for run, waited in together:
                if waited is None or Run.objects.of(dealer).filter(pk=waited.pk, state="waits").exists():
                    _run(planning, run, planned, waited)
            mark = _advance(dealer, max(mark or run_at, run_at))
    with transaction.atomic():
        if _still_ours(dealer, mark):
            _advance(dealer, at)


def _order(found: tuple[RunOf, Run | None]) -> tuple[datetime, datetime, str]:
    run, _ = found
    return run.run_at, run.reference_at, run.automation.code


def _still_ours(dealer: Dealer, mark: datetime | None) -> bool:
    """Takes the dealer's plan lock; False when another planner has gone on from `mark` meanwhile."""
    return PlanMark.objects.of(dealer).select_for_update().get().planned_until == mark


def _advance(dealer: Dealer, to: datetime) -> datetime:
    PlanMark.objects.of(dealer).update(planned_until=to)
    return to


def _run(planning: _Planning, run: RunOf, planned: Planned, waited: Run | None = None) -> None:
    """One run: who is due, the gate, the outbox. `waited`: its row, when it waited for a feed."""
    ids = due_ids(planning.dealer, run)
    if ids:
        row = waited or Run(dealer=planning.dealer, automation=run.automation)
        _make(planning, run, ids, row)
        planned.made += row.drafts
        planned.runs.append(row.pk)
    elif waited is not None:
        waited.delete()


def _make(planning: _Planning, run: RunOf, ids: list[int], row: Run) -> None:
    """The drafts of a run through the gate into the outbox; its row says how many."""
    dealer = planning.dealer
    blast = _is_blast(planning, run, len(ids))
    row.reference_at, row.run_at, row.planned_at = run.reference_at, run.run_at, planning.at
    row.state, row.cause = "done", WAITS_FOR_APPROVAL if blast else ""
    row.save()
    waits = run.definition.status == "approval" or blast
    found = drafts(dealer, run, ids, roster=planning.roster, needs=needs_of(run.definition))
    while chunk := list(islice(found, CHUNK)):
        verdicts = planning.gate.judge(chunk)
        row.drafts += accept(dealer, row, list(zip(chunk, verdicts, strict=True)), at=planning.at, waits=waits)
        planning.gate.said.clear()  # they are rows now
    row.save(update_fields=["drafts"])


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
