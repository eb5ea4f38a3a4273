"""Turns the kind of a sender into how its provider is believed and understood: one row per kind.

A door is loaded when it is first knocked at: most houses have one provider, and not the libraries of all the others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from types import MappingProxyType
from uuid import UUID

from django.http import HttpRequest

from relance.delivery.channels.email.provider_table import PROVIDERS
from relance.delivery.models import Sender
from relance.delivery.receipts.kinds import Heard, News


@dataclass(frozen=True)
class Door:
    """How one kind of provider reports. Nothing is read before `is_authentic` has said yes."""

    is_authentic: Callable[[HttpRequest, Sender, datetime], bool]
    news: Callable[[HttpRequest, Sender, UUID | None, datetime], list[News]]
    heard: Callable[[HttpRequest, Sender], Heard | None] | None = None  # None: nothing comes in this way
    # Whether it sends user and secret of the address: some providers do so only when they are asked for them.
    is_asked: Callable[[Sender], bool] = lambda _: False
    is_looked_at: bool = False  # by HEAD or GET before it reports: Mandrill and Unisender Go do so


DOORS: Mapping[str, str] = MappingProxyType(  # kind: its module here, which has a DOOR
    {
        "twilio": "twilio",
        "gateway": "gateway",
        **dict.fromkeys(PROVIDERS, "email"),
    }
)


@cache
def door_of(kind: str) -> Door | None:
    """The door of a kind; None when it reports nothing."""
    if kind not in DOORS:
        return None
    found: Door = import_module(f"relance.delivery.receipts.{DOORS[kind]}").DOOR
    return found
