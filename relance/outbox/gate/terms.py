"""Turns a run into what all its drafts share at the gate, so that it is made once for thousands of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from relance.outbox.law.calling_hours import LegalHours
from relance.outbox.law.regimes import purpose_under
from relance.plan.definition import Channel, Definition, Language
from relance.plan.draft import RunOf

SURVEYS = ("satisfaction", "review")  # programmes that ask for an opinion


@dataclass(slots=True)
class Terms:
    """What all drafts of one run share; answers that they have in common are remembered here."""

    run: RunOf
    definition: Definition
    moment: datetime  # when the gate is asked: now, or the run's own moment while that lies ahead (forecast)
    purpose: str  # as the law sees it
    is_marketing: bool
    waits_for_complaints: bool  # marketing and review requests do
    channels: list[Channel]  # in the automation's order, without the staff's
    orders: dict[str | None, list[Channel]] = field(default_factory=dict)  # by the customer's preferred channel
    languages: dict[tuple[Channel, str | None, bool], Language | None] = field(default_factory=dict)
    earliest: dict[tuple[tuple[ZoneInfo, ...], LegalHours | None], tuple[datetime | None, str | None]] = field(
        default_factory=dict
    )
    unspoken: dict[tuple[Channel, Language], Any] = field(default_factory=dict)  # for a gate that only looks for holes

    def order(self, values: Mapping[str, Any], to_customer: bool) -> list[Channel]:
        """The channels in the order in which they are tried: the customer's preferred one first."""
        if not to_customer:
            return ["staff"]
        preferred = values["customer.preferred_channel"]
        if preferred not in self.orders:
            self.orders[preferred] = sorted(self.channels, key=lambda channel: channel != preferred)
        return self.orders[preferred]


def terms_of(run: RunOf, *, at: datetime, regime: str) -> Terms:
    """The terms of a run, asked at a moment under a law."""
    definition = run.definition
    is_marketing = definition.purpose == "marketing"
    return Terms(
        run=run,
        definition=definition,
        moment=max(run.run_at, at),
        purpose=purpose_under(regime, definition.purpose, is_survey=definition.programme in SURVEYS),
        is_marketing=is_marketing,
        waits_for_complaints=is_marketing or definition.kind == "review_request",
        channels=[channel for channel in definition.channels if channel != "staff"],
    )
