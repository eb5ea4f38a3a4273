"""Turns a doubtful wish that a person has read into an opt-out with its evidence, or into none.

An opt-out is the customer's own and counts from when he said it (docs/decisions/0151). Until then marketing waits.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from relance.dealers.models import Dealer
from relance.outbox.models import Task
from relance.outbox.tasks import close_task
from relance.replies.act.consent import PERHAPS, enter, reach_of, said_entry
from relance.replies.heard import Heard
from relance.replies.models import Inbound

OPT_OUT, NO_OPT_OUT = "opt_out", "no_opt_out"


def wish_of(dealer: Dealer, task: Task) -> Inbound | None:
    """What was said, when the task asks whether it was an opt-out; None for every other task."""
    why, _colon, number = task.ref.partition(":")
    if why != PERHAPS or not number.isdigit():
        return None
    return Inbound.objects.of(dealer).filter(pk=int(number)).first()


@transaction.atomic
def decide(dealer: Dealer, task: Task, outcome: str, *, by: str, at: datetime) -> bool:
    """Say that it was an opt-out (which only the customer undoes), or none; False when somebody was quicker."""
    wish = wish_of(dealer, task)
    if wish is None or not close_task(dealer, task, outcome=outcome, by=by, at=at):
        return False
    DECISIONS[outcome](Heard(dealer, wish), by, at)
    return True


def _take_as_opt_out(heard: Heard, by: str, at: datetime) -> None:
    """The same reach as a bare STOP, for the number or address and for everybody who has it."""
    for channel in reach_of(heard.dealer, heard.inbound.channel, heard.at):
        entry = said_entry(heard, heard.inbound.text, channel, "withdrawn")
        read = f"{entry.proof}; read as an opt-out by {by[:120]} at {at.isoformat(timespec='seconds')}"
        enter(heard, entry._replace(proof=read), recorded_at=at)


DECISIONS: Mapping[str, Callable[[Heard, str, datetime], None]] = {
    OPT_OUT: _take_as_opt_out,
    NO_OPT_OUT: lambda _heard, _by, _at: None,
}
