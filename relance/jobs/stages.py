"""Joins neighbours along the pipe: runs that are due → drafts → gate → outbox, in one transaction per run moment."""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction

from relance.dealers.models import Dealer
from relance.jobs.due_runs import due_runs
from relance.lib.rows import rarely_collecting
from relance.outbox.lines import lines
from relance.outbox.models import Message
from relance.outbox.runs.make import Making
from relance.outbox.runs.personal import make_due_reminders
from relance.plan.draft import RunOf
from relance.plan.due import due_ids
from relance.plan.models import PlanMark, Run


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
            _work_through(Making(dealer, at), since, planned)
            planned.lines = lines(dealer, messages_of(dealer, planned))
            transaction.set_rollback(True)
    else:
        with rarely_collecting():
            _work_through(Making(dealer, at), since, planned)
    return planned


def messages_of(dealer: Dealer, planned: Planned) -> list[Message]:
    """The messages that a plan made, in the order in which it made them."""
    return list(Message.objects.of(dealer).filter(run__in=planned.runs).order_by("pk"))


def _work_through(planning: Making, since: datetime | None, planned: Planned) -> None:
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
            _remind(planning, planned)
            _advance(dealer, at)


def _remind(planning: Making, planned: Planned) -> None:
    """What salespeople wanted said at this moment."""
    for row in make_due_reminders(planning):
        if row.state == "missed":
            planned.missed.append(row)
        else:
            planned.made += row.drafts
            planned.runs.append(row.pk)


def _order(found: tuple[RunOf, Run | None]) -> tuple[datetime, datetime, str]:
    run, _ = found
    return run.run_at, run.reference_at, run.automation.code


def _still_ours(dealer: Dealer, mark: datetime | None) -> bool:
    """Takes the dealer's plan lock; False when another planner has gone on from `mark` meanwhile."""
    return PlanMark.objects.of(dealer).select_for_update().get().planned_until == mark


def _advance(dealer: Dealer, to: datetime) -> datetime:
    PlanMark.objects.of(dealer).update(planned_until=to)
    return to


def _run(planning: Making, run: RunOf, planned: Planned, waited: Run | None = None) -> None:
    """One run: who is due, the gate, the outbox. `waited`: its row, when it waited for a feed."""
    ids = due_ids(planning.dealer, run)
    if ids:
        row = waited or Run(dealer=planning.dealer, automation=run.automation)
        planning.make(run, ids, row)
        planned.made += row.drafts
        planned.runs.append(row.pk)
    elif waited is not None:
        waited.delete()
