"""Senders (how a channel leaves the house), attempts, receipts, pauses, troubles, print files and notices as rows."""

import uuid
from typing import Any, ClassVar

from django.db import models

from relance.dealers.access import DealerRow, RowsOf
from relance.dealers.models import User
from relance.outbox.models import Message, Task
from relance.plan.models import Run


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


class Pace(DealerRow):
    """When a sender's next message may leave, and how many left today. One row per sender, whoever speaks by it."""

    sender = models.CharField(max_length=200, unique=True)
    free_at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    used = models.PositiveIntegerField(default=0)

    objects: RowsOf["Pace"] = RowsOf()


class Halt(DealerRow):
    """A person said: nothing of this dealer leaves, until somebody lets him go on."""

    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=200, blank=True)

    objects: RowsOf["Halt"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer"], condition=models.Q(lifted_at=None), name="halt_once")
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


class SenderTrouble(DealerRow):
    """Nothing leaves by a channel: its sender could not be reached, or lets nobody in. Gone when something leaves."""

    channel = models.CharField(max_length=10)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()  # when it was last so
    because = models.CharField(max_length=500)

    objects: RowsOf["SenderTrouble"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "channel"], name="sender_trouble_once")
        ]


class Unheard(DealerRow):
    """Something that should come in from a provider and does not, for as long as it does not: for the doctor."""

    channel = models.CharField(max_length=10)
    what = models.CharField(max_length=10)  # mailbox | log | call
    since = models.DateTimeField()
    at = models.DateTimeField()  # the last time
    times = models.PositiveIntegerField(default=1)
    says = models.CharField(max_length=300)

    objects: RowsOf["Unheard"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "channel", "what"], name="unheard_once")
        ]


class PrintFile(DealerRow):
    """One file to print: some messages of one run on paper. With its look and its messages it can be made again."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.CharField(max_length=10)  # postcard | letter
    number = models.PositiveIntegerField()  # of the files of this run and channel
    path = models.CharField(max_length=200)  # under sent/ in the home
    look = models.JSONField()
    made_at = models.DateTimeField()
    people = models.PositiveIntegerField()
    pages = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="made")  # made | printed | taken_back
    state_at = models.DateTimeField(null=True)
    state_by = models.CharField(max_length=200, blank=True)

    objects: RowsOf["PrintFile"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["run", "channel", "number"], name="print_file_once")
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["dealer", "made_at"], name="print_file_made")]


class PrintedMessage(DealerRow):
    """One message's place in a print file. A message is printed once, whoever tries: the database says so."""

    print_file = models.ForeignKey(PrintFile, on_delete=models.CASCADE, related_name="messages", db_index=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.PositiveIntegerField()
    first_page = models.PositiveIntegerField()
    last_page = models.PositiveIntegerField()

    objects: RowsOf["PrintedMessage"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["message"], name="printed_once"),
            models.UniqueConstraint(fields=["print_file", "place"], name="printed_place_once"),
        ]


class Notice(DealerRow):
    """A line for one user: something came for the member of the staff whose reference he has."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=12)  # task | list
    ref = models.CharField(max_length=80)  # of its reason: told twice it is one line
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    task = models.ForeignKey(Task, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects: RowsOf["Notice"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "user", "kind", "ref"], name="notice_once")
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["user", "dealer", "read_at"], name="notice_unread")]
