"""Turns an automation's file form (docs/automations.md) into a typed, checked definition.

In YAML 1.1 a bare `on` or `off` reads as true or false: both spellings mean the word.
"""

import re
from datetime import date, datetime
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from pydantic import BeforeValidator, Field, field_validator, model_validator

from relance.audience.tree import Tree, read_tree, rules_of
from relance.dealers.models import ROLES
from relance.intake.freshness import FILE_OF
from relance.lib.errors import BadInput, unknown_word
from relance.lib.moments import local, parse_moment
from relance.lib.schema import Code, OnOff, Strict, read
from relance.plan.schedule import Schedule

Channel = Literal["sms", "email", "postcard", "letter", "phone", "staff"]
Language = Literal["en", "fr", "es", "et"]
Programme = Literal[
    "welcome", "pre_welcome", "service_reminder", "warranty", "newsletter", "thank_you", "holiday", "appointment",
    "arrival", "departure", "satisfaction", "review", "retention", "deferred_work", "renewal", "promotion", "accessory",
    "personal", "staff_list",
]  # fmt: skip
Subject = Literal["customer", "vehicle", "appointment", "repair_order", "sale", "deferred_work"]
RECIPIENTS = ("customer", *ROLES)
ALL_VEHICLES = re.compile(r"\{\s*vehicles\.list\b", re.IGNORECASE)
DEFAULT_GRACE, REALTIME_GRACE = 24.0, 2.0


def _status_word(value: Any) -> Any:
    return {True: "on", False: "off"}.get(value, value) if isinstance(value, bool) else value


def _as_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, (date, datetime)) else value


class Words(Strict):
    """The words of one channel in one language."""

    subject: str | None = Field(None, max_length=300)
    body: str = Field(min_length=1, max_length=20_000)


class Keyword(Strict):
    """Words that a reply may consist of, and what is answered."""

    words: list[Code] = Field(min_length=1)
    answer: dict[Language, str] = Field(default_factory=dict)
    tag: str | None = None
    task: OnOff = False


class Replies(Strict):
    """What happens with an answer."""

    assign: Code | None = None  # "reference", or a staff reference
    notify: list[Code] = Field(default_factory=list)
    sentiment: OnOff = False
    keywords: list[Keyword] = Field(default_factory=list)


class AfterDays(Strict):
    """Again, but not before so many days."""

    days: int = Field(ge=1, le=36_500)


class Definition(Strict):
    """One automation, as in its file."""

    code: str = Field(pattern=r"^[A-Z0-9_]{1,24}$")
    name: str = Field(min_length=1, max_length=200)
    programme: Programme = "personal"
    kind: Literal["general", "appointment_reminder", "review_request"] = "general"
    purpose: Literal["service", "marketing"]
    subject: Subject
    scope: Literal["customer", "vehicle"] = "customer"
    audience: list[Any] = Field(default_factory=list)
    schedule: Schedule
    repeat: Literal["once", "yearly", "each_time", "each_recall"] | AfterDays = "once"
    recipients: list[str] = Field(default_factory=lambda: ["customer"], min_length=1)
    channels: list[Channel] = Field(min_length=1)
    wording: dict[Channel, dict[Language, Words]] = Field(default_factory=dict)
    replies: Replies = Field(default_factory=Replies)
    status: Annotated[Literal["on", "off", "approval"], BeforeValidator(_status_word)] = "off"
    live_from: Annotated[str | None, BeforeValidator(_as_text)] = None
    grace_hours: float | None = Field(None, ge=0, le=24 * 366)
    holdout_percent: int = Field(0, ge=0, le=100)
    theme: str | None = Field(None, max_length=40)
    needs: dict[str, int] = Field(default_factory=dict)

    @field_validator("recipients")
    @classmethod
    def _known_recipients(cls, words: list[str]) -> list[str]:
        for word in words:
            if word not in RECIPIENTS and not (word.startswith("user:") and len(word) > 5):
                raise ValueError(unknown_word(gettext("recipient"), word, [*RECIPIENTS, "user:REFERENCE"]))
        return words

    @field_validator("needs")
    @classmethod
    def _known_records(cls, needs: dict[str, int]) -> dict[str, int]:
        for record, minutes in needs.items():
            if record not in FILE_OF:
                raise ValueError(unknown_word(gettext("record"), record, FILE_OF))
            if minutes < 1:
                told = gettext("{record}: minutes since its last import, at least 1 (found {minutes})")
                raise ValueError(told.format(record=record, minutes=minutes))
        return needs

    @model_validator(mode="after")
    def _reminders_are_about_appointments(self) -> "Definition":
        if self.kind == "appointment_reminder" and self.subject != "appointment":
            raise ValueError(gettext("an appointment_reminder has `subject: appointment`"))
        return self

    @model_validator(mode="after")
    def _recalls_are_of_vehicles(self) -> "Definition":
        if self.repeat == "each_recall" and self.subject != "vehicle":
            raise ValueError(gettext("`repeat: each_recall` needs `subject: vehicle`"))
        return self

    @cached_property
    def tree(self) -> Tree:
        """The rules, checked."""
        return read_tree(self.audience, path=f"{self.code}.audience")

    @cached_property
    def compiled(self) -> dict[Any, Any]:
        """Its rules as statements, as far as somebody has asked them (plan/due)."""
        return {}

    @property
    def grace(self) -> float:
        """Hours that are still welcome: as said, else 24, realtime 2."""
        if self.grace_hours is not None:
            return self.grace_hours
        return REALTIME_GRACE if self.schedule.kind == "realtime" else DEFAULT_GRACE

    @cached_property
    def speaks_of_all_vehicles(self) -> bool:
        """Whether one message says what there is to say of all the customer's vehicles: `{ vehicles.list }`."""
        texts = (words.body for by_language in self.wording.values() for words in by_language.values())
        return self.subject != "customer" and any(ALL_VEHICLES.search(text) for text in texts)

    @cached_property
    def is_safety_recall(self) -> bool:
        """Whether it asks for an open safety recall: somebody has to hear of it, whatever he said of mail."""
        return any(rule.attribute == "open_recall" for rule in rules_of(self.tree))

    @property
    def speaks_to_customer(self) -> bool:
        """Whether the customer is among the recipients."""
        return "customer" in self.recipients


def read_definition(value: Any, path: str) -> Definition:
    """The definition with its rules checked; BadInput with path and nearest word."""
    if not isinstance(value, dict):
        told = gettext("must be a mapping with code, name, subject, schedule … (found {found})")
        raise BadInput(f"{path}: {told.format(found=f'{value!r:.60}')}")
    definition = read(Definition, value, path)
    read_tree(definition.audience, path=f"{path}.audience")
    return definition


def read_live_from(definition: Definition, zone: ZoneInfo, *, otherwise: datetime, path: str) -> datetime:
    """`live_from` as a moment; a date means its midnight; nothing means `otherwise`."""
    if definition.live_from is None:
        return otherwise
    try:
        return local(date.fromisoformat(definition.live_from), datetime.min.time(), zone)
    except ValueError:
        pass
    try:
        return parse_moment(definition.live_from, zone)
    except BadInput as error:
        raise BadInput(f"{path}.live_from: {error}") from None
