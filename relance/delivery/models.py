"""Senders (how a dealer's channel leaves the house) and attempts as rows."""

from typing import Any, ClassVar

from django.db import models

from relance.dealers.access import DealerRow, RowsOf
from relance.outbox.models import Message


class Sender(DealerRow):
    """How one channel of a dealer is sent; without a row it goes to the file sender."""

    channel = models.CharField(max_length=10)
    kind = models.CharField(max_length=20)  # file | smtp
    settings = models.JSONField(default=dict)  # what is no secret
    secrets = models.BinaryField(default=b"")  # sealed (lib/seal)
    updated_at = models.DateTimeField()

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
