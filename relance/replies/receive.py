"""Turns an inbound message into a stored one, once, and then into what follows from it (replies/answer)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from relance.dealers.models import Dealer
from relance.facts.models import Touch
from relance.lib.addresses import read_email, read_phone
from relance.lib.database.texts import legible
from relance.lib.database.turns import in_turn
from relance.lib.errors import BadInput
from relance.lib.fold import fold
from relance.replies.answer import answer_once, touches_of
from relance.replies.models import Inbound

LONGEST = 20_000  # characters kept of a reply
LONGEST_REF = 200


@dataclass(frozen=True)
class Came:
    """How a message came: by which provider, and when, if that is not when it was said (a log that was read later)."""

    provider: str = "hand"
    at: datetime | None = None


BY_HAND = Came()


def receive(dealer: Dealer, *, sender: str, text: str, at: datetime, ref: str, came: Came = BY_HAND) -> list[Touch]:
    """Take in a reply once (`ref`: the provider's id of it): a touch per customer with the address, or one of nobody.

    Safe to repeat, out of order, and by many at once. Raises BadInput when the sender is neither a telephone number nor
    an e-mail address.
    """
    found = stored(dealer, came.provider, ref)
    if found is not None and found.understood_at is not None:  # told again, as providers do: nothing is to be written
        return touches_of(dealer, found)
    with in_turn():
        inbound = found or store(dealer, sender=sender, text=text, at=at, ref=ref, came=came)
        return answer_once(dealer, inbound.pk, at=came.at or at)


def stored(dealer: Dealer, provider: str, ref: str) -> Inbound | None:
    """The message of this name, if it came before."""
    return Inbound.objects.of(dealer).filter(provider=provider, ref=_named(ref)).first()


def store(dealer: Dealer, *, sender: str, text: str, at: datetime, ref: str, came: Came = BY_HAND) -> Inbound:
    """Keep it raw, in a commit of its own; the same one again is the one that is there."""
    channel, address = read_sender(dealer, sender)
    row = Inbound(
        dealer=dealer, provider=came.provider, ref=_named(ref), channel=channel, sender=address,
        text=_whole(text[:LONGEST]), said_at=at, received_at=came.at or at,
    )  # fmt: skip
    with transaction.atomic():
        Inbound.objects.of(dealer).bulk_create([row], ignore_conflicts=True)
    return Inbound.objects.of(dealer).get(provider=came.provider, ref=_named(ref))


def _named(ref: str) -> str:
    return legible(ref)[:LONGEST_REF]


def _whole(text: str) -> str:
    """What no database keeps left out: the zero byte, and halves of letters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


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
