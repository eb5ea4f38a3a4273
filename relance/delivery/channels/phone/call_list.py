"""Turns a parcel into a task: somebody calls, with the words before him. The same message is the same task for ever."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import ClassVar

from relance.delivery.channel import Accepted, Busy, Parcel, Refused, Result, Sending
from relance.delivery.channels.markup import plain_of, tree_of
from relance.delivery.staff.notices import tell_of_task
from relance.outbox.models import Message, Task
from relance.outbox.tasks import Reason, in_charge, open_task
from relance.plan.render import shielded

AT_ONCE = 20
DIALLED = re.compile(r"\+?\d[\d ().-]{4,24}")


class CallListChannel:
    """Calls that a person makes. Handed over means: the task is there."""

    knows_after: ClassVar[float | None] = 0.0  # the task is a row like the message

    def __init__(self, sending: Sending) -> None:
        """There is nothing to set."""

    def check(self) -> list[str]:
        """Nothing stands in the way."""
        return []

    def open(self) -> None:
        """Nothing to make ready."""

    def send(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result]]:
        """A task each, for the customer's advisor or salesperson where one is named."""
        waiting = iter(parcels)
        while some := list(islice(waiting, AT_ONCE)):
            first = some[0]
            persons = in_charge(first.dealer, [parcel.message for parcel in some])
            for parcel in some:
                message = parcel.message
                if not DIALLED.fullmatch(message.address or ""):
                    yield parcel, Refused(f"'{message.address or ''}' is no telephone number")
                    continue
                reason = Reason(
                    "call",
                    ref_of(message),
                    customer=message.customer,
                    message=message,
                    staff=persons.get(message.pk),
                    said=said_by_telephone(message),
                )
                task = open_task(parcel.dealer, reason, due_at=parcel.at, at=parcel.at)
                tell_of_task(parcel.dealer, task, at=parcel.at)
                yield parcel, Accepted(str(task.key), "a call to make")

    def look_up(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result | None]]:
        """Whether the task is there."""
        for parcel in parcels:
            task = Task.objects.of(parcel.dealer).filter(kind="call", ref=ref_of(parcel.message)).first()
            yield parcel, Accepted(str(task.key), "the task is there") if task else Busy("there is no such task")

    def close(self) -> None:
        """Nothing is kept open."""


def ref_of(message: Message) -> str:
    """The reason of a call: this message."""
    return f"message {message.key}"


def said_by_telephone(message: Message) -> str:
    """The words without what only a page can show."""
    return plain_of(tree_of(shielded(message.body or "", message.spans)), message.language)
