"""Turns messages that were handed over into facts that rules can ask about."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from relance.dealers.models import Dealer
from relance.facts.models import Touch
from relance.lib.fold import fold
from relance.lib.plain_rows import insert
from relance.outbox.models import Message

ANSWERABLE: dict[str, Callable[[str], str]] = {
    "email": fold,
    "sms": str,
    "phone": str,
}  # channels whose address an answer can come from, as compared


def record_sent(dealer: Dealer, messages: Iterable[Message], *, codes: Mapping[int, str], at: datetime) -> None:
    """A touch per message that went to a customer; the same message again changes nothing."""
    touches = [
        Touch(
            dealer_id=dealer.pk,
            customer_id=message.customer_id,
            vehicle_id=message.vehicle_id,
            kind="sent",
            ref=str(message.key),
            happened_at=at,
            channel=message.channel or "",
            address=_compared(message),
            code=codes.get(message.automation_id),
        )
        for message in messages
        if message.recipient == "customer"
    ]
    insert(touches, ignore_conflicts=True)


def _compared(message: Message) -> str | None:
    shape = ANSWERABLE.get(message.channel or "")
    return shape(message.address)[:254] if shape and message.address else None
