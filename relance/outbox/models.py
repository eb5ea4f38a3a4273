"""Messages, their moves, hold-backs and tasks as rows: the row is the truth and the queue."""

import uuid
from collections.abc import Collection
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models.base import ModelState
from django.db.models.expressions import Combinable

from relance.dealers.access import DealerRow, RowsOf
from relance.dealers.models import Staff
from relance.facts.models import Customer, Vehicle
from relance.plan.models import Automation, Occurrence, Run


class Message(DealerRow):
    """A draft that passed the gate (or was refused by it), frozen: who, what, when, in which words."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)  # also the provider's idempotency key and the Message-ID
    automation = models.ForeignKey(Automation, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.PositiveIntegerField()
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+", db_index=False)
    occurrence = models.OneToOneField(Occurrence, on_delete=models.PROTECT, related_name="+")
    reference_at = models.DateTimeField()
    run_at = models.DateTimeField()
    subject_type = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()
    subject_ref = models.CharField(max_length=80)
    # NULL only in an answer to somebody whom we do not know (purpose "answer"); everything else is about a customer.
    customer: "models.ForeignKey[Customer | Combinable | None, Customer]" = models.ForeignKey(  # type: ignore[misc]
        Customer, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    vehicle = models.ForeignKey(Vehicle, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    recipient = models.CharField(max_length=80)
    purpose = models.CharField(max_length=10)  # service | marketing | answer
    channel = models.CharField(max_length=10, null=True)
    address = models.CharField(max_length=600, null=True)  # number, e-mail address or postal address in lines
    language = models.CharField(max_length=2, null=True)
    subject_line = models.TextField(null=True)
    opening = models.TextField(default="", blank=True)  # who writes an SMS, when its text does not say it
    body = models.TextField(null=True)
    closing = models.TextField(default="", blank=True)  # how to stop an SMS, where the law wants it said
    facts = models.JSONField(default=dict)  # the values that the wording used
    spans = models.JSONField(default=list)  # where they stand in the body, so that Markdown leaves them alone
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=20, null=True)
    detail = models.TextField(null=True)
    send_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    owner = models.CharField(max_length=40, blank=True, default="")  # the worker that holds the lease
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    provider_ref = models.CharField(max_length=200, null=True)

    objects: RowsOf["Message"] = RowsOf()

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["dealer", "state", "send_at"], name="message_due"),
            models.Index(fields=["dealer", "state", "channel", "purpose", "send_at"], name="message_lane"),
            models.Index(fields=["dealer", "moved_at", "state"], name="message_moved"),
            models.Index(fields=["customer", "send_at"], name="message_of_customer"),
            models.Index(fields=["run"], name="message_of_run"),
            models.Index(fields=["automation", "reference_at", "state", "dealer"], name="message_of_automation"),
            models.Index(fields=["state", "lease_until"], name="message_leased", condition=models.Q(state="sending")),
        ]

    @classmethod
    def from_db(  # type: ignore[override]  # the stubs know a newer Django
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        """A row that was read. Messages come by the thousand, and nobody hears the signals of Django's own way."""
        read = cls.__new__(cls)
        vars(read).update(zip(field_names, values, strict=True))
        read._state = ModelState()
        read._state.adding, read._state.db = False, db
        return read


class Move(DealerRow):
    """One change of a message's state after its acceptance, with time and cause."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    cause = models.CharField(max_length=200, blank=True)

    objects: RowsOf["Move"] = RowsOf()

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["message", "id"], name="move_of_message")]


class HoldBack(DealerRow):
    """A person said: not this one, once or for ever; or not from anything, until a day or for ever."""

    # NULL: from every automation.
    automation = models.ForeignKey(Automation, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    reference_on = models.DateField(null=True)  # once: the run of that day; NULL: for ever
    until = models.DateField(null=True)  # from every automation: the last day of it; NULL: for ever
    why = models.CharField(max_length=300, blank=True, default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True)

    objects: RowsOf["HoldBack"] = RowsOf()

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["automation", "customer"], name="hold_back_of"),
            models.Index(fields=["customer", "undone_at"], name="hold_back_of_customer"),
        ]


TASK_KINDS = (
    "call",  # say something by telephone: a message of the channel phone
    "complaint",  # a low score or an unhappy reply; marketing waits until it is closed
    "follow_up",  # a person said that he will come back to it
    "question",  # an answer that nobody but a person can understand
    "unsure",  # nobody can tell whether a message arrived
    "recall",  # a safety recall that may not be sent by itself
)


class Task(DealerRow):
    """Something that a person has to do. `ref` makes it once: the same reason asked twice is the same task."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in TASK_KINDS])
    ref = models.CharField(max_length=120)  # of its reason, e.g. "message 4711"
    state = models.CharField(max_length=8, default="open")  # open | done | canceled
    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    staff = models.ForeignKey(Staff, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    said = models.TextField(blank=True)  # what to say, or what was said, in the words of the one who said it
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, blank=True)  # reached | no_answer | call_back | wrong_number | …
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, blank=True)

    objects: RowsOf["Task"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer", "kind", "ref"], name="task_once")]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["dealer", "state", "due_at"], name="task_due"),
            models.Index(fields=["customer", "kind", "state"], name="task_of_customer"),
        ]
