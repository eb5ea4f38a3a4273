"""What came in, raw, as rows: stored before anybody tries to understand it, and never twice."""

from typing import Any, ClassVar

from django.db import models

from relance.dealers.access import DealerRow, RowsOf


class Inbound(DealerRow):
    """One message from outside, as it came. The provider's own name of it makes it once (R12)."""

    provider = models.CharField(max_length=20)  # hand | the kind of the sender that it came by
    ref = models.CharField(max_length=200)  # the provider's id of it, e.g. a SID or a Message-ID
    channel = models.CharField(max_length=10)  # sms | email
    sender = models.CharField(max_length=254)  # as compared: E.164, or the folded e-mail address
    text = models.TextField()
    said_at = models.DateTimeField()
    received_at = models.DateTimeField()
    understood_at = models.DateTimeField(null=True)  # NULL: stored, and not looked at yet
    sense = models.CharField(max_length=16, blank=True)  # of replies/understand/meaning.py
    tag = models.CharField(max_length=40, blank=True)  # of the keyword that it was

    objects: RowsOf["Inbound"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "provider", "ref"], name="inbound_once")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["dealer", "sender", "said_at"], name="inbound_of_sender"),
            models.Index(fields=["dealer", "provider", "said_at"], name="inbound_of_provider"),
            models.Index(fields=["dealer"], name="inbound_waiting", condition=models.Q(understood_at=None)),
        ]
