"""Turns an inbound message into a touch: stored raw first, tied to its sender and to the message that it answers."""

from datetime import datetime

from relance.dealers.models import Dealer
from relance.facts.models import Customer, Touch
from relance.lib.addresses import read_email, read_phone
from relance.lib.errors import BadInput
from relance.lib.fold import fold

LONGEST = 20_000  # characters kept of a reply


def receive(dealer: Dealer, *, sender: str, text: str, at: datetime, ref: str) -> list[Touch]:
    """Store a reply once (`ref`: the provider's id of it): a touch per customer with the address, or one of nobody.

    Raises BadInput when the sender is neither a telephone number nor an e-mail address.
    """
    channel, address = read_sender(dealer, sender)
    rows = Customer.objects.of(dealer)
    senders = list(rows.filter(email_folded=address) if channel == "email" else rows.filter(mobile=address))
    answered = (
        Touch.objects.of(dealer)
        .filter(kind="sent", address=address, happened_at__lte=at)
        .order_by("-happened_at")
        .first()
    )
    said = text[:LONGEST]
    touches = [
        Touch(
            dealer=dealer,
            customer=customer,
            vehicle_id=answered.vehicle_id if answered and customer else None,
            kind="received",
            ref=ref if number == 0 else f"{ref}:{number}",
            happened_at=at,
            channel=channel,
            address=address,
            code=answered.code if answered else None,
            text=said,
            text_folded=fold(said),
        )
        for number, customer in enumerate(senders or [None])
    ]
    return Touch.objects.of(dealer).bulk_create(touches, ignore_conflicts=True)


def read_sender(dealer: Dealer, sender: str) -> tuple[str, str]:
    """(channel, address as compared) of a sender."""
    if "@" in sender:
        address, usable = read_email(sender)
        if usable and address:
            return "email", fold(address)
        raise BadInput(f"'{sender}' is not an e-mail address")
    number = read_phone(sender, dealer.country)
    if not number.usable or not number.text:
        raise BadInput(f"'{sender}' is neither a telephone number nor an e-mail address")
    return "sms", number.text
