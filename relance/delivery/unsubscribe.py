"""Turns a click on the one-click link into an entry of the consent ledger: marketing ends, or everything."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from relance.dealers.models import Dealer
from relance.delivery.links import read_unsubscribe
from relance.facts.consent import (
    Entry,
    ledger_of,
    ledger_of_addresses,
    record,
    record_for_address,
    standing_withdrawal,
)
from relance.facts.models import Customer
from relance.facts.persons.merge import who_is
from relance.lib.fold import fold
from relance.outbox.models import Message

ADDRESSED = ("sms", "email")  # the channels whose address is known by what was sent to it
SPOKEN_TO = ("sms", "email", "postcard", "letter", "phone")
PURPOSES = {
    "marketing": "marketing",
    "everything": "any",
}  # the dealer's choice → the entry's purpose (docs/outbox.md)


@dataclass(frozen=True)
class Reader:
    """Who holds the link: whose customer, in which language, and what his click will stop."""

    dealer: Dealer
    customer: Customer
    address: str  # the number or e-mail address to which the link went; "" when it went by post
    language: str
    stops: str  # marketing | everything
    proof: str


def reader_of(token: str) -> Reader | None:
    """Whom the link speaks for, or None when it is none of ours or the customer was erased."""
    known = read_unsubscribe(token)
    dealer = Dealer.objects.filter(pk=known.dealer_id).first() if known else None
    if known is None or dealer is None:
        return None
    customer = who_is(dealer, known.customer_id)
    if customer is None:
        return None
    message = Message.objects.of(dealer).filter(key=known.message_key).first()
    language = (message.language if message else None) or customer.language or dealer.language
    proof = f"the link of message {known.message_key}"
    return Reader(dealer, customer, told_at(message), language, dealer.preferences.unsubscribe, proof)


def dealer_of(token: str) -> Dealer | None:
    """Whose message the link stood in, whether or not its reader is still there; None when it is none of ours."""
    known = read_unsubscribe(token)
    return Dealer.objects.filter(pk=known.dealer_id).first() if known else None


def told_at(message: Message | None) -> str:
    """The number or e-mail address, as compared, to which a message went."""
    if message is None or message.channel not in ADDRESSED or not message.address:
        return ""
    return fold(message.address) if message.channel == "email" else message.address


@transaction.atomic
def unsubscribe(reader: Reader, *, at: datetime, words: str) -> None:
    """Withdraw, with the words that stood beside the button. May be repeated: what is withdrawn already stays so.

    For the person, and for the address: a feed may have him twice (docs/decisions/, 110).
    """
    dealer, customer, purpose = reader.dealer, reader.customer, PURPOSES[reader.stops]
    entry = Entry(
        channel="any", purpose=purpose, status="withdrawn", at=at, by="person", source="one-click link",
        proof=reader.proof, words=words,
    )  # fmt: skip
    if not _is_withdrawn(ledger_of(dealer, [customer.pk]).get(customer.pk, []), purpose, at):
        record(dealer, [customer.pk], entry, recorded_at=at)
    if reader.address:
        said = ledger_of_addresses(dealer, [reader.address]).get(reader.address, [])
        if not _is_withdrawn(said, purpose, at):
            record_for_address(dealer, reader.address, entry, recorded_at=at)
    if reader.stops == "everything":
        Customer.objects.of(dealer).filter(pk=customer.pk).update(do_not_mail=True)


def _is_withdrawn(entries: list[Entry], purpose: str, at: datetime) -> bool:
    """Whether the person himself has withdrawn all of this already."""
    own = [entry for entry in entries if entry.by == "person"]
    asked = ("service", "marketing") if purpose == "any" else (purpose,)
    return all(
        standing_withdrawal(own, channel=channel, purpose=one, at=at) is not None
        for channel in SPOKEN_TO
        for one in asked
    )
