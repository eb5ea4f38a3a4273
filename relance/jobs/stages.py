"""Joins neighbours along the pipe: runs that are due → drafts → gate → outbox, in one transaction per run moment."""

import logging
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import InterfaceError, OperationalError, transaction

from relance.dealers.models import Dealer
from relance.jobs.due_runs import due_runs, set_aside
from relance.lib.errors import BadInput
from relance.lib.rows import rarely_collecting
from relance.outbox.lines import lines
from relance.outbox.models import Message
from relance.outbox.runs.make import Making
from relance.outbox.runs.personal import make_due_reminders
from relance.plan.draft import RunOf
from relance.plan.due import due_ids
from relance.plan.models import PlanMark, Run

log = logging.getLogger("relance.plan")
OF_THE_MACHINE = (OperationalError, InterfaceError, OSError, MemoryError)  # no automation's fault: all comes again


class _Broken(Exception):
    """A run that could not be made, for whatever is wrong with its automation."""

    def __init__(self, run: RunOf, waited: Run | None, fault: Exception) -> None:
        super().__init__(run.automation.code)
        self.run, self.waited, self.fault = run, waited, fault


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
            _until_nothing_breaks(dealer, since, planned, at)
            planned.lines = lines(dealer, messages_of(dealer, planned))
            transaction.set_rollback(True)
    else:
        with rarely_collecting():
            _until_nothing_breaks(dealer, since, planned, at)
    return planned


def messages_of(dealer: Dealer, planned: Planned) -> list[Message]:
    """The messages that a plan made, in the order in which it made them."""
    return list(Message.objects.of(dealer).filter(run__in=planned.runs).order_by("pk"))


def _until_nothing_breaks(dealer: Dealer, since: datetime | None, planned: Planned, at: datetime) -> None:
    """Begin again, from where it stood and with a gate that has heard nothing, without the automation that broke."""
    while True:
        try:
            _work_through(Making(dealer, at), since, planned)
        except _Broken as broken:
            with transaction.atomic():
                PlanMark.objects.of(dealer).select_for_update().get()
                aside = set_aside(dealer, broken.run, broken.waited, broken.fault, at=at)
            planned.missed += aside.missed
            planned.broken += aside.broken
        else:
            return


def _work_through(planning: Making, since: datetime | None, planned: Planned) -> None:
    dealer, at = planning.dealer, planning.at
    mark = PlanMark.objects.of(dealer).values_list("planned_until", flat=True).get()
    if mark is not None and at <= mark:
        return
    with transaction.atomic():
        if not _still_ours(dealer, mark):
            return
        due = due_runs(dealer, planning.calendar, begin=mark or since, at=at)
    planned.missed += due.missed
    planned.waiting = due.waiting
    planned.broken += due.broken
    ready = sorted(due.ready, key=_order)
    for run_at, together in groupby(ready, key=lambda found: found[0].run_at):
        made: list[Run] = []
        with transaction.atomic():
            if not _still_ours(dealer, mark):
                return
            for run, waited in together:
                if waited is None or Run.objects.of(dealer).filter(pk=waited.pk, state="waits").exists():
                    made += _run(planning, run, waited)
            mark = _advance(dealer, max(mark or run_at, run_at))
        planned.made += sum(row.drafts for row in made)
        planned.runs += [row.pk for row in made]
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


def _run(planning: Making, run: RunOf, waited: Run | None) -> list[Run]:
    """One run: who is due, the gate, the outbox; its row, if anybody is. `waited`: its row, if it waited."""
    try:
        ids = due_ids(planning.dealer, run)
        if ids:
            row = waited or Run(dealer=planning.dealer, automation=run.automation)
            planning.make(run, ids, row)
            return [row]
    except OF_THE_MACHINE:
        raise
    except Exception as fault:
        if not isinstance(fault, BadInput):
            log.exception("%s: the run of %s at %s broke", planning.dealer.slug, run.automation.code, run.run_at)
        raise _Broken(run, waited, fault) from fault
    if waited is not None:
        waited.delete()
    return []
