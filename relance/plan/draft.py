"""What planning hands to the outbox: one subject, one recipient, at one run, with the facts its words need."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from relance.dealers.models import Staff
from relance.plan.definition import Definition
from relance.plan.models import Automation

BY_HAND = "by-hand:"  # how the occurrence key of what a person sends all the same begins
RECALL_KEY = "recall.key"  # the fact that `repeat: each_recall` keeps its once-key by


@dataclass(frozen=True, slots=True)
class RunOf:
    """One run of one automation: what every draft of it shares."""

    automation: Automation
    definition: Definition
    reference_at: datetime
    run_at: datetime
    reference_on: date
    key: str  # the occurrence key

    @property
    def is_by_hand(self) -> bool:
        """Whether a person decided that this goes: our own caution has no say then, the law has."""
        return self.key.startswith(BY_HAND)


class Draft(NamedTuple):
    """A decision before the gate."""

    run: RunOf
    subject_id: int
    recipient: str  # customer | staff:REF | role:NAME (a role that nobody fills)
    staff: Staff | None
    values: Mapping[str, Any]  # fact key → value (plan/gather)

    @property
    def customer_id(self) -> int:
        """Whom the draft is about, also when staff are spoken to."""
        customer: int = self.values["customer.id"]
        return customer

    @property
    def key(self) -> str:
        """The occurrence key: that of the run, or with `each_recall` the subject's own."""
        own: str = self.values.get(RECALL_KEY) or ""
        return self.run.key or own

    @property
    def is_for_customer(self) -> bool:
        """Whether the customer himself is spoken to."""
        return self.recipient == "customer"


def occurrence_key(definition: Definition, reference_on: date) -> str:
    """once → empty; yearly → the year; each_time and {days: n} → the reference day (docs/automations.md).

    each_recall → empty as well: its key is not the run's but the subject's (Draft.key).
    """
    if definition.repeat in ("once", "each_recall"):
        return ""
    return str(reference_on.year) if definition.repeat == "yearly" else reference_on.isoformat()
