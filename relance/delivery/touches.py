"""Turns messages that were handed over, and what became of them, into facts that rules can ask about."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from relance.dealers.models import Dealer
from relance.facts.models import Touch
from relance.lib.fold import fold
from relance.lib.rows import insert
from relance.outbox.models import Message

# The channels whose address an answer can come from, and the form in which addresses are compared.
ANSWERABLE: dict[str, Callable[[str], str]] = {"email": fold, "sms": str, "phone": str}
ONCE = ("dealer", "kind", "ref")


def record_sent(dealer: Dealer, messages: Iterable[Message], *, codes: Mapping[int, str], at: datetime) -> None:
    """A touch per message that went to a customer; the same message again changes nothing."""
    record_touches(dealer, [(message, "sent", at) for message in messages], codes=codes)


def record_touches(
    dealer: Dealer, touches: Iterable[tuple[Message, str, datetime]], *, codes: Mapping[int, str]
) -> None:
    """A touch per message, kind and moment: sent, delivered, failed, opened, clicked, complained; each once."""
    rows = [
        {
            "dealer": dealer.pk,
            "customer": message.customer_id,
            "vehicle": message.vehicle_id,
            "kind": kind,
            "ref": str(message.key),
            "happened_at": at,
            "channel": message.channel or "",
            "address": _compared(message),
            "code": codes.get(message.automation_id),
        }
        for message, kind, at in touches
        if message.recipient == "customer"
    ]
    insert(Touch, rows, match=ONCE, change=())


def withdraw_sent(dealer: Dealer, messages: Iterable[Message]) -> None:
    """What never left after all is no fact: rules must not take it for something that was said."""
    refs = [str(message.key) for message in messages]
    Touch.objects.of(dealer).filter(kind="sent", ref__in=refs).delete()


def _compared(message: Message) -> str | None:
    shape = ANSWERABLE.get(message.channel or "")
    return shape(message.address)[:254] if shape and message.address else None
