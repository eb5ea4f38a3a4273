"""Turns what came of a call into a fact that rules can ask about, and into what follows from it: again, or never.

Every outcome is a touch of its own, numbered: who says the same twice (two taps, two browsers) says it once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.consent import Entry, record
from relance.facts.models import Suppression, Touch
from relance.lib.fold import fold
from relance.lib.moments import DAY, day_of, local
from relance.outbox.models import Task
from relance.outbox.tasks import close_task, put_off, reopen_task

TRIES = 3  # so often nobody answers before the call is given up
WRONG = "wrong_number"


@dataclass(frozen=True)
class Said:
    """What somebody says of a call."""

    outcome: str
    by: str
    at: datetime
    seen: int  # how many outcomes the task had when he looked: the next one is his
    note: str = ""
    again_at: datetime | None = None  # of call_back


@dataclass(frozen=True)
class Outcome:
    """One way in which a call ends: what follows, and whether it can be undone."""

    follows: Callable[[Dealer, Task, Said], bool]
    is_undone: bool = True


def _close(dealer: Dealer, task: Task, said: Said) -> bool:
    return close_task(dealer, task, outcome=said.outcome, by=said.by[:200], at=said.at, note=said.note)


def _again_tomorrow(dealer: Dealer, task: Task, said: Said) -> bool:
    """At the same hour of the next open day; after the third time it is given up."""
    if said.seen + 1 >= TRIES:
        return _close(dealer, task, said)
    tomorrow = day_of(said.at, dealer.zone) + DAY
    day = Calendar(dealer).next_open_day(tomorrow) or tomorrow
    return put_off(dealer, task, due_at=local(day, task.due_at.astimezone(dealer.zone).time(), dealer.zone))


def _call_back(dealer: Dealer, task: Task, said: Said) -> bool:
    return put_off(dealer, task, due_at=said.again_at or said.at + timedelta(hours=1))


def _wrong_number(dealer: Dealer, task: Task, said: Said) -> bool:
    """Neither called nor written to any more: somebody else has this number."""
    closed = _close(dealer, task, said)
    if closed and (number := number_of(task)):
        rows = [
            Suppression(dealer=dealer, channel=channel, address=number[:254], reason=WRONG, at=said.at)
            for channel in ("phone", "sms")
        ]
        Suppression.objects.of(dealer).bulk_create(rows, ignore_conflicts=True)
    return closed


def _do_not_call(dealer: Dealer, task: Task, said: Said) -> bool:
    """An opt-out of the telephone, in the ledger, for every purpose: written down by the staff who heard it."""
    closed = _close(dealer, task, said)
    if closed and task.customer_id is not None:
        entry = Entry(
            "phone", "any", "withdrawn", said.at, "staff",
            source="call", proof=f"task {task.key}, told to {said.by}", words=said.note or None,
        )  # fmt: skip
        record(dealer, [task.customer_id], entry, recorded_at=said.at)
    return closed


OUTCOMES: Mapping[str, Outcome] = {
    "reached": Outcome(_close),
    "no_answer": Outcome(_again_tomorrow),
    "call_back": Outcome(_call_back),
    WRONG: Outcome(_wrong_number),
    "do_not_call": Outcome(_do_not_call, is_undone=False),  # the ledger is only ever appended to
}


def number_of(task: Task) -> str | None:
    """The number of a call, as it is dialled."""
    if task.message is not None and task.message.channel == "phone":
        return task.message.address
    customer = task.customer
    if customer is None:
        return None
    return (customer.phone if customer.phone_usable else None) or (customer.mobile if customer.mobile_usable else None)


def outcomes_of(dealer: Dealer, task: Task) -> list[Touch]:
    """What was said of a call so far, oldest first."""
    return list(
        Touch.objects.of(dealer).filter(kind="call", ref__startswith=f"{task.key}:").order_by("happened_at", "pk")
    )


def outcomes_by_task(dealer: Dealer, tasks: Sequence[Task]) -> dict[int, list[Touch]]:
    """The same of many tasks at once, by their primary keys."""
    by_key = {str(task.key): task.pk for task in tasks}
    people = {task.customer_id for task in tasks}
    found: dict[int, list[Touch]] = {pk: [] for pk in by_key.values()}
    rows = Touch.objects.of(dealer).filter(kind="call", customer_id__in=[pk for pk in people if pk is not None])
    for touch in rows.order_by("happened_at", "pk"):
        pk = by_key.get(touch.ref.partition(":")[0])
        if pk is not None:
            found[pk].append(touch)
    return found


@transaction.atomic
def say(dealer: Dealer, task: Task, said: Said) -> bool:
    """Keep an outcome and do what follows; False when somebody was quicker or the task is closed."""
    outcome = OUTCOMES[said.outcome]
    held = Task.objects.of(dealer).select_for_update().filter(pk=task.pk, state="open").first()
    if held is None or len(outcomes_of(dealer, task)) != said.seen:
        return False
    Touch.objects.create(
        dealer=dealer,
        customer_id=task.customer_id,
        vehicle_id=task.message.vehicle_id if task.message else None,
        kind="call",
        ref=f"{task.key}:{said.seen + 1}",
        happened_at=said.at,
        channel="phone",
        address=number_of(task),
        code=task.message.automation.code if task.message else None,
        text=said.outcome,
        text_folded=fold(said.outcome),
    )
    return outcome.follows(dealer, task, said)


@transaction.atomic
def undo(dealer: Dealer, task: Task) -> bool:
    """Take the last outcome back, as if it had not been said; False when there is none or it stands for good."""
    said = outcomes_of(dealer, task)
    if not said or not OUTCOMES[said[-1].text or ""].is_undone:
        return False
    last = said[-1]
    reopen_task(dealer, task)
    put_off(dealer, task, due_at=min(task.due_at, last.happened_at))
    if last.text == WRONG:
        rows = Suppression.objects.of(dealer).filter(reason=WRONG, address=last.address, at=last.happened_at)
        rows.delete()
    last.delete()
    return True
