"""Turns runs that are over into the people whom a later feed brought, and, when somebody wants it, into their messages.

A feed at 10:30 after a run at 10:00: the same run would reach more people now. They are asked for at the same reference
moment, and the once-keys leave out whoever has been spoken to (docs/outbox.md).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.lib.moments import iso
from relance.lib.schema import Strict
from relance.outbox.models import Message
from relance.outbox.runs.make import Making
from relance.plan.apply import SWITCHED_ON, definition_of
from relance.plan.draft import RunOf
from relance.plan.due import due_ids, run_of, spoken_to
from relance.plan.models import Automation, PlanMark, Run
from relance.plan.switching.moved_runs import moves_of, runs_of

MICROSECOND = timedelta(microseconds=1)
LONGEST_GRACE = timedelta(days=91)


@dataclass(frozen=True)
class LateRows:
    """A run that is over, and the subjects that it would reach now."""

    run: RunOf
    ids: list[int]

    @property
    def count(self) -> int:
        """How many came late."""
        return len(self.ids)

    @property
    def people(self) -> str:
        """The same in words."""
        return f"{self.count:,} {'person' if self.count == 1 else 'people'}"


class Told(Strict):
    """What a feed meant for one run that is over, as it is kept until somebody looks."""

    automation: int
    reference_at: datetime
    run_at: datetime
    until: datetime  # when its grace ends
    people: int


def late_rows(
    dealer: Dealer, *, at: datetime, of: Automation | None = None, between: tuple[datetime, datetime] | None = None
) -> list[LateRows]:
    """Every run within its grace that would reach more people now, oldest first.

    `of`: of one automation alone; `between`: only runs at these moments, the second one left out.
    """
    asked = Automation.objects.of(dealer).filter(status__in=SWITCHED_ON, paused="")
    asked = asked if of is None else asked.filter(pk=of.pk)
    over = _over(dealer, at, asked, between or (at - LONGEST_GRACE, at + MICROSECOND))
    found = [LateRows(run, ids) for run in over if (ids := _late(dealer, run))]
    return sorted(found, key=lambda late: (late.run.run_at, late.run.reference_at, late.run.automation.code))


@transaction.atomic
def send_late(dealer: Dealer, run: RunOf, *, by: str, at: datetime) -> list[Message]:
    """Send a run to those who came late: the same reference moment, once-keys hold. Asked twice it finds nobody."""
    mark = PlanMark.objects.of(dealer).select_for_update().get()  # one at a time, and not beside a planner
    mark.late = [told for told in mark.late if not _is_of(Told.model_validate(told), run)]
    mark.save(update_fields=["late"])
    ids = _late(dealer, run)
    if not ids:
        return []
    row = Run(dealer=dealer, automation=run.automation, cause=f"late rows, by {by}"[:200])
    Making(dealer, at).make(run, ids, row, state="late")
    return list(Message.objects.of(dealer).filter(run=row).order_by("pk"))


def after_import(dealer: Dealer, *, at: datetime) -> list[str]:
    """What an import that has just ended means for runs that are over: a sentence for each.

    Where the dealer wants it (`late_rows: send`), those who came late are sent the same run.
    """
    said, kept = [], []
    for late in late_rows(dealer, at=at):
        code, run_at = late.run.automation.code, iso(late.run.reference_at, dealer.zone)
        if dealer.preferences.late_rows == "send":
            sent = len(send_late(dealer, late.run, by="relance", at=at))
            said.append(f"{sent:,} late rows of {code} ({run_at}) were taken up")
        else:
            send_too = f"relance runs {dealer.slug} --send-late {code}"
            said.append(f"{late.people} of {code} came after its run of {run_at}; to send them too: {send_too}")
            kept.append(_told(late).model_dump(mode="json"))
    PlanMark.objects.of(dealer).update(late=kept)
    return said


def told_late(dealer: Dealer, *, at: datetime) -> list[tuple[Automation, Told]]:
    """What the last feed meant for runs that are over, as long as their grace lasts and their automations are on."""
    kept = PlanMark.objects.of(dealer).values_list("late", flat=True).first() or []
    told = [one for one in map(Told.model_validate, kept) if one.until >= at]
    on = Automation.objects.of(dealer).filter(status__in=SWITCHED_ON, paused="")
    found = on.in_bulk([one.automation for one in told]) if told else {}
    return [(found[one.automation], one) for one in told if one.automation in found]


def _told(late: LateRows) -> Told:
    run = late.run
    return Told(
        automation=run.automation.pk,
        reference_at=run.reference_at,
        run_at=run.run_at,
        until=run.run_at + timedelta(hours=run.definition.grace),
        people=late.count,
    )


def _is_of(told: Told, run: RunOf) -> bool:
    return (told.automation, told.reference_at, told.run_at) == (run.automation.pk, run.reference_at, run.run_at)


def _over(
    dealer: Dealer, at: datetime, asked: QuerySet[Automation], between: tuple[datetime, datetime]
) -> Iterator[RunOf]:
    """The runs up to the last plan that are not later than their grace; those that wait or were missed are none."""
    mark = PlanMark.objects.of(dealer).values_list("planned_until", flat=True).first()
    if mark is None:
        return
    calendar, moves = Calendar(dealer), moves_of(dealer)
    rows = Run.objects.of(dealer).filter(state__in=("waits", "missed"), run_at__gt=at - LONGEST_GRACE)
    not_made = set(rows.values_list("automation_id", "reference_at", "run_at"))
    for automation in asked:
        definition = definition_of(automation)
        if definition.schedule.kind == "realtime":
            continue  # its next minute finds them
        after = max(at - timedelta(hours=definition.grace), between[0]) - MICROSECOND
        until = min(mark, at, between[1] - MICROSECOND)
        runs = runs_of(automation, definition.schedule, calendar, after=after, until=until, moves=moves)
        for run in runs if after < until else []:
            if (automation.pk, run.reference_at, run.run_at) not in not_made:
                yield run_of(dealer, automation, run)


def _late(dealer: Dealer, run: RunOf) -> list[int]:
    ids = due_ids(dealer, run)
    if run.definition.recipients == ["customer"] or not ids:
        return ids  # those spoken to are left out already
    known = set(spoken_to(dealer, run).values_list("subject_id", flat=True))
    return [pk for pk in ids if pk not in known]
