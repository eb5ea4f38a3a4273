"""Turns a parcel into a task: somebody calls, with the words before him. The same message is the same task for ever."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from relance.dealers.models import Dealer
from relance.delivery.channel import Accepted, Busy, Parcel, Refused, Result, Sending
from relance.delivery.channels.markup import plain_of, tree_of
from relance.delivery.staff.notices import tell_of_task
from relance.facts.consent import ledger_of, relations_of
from relance.outbox.law.regimes import may_be_listed
from relance.outbox.models import Message, Task
from relance.outbox.tasks import Reason, in_charge, open_task
from relance.plan.render import shielded

AT_ONCE = 20
WARNING = _(
    "First look whether this number is on the national do-not-call list, and do not call if it is: no visit or "
    "purchase of the last 18 months and no consent is known."
)
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
            listed = _who_may_be_listed(first.dealer, some)
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
                    said=_with_warning(parcel.dealer) * (message.pk in listed) + said_by_telephone(message),
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


def _who_may_be_listed(dealer: Dealer, parcels: Sequence[Parcel]) -> set[int]:
    """The marketing calls, by primary key, that a list of the country may forbid (K11)."""
    asked = [p for p in parcels if p.message.purpose == "marketing" and p.message.customer_id is not None]
    people = {parcel.message.customer_id or 0 for parcel in asked}
    if not people:
        return set()
    ledger, relations = ledger_of(dealer, people), relations_of(dealer, people, parcels[0].at)
    found = set()
    for parcel in asked:
        who = parcel.message.customer_id or 0
        if may_be_listed(dealer.regime, "phone", ledger.get(who, ()), relations.get(who), parcel.at, dealer.zone):
            found.add(parcel.message.pk)
    return found


def _with_warning(dealer: Dealer) -> str:
    """What the caller has to do first, in the dealer's language."""
    with override(dealer.language):
        return f"{WARNING}\n\n"
