"""Turns the kind of a sender into how its provider is believed and understood: one row per kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from django.http import HttpRequest

from relance.delivery.models import Sender
from relance.delivery.receipts import email, gateway, twilio
from relance.delivery.receipts.kinds import Heard, News


@dataclass(frozen=True)
class Door:
    """How one kind of provider reports. Nothing is read before `is_authentic` has said yes."""

    is_authentic: Callable[[HttpRequest, Sender, datetime], bool]
    news: Callable[[HttpRequest, Sender, UUID | None, datetime], list[News]]
    heard: Callable[[HttpRequest, Sender], Heard | None] | None = None  # None: nothing comes in this way
    # Whether it sends user and secret of the address: some providers do so only when they are asked for them.
    is_asked: Callable[[Sender], bool] = lambda _: False


DOORS: Mapping[str, Door] = MappingProxyType(
    {
        "twilio": Door(twilio.is_authentic, twilio.status_of, twilio.heard_of),
        "gateway": Door(gateway.is_authentic, gateway.news_of, gateway.heard_of, gateway.is_asked),
        **{kind: Door(email.is_authentic, email.news_of, is_asked=lambda _: True) for kind in email.WEBHOOKS},
    }
)
