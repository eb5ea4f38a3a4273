"""Turns a word of a provider about a message into the state that it means: one row per kind of receipt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID


@dataclass(frozen=True)
class Kind:
    """What a kind of receipt means: the state that the message has at least, and the touch that is left."""

    state: str | None
    touch: str | None
    says: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "taken": Kind("sent", None, "the provider has it"),
        "delayed": Kind(None, None, "the provider still tries"),
        "delivered": Kind("delivered", "delivered", "it arrived"),
        "opened": Kind("delivered", "opened", "it was opened"),
        "clicked": Kind("delivered", "clicked", "a link in it was clicked"),
        "unsubscribed": Kind("delivered", None, "its reader wants no more marketing"),
        "complained": Kind("delivered", "complained", "its reader called it unwanted"),
        "failed": Kind("failed", "failed", "it did not arrive and will not"),
        "soft": Kind("failed", "failed", "it did not arrive this time; three times in seven days, and never again"),
    }
)
USER = "relance"  # the name that stands beside our secret in the address of a webhook
RANK: Mapping[str, int] = MappingProxyType({"sent": 1, "delivered": 2, "failed": 3})


@dataclass(frozen=True)
class News:
    """One piece of news of a provider. `ref` is its own id of it, the same when it is told again."""

    kind: str
    ref: str
    at: datetime
    key: UUID | None = None  # of our message
    address: str = ""  # as the provider says it, for news of a message that is not ours to find
    provider_ref: str = ""
    suppress: str = ""  # the reason for which the address is not used again
    said: str = ""


@dataclass(frozen=True)
class Heard:
    """What a person wrote back, as his provider handed it to us."""

    sender: str
    text: str
    ref: str
