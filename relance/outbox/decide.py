"""Turns a person's decision about waiting messages into their moves: cancel, approve, bring back.

The cause of such a move reads `canceled by Kim (was ready)`: what was, so that it can be undone exactly.
"""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max

from relance.dealers.models import Dealer
from relance.outbox.models import Message, Move
from relance.outbox.states import move
from relance.plan.models import Run

CANCELABLE = frozenset({"ready", "approval"})
NAME = 120  # characters of a name that a cause keeps: what was must fit behind it
WAS = re.compile(r"\(was (ready|approval)\)$")


@transaction.atomic
def cancel(
    dealer: Dealer, messages: Iterable[Message], *, at: datetime, by: str, cause: str = "canceled"
) -> list[Message]:
    """Cancel what still waits; what has left meanwhile is left alone. Returns what was canceled."""
    waiting = [message for message in messages if message.state in CANCELABLE]
    canceled: list[Message] = []
    for was in sorted(CANCELABLE):
        group = [message for message in waiting if message.state == was]
        canceled += move(dealer, group, to="canceled", at=at, cause=f"{cause} by {by[:NAME]} (was {was})")
    return canceled


def approve(dealer: Dealer, messages: Iterable[Message], *, at: datetime, by: str) -> list[Message]:
    """Let go what waits for a person."""
    waiting = [message for message in messages if message.state == "approval"]
    return move(dealer, waiting, to="ready", at=at, cause=f"approved by {by}")


@transaction.atomic
def approve_run(dealer: Dealer, run: Run, *, by: str, at: datetime) -> list[Message]:
    """Let go everybody of a run who waits and was not held back before."""
    approved = approve(dealer, _waiting_of(dealer, run), by=by, at=at)
    if approved:
        Run.objects.of(dealer).filter(pk=run.pk).update(cause=f"approved by {by[:NAME]}")
    return approved


@transaction.atomic
def reject_run(dealer: Dealer, run: Run, *, by: str, at: datetime) -> list[Message]:
    """Cancel everybody of a run who waits; `bring_back_run` undoes it."""
    rejected = cancel(dealer, _waiting_of(dealer, run), by=by, at=at, cause="rejected")
    if rejected:
        Run.objects.of(dealer).filter(pk=run.pk).update(cause=f"rejected by {by[:NAME]}")
    return rejected


@transaction.atomic
def bring_back_run(dealer: Dealer, run: Run, *, by: str, at: datetime) -> list[Message]:
    """Undo `reject_run`: everybody waits for approval again, unless his time has passed."""
    kept = Message.objects.of(dealer).filter(run=run, state="canceled").order_by("pk")
    back = bring_back(dealer, kept, by=by, at=at, cause="rejected")
    if back:
        Run.objects.of(dealer).filter(pk=run.pk).update(cause="")
    return back


def runs_that_wait(dealer: Dealer) -> list[tuple[Run, int]]:
    """The runs that wait for a person, oldest first, and how many people of each."""
    waiting = Message.objects.of(dealer).filter(state="approval")
    counts = dict(waiting.values_list("run").annotate(people=Count("pk")).order_by())
    rows = Run.objects.of(dealer).filter(pk__in=counts).select_related("automation").order_by("run_at", "pk")
    return [(run, counts[run.pk]) for run in rows]


def _waiting_of(dealer: Dealer, run: Run) -> list[Message]:
    return list(Message.objects.of(dealer).filter(run=run, state="approval").order_by("pk"))


@transaction.atomic
def bring_back(
    dealer: Dealer, messages: Iterable[Message], *, at: datetime, by: str, cause: str = "canceled"
) -> list[Message]:
    """Undo cancellations of one cause (`cause` as it was given to `cancel`) that have not expired meanwhile."""
    canceled = [m for m in messages if m.state == "canceled" and (m.expires_at is None or m.expires_at > at)]
    was = _states_before(dealer, canceled, cause)
    back: list[Message] = []
    for state in sorted(CANCELABLE):
        group = [message for message in canceled if was.get(message.pk) == state]
        back += move(dealer, group, to=state, at=at, cause=f"brought back by {by}")
    return back


def may_be_brought_back(dealer: Dealer, message: Message, *, at: datetime) -> bool:
    """Whether `bring_back` would do anything for a message that a person canceled."""
    if message.state != "canceled" or (message.expires_at is not None and message.expires_at <= at):
        return False
    return bool(_states_before(dealer, [message], "canceled"))


def _states_before(dealer: Dealer, messages: list[Message], cause: str) -> dict[int, str]:
    """For each message whose last move was a cancellation of this cause: the state that it had before."""
    moves = Move.objects.of(dealer).filter(message_id__in=[message.pk for message in messages])
    last = moves.values("message_id").annotate(last=Max("id")).values_list("last", flat=True)
    rows = Move.objects.of(dealer).filter(pk__in=list(last), state="canceled", cause__startswith=f"{cause} by ")
    found = ((row.message_id, WAS.search(row.cause)) for row in rows)
    return {message_id: match.group(1) for message_id, match in found if match}
