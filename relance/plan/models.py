"""Automations, their versions, their runs and the once-keys as rows."""

import uuid
from typing import Any, ClassVar

from django.db import models

from relance.dealers.access import DealerRow, RowsOf
from relance.dealers.models import User
from relance.facts.models import Customer


class Automation(DealerRow):
    """What to say to whom, when: `definition` is the file's form (docs/automations.md), checked when saved."""

    code = models.CharField(max_length=24)
    name = models.CharField(max_length=200)
    programme = models.CharField(max_length=20)
    purpose = models.CharField(max_length=10)
    subject = models.CharField(max_length=16)
    status = models.CharField(max_length=10)  # on | off | approval
    paused = models.TextField(blank=True)  # why relance paused it: it could not be evaluated
    live_from = models.DateTimeField()  # nothing due earlier is ever sent
    definition = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    objects: RowsOf["Automation"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer", "code"], name="automation_once")]


class AutomationVersion(DealerRow):
    """An earlier form of an automation."""

    automation = models.ForeignKey(Automation, on_delete=models.CASCADE, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=200, blank=True)

    objects: RowsOf["AutomationVersion"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["automation", "number"], name="version_once")
        ]


class Sketch(DealerRow):
    """An automation that somebody is writing: everything typed so far, readable or not. Nobody hears from it."""

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    automation = models.ForeignKey(Automation, null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=0)  # of the automation when the writing began
    entry = models.JSONField(default=dict)  # the file form
    updated_at = models.DateTimeField()

    objects: RowsOf["Sketch"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "user", "automation"], name="sketch_once")
        ]


class CustomerGroup(DealerRow):
    """People by rules, under a name: what a mailing is sent to."""

    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=16)
    scope = models.CharField(max_length=10, default="customer")
    audience = models.JSONField(default=list)  # as in an automation's file
    updated_at = models.DateTimeField()

    objects: RowsOf["CustomerGroup"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["dealer", "name"], name="customer_group_once")
        ]


class PlanMark(DealerRow):
    """How far a dealer's runs have been worked through; also the lock that one planner at a time holds."""

    planned_until = models.DateTimeField(null=True)
    nightly_on = models.DateField(null=True)  # the last local day whose nightly work was taken up
    held_since = models.DateTimeField(null=True)  # restored from a backup: all drafts wait for approval until let go
    late = models.JSONField(default=list)  # runs that are over and whom the last feed brought (outbox/runs/late.py)

    objects: RowsOf["PlanMark"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["dealer"], name="plan_mark_once")]


class Run(DealerRow):
    """One scheduled run that made drafts, was missed, or waits: its nominal time and the time it ran."""

    automation = models.ForeignKey(Automation, on_delete=models.CASCADE, related_name="+", db_index=False)
    reference_at = models.DateTimeField()
    run_at = models.DateTimeField()
    state = models.CharField(max_length=8)  # done | missed | waits | late (rows that came late) | by_hand
    cause = models.CharField(max_length=200, blank=True)
    drafts = models.PositiveIntegerField(default=0)
    planned_at = models.DateTimeField()

    objects: RowsOf["Run"] = RowsOf()

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["dealer", "run_at"], name="run_at"),
            models.Index(fields=["automation", "reference_at"], name="run_of_automation"),
            models.Index(fields=["dealer"], name="run_that_waits", condition=models.Q(state="waits")),
        ]


class MovedRun(DealerRow):
    """A run that a person moved to another day: the run as its schedule has it, and when it happens instead."""

    automation = models.ForeignKey(Automation, on_delete=models.CASCADE, related_name="+", db_index=False)
    reference_at = models.DateTimeField()
    run_at = models.DateTimeField()
    moved_to = models.DateTimeField()
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    objects: RowsOf["MovedRun"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["automation", "reference_at", "run_at"], name="run_moved_once")
        ]


class Occurrence(DealerRow):
    """A once-key: (automation, recipient, subject, key) is unique for ever, whatever happens to the rest."""

    automation = models.ForeignKey(Automation, on_delete=models.CASCADE, related_name="+", db_index=False)
    subject_type = models.CharField(max_length=16)
    subject_id = models.BigIntegerField()
    recipient = models.CharField(max_length=80)  # customer | staff:REF | role:NAME
    key = models.CharField(max_length=24)  # "" | "2026" | "2026-05-04" | "by-hand:1"
    reference_on = models.DateField()
    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+", db_index=False)

    objects: RowsOf["Occurrence"] = RowsOf()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["automation", "subject_id", "recipient", "key", "subject_type"], name="occurrence_once"
            )
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["run"], name="occurrence_of_run")]


class PersonalReminder(DealerRow):
    """A salesperson's own message or reminder for one customer at a moment of his choosing (V18)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    author = models.CharField(max_length=200)  # a staff reference, or who else wrote it
    at = models.DateTimeField()
    to = models.JSONField()  # customer, salesperson, sales_manager, user:REF
    channel = models.CharField(max_length=10, blank=True)  # for the customer; empty: the automation's own order
    text = models.TextField()
    status = models.CharField(max_length=8)  # waits | done | missed | canceled
    created_at = models.DateTimeField()

    objects: RowsOf["PersonalReminder"] = RowsOf()

    class Meta:
        indexes: ClassVar[list[Any]] = [models.Index(fields=["dealer", "status", "at"], name="reminder_due")]

    @property
    def key(self) -> str:
        """Its once-key: each reminder speaks once to each recipient."""
        return f"reminder:{self.pk}"
