"""Senders (how a dealer's channel leaves the house), attempts, receipts and pauses as rows."""

import uuid
from typing import Any, ClassVar

from django.db import models

from relance.dealers.access import DealerRow, RowsOf
from relance.outbox.models import Message


class Sender(DealerRow):
    """How one channel of a dealer is sent; without a row it goes to the file sender."""

    channel = models.CharField(max_length=10)
    kind = models.CharField(max_length=20)  # of delivery/senders/registry.py
    settings = models.JSONField(default=dict)  # what is no secret
    secrets = models.BinaryField(default=b"")  # sealed (lib/seal)
    updated_at = models.DateTimeField()
    hook = models.UUIDField(default=uuid.uuid4, unique=True)  # in the address at which its provider reports

    objects: RowsOf["Sender"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer", "channel"], name="sender_once")]


class Attempt(DealerRow):
    """One hand-over: what was tried when, and what the other side said."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    result = models.CharField(max_length=12)  # accepted | busy | refused | lost
    answer = models.TextField(blank=True)

    objects: RowsOf["Attempt"] = RowsOf()

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["message", "number"], name="attempt_of_message")]


class Receipt(DealerRow):
    """What a provider told us afterwards, once: `ref` is its own id of this piece of news."""

    provider = models.CharField(max_length=20)  # the kind of the sender, or dsn for a bounce by mail
    ref = models.CharField(max_length=200)
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)  # of delivery/receipts/kinds.py
    at = models.DateTimeField()  # when it happened, as the provider says
    received_at = models.DateTimeField()
    provider_ref = models.CharField(max_length=200, blank=True)
    suppress = models.CharField(max_length=40, blank=True)  # the reason for which the address is not used again
    said = models.TextField(blank=True)
    applied_at = models.DateTimeField(null=True)

    objects: RowsOf["Receipt"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "provider", "ref"], name="receipt_once")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["message", "kind"], name="receipt_of_message"),
            models.Index(fields=["dealer", "kind", "at"], name="receipt_of_kind"),
        ]


class MarketingPause(DealerRow):
    """A dealer's marketing by one channel stands still, because too much of it bounced or was complained about."""

    channel = models.CharField(max_length=10)
    at = models.DateTimeField()
    because = models.CharField(max_length=200)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=200, blank=True)

    objects: RowsOf["MarketingPause"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["dealer", "channel"], condition=models.Q(lifted_at=None), name="marketing_pause_once"
            )
        ]
