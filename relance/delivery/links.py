"""Turns a message into the link by which its reader says stop, and the link back into who said it about what."""

import struct
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from relance.dealers.models import Dealer
from relance.lib.signing import read, sign
from relance.outbox.models import Message
from relance.plan.saying.links import server_url

PURPOSE = "unsubscribe"
SHAPE = struct.Struct(">QQ16s")


@dataclass(frozen=True)
class Unsubscribing:
    """Whom a one-click link speaks for. The link outlives its message, so it names all three."""

    dealer_id: int
    customer_id: int
    message_key: UUID


def hook_url(hook: object, what: str, key: UUID | None = None) -> str | None:
    """Where a provider reports to a sender (web/hooks/urls.py); None without a sender of its own or a public address.

    The number of the hook cannot be guessed; a provider that signs is checked all the same.
    """
    public = str(settings.ENVIRONMENT["RELANCE_URL"] or "").rstrip("/")
    if not hook or not public:
        return None
    return f"{public}/hooks/{hook}/{what}/{key}/" if key else f"{public}/hooks/{hook}/{what}/"


def desk_url(dealer: Dealer, message: Message) -> str:
    """Where the staff see a message with its customer (web/urls.py, desk-message)."""
    return f"{server_url()}/d/{dealer.slug}/outbox/{message.key}/"


def unsubscribe_token(message: Message) -> str:
    """The token of a message's one-click link; it never expires."""
    content = SHAPE.pack(message.dealer_id, message.customer_id, message.key.bytes)
    return sign(content, purpose=PURPOSE, secret=settings.SECRET_KEY)


def unsubscribe_url(message: Message) -> str:
    """The one-click link of a message (web/hooks/urls.py)."""
    return f"{server_url()}/u/{unsubscribe_token(message)}"


def read_unsubscribe(token: str) -> Unsubscribing | None:
    """Whom a token speaks for, or None when it is none of ours."""
    content = read(token, purpose=PURPOSE, secret=settings.SECRET_KEY)
    if content is None or len(content) != SHAPE.size:
        return None
    dealer_id, customer_id, key = SHAPE.unpack(content)
    return Unsubscribing(dealer_id, customer_id, UUID(bytes=key))
