"""Turns two automations into the people whom both would speak to: asked before a second of a theme is switched on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from relance.audience.fields import SUBJECTS
from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.lib.moments import DAY
from relance.plan.apply import SWITCHED_ON, definition_of
from relance.plan.definition import Definition
from relance.plan.draft import RunOf, occurrence_key
from relance.plan.due import due_ids
from relance.plan.models import Automation
from relance.plan.schedule import Schedule, runs

AHEAD = 30  # days
DAY_ENDS = time(23, 59)
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Overlap:
    """The customers whom two automations would both speak to."""

    customers: list[int]

    @property
    def count(self) -> int:
        """How many."""
        return len(self.customers)

    @property
    def people(self) -> str:
        """The same in words."""
        return f"{self.count:,} {'person' if self.count == 1 else 'people'}"

    def names(self, dealer: Dealer, *, most: int = 20) -> list[str]:
        """The first of them by name."""
        rows = Customer.objects.of(dealer).filter(pk__in=self.customers[:500]).order_by("name", "pk")
        return [name or ref for name, ref in rows.values_list("name", "ref")[:most]]


def rivals(dealer: Dealer, definition: Definition) -> list[Automation]:
    """The automations of the same theme that are switched on already."""
    if not definition.theme:
        return []
    rows = Automation.objects.of(dealer).filter(status__in=SWITCHED_ON).exclude(code=definition.code).order_by("code")
    return [row for row in rows if definition_of(row).theme == definition.theme]


def overlap(dealer: Dealer, one: Definition, other: Definition, *, at: datetime, days: int = AHEAD) -> Overlap:
    """The customers whom both would speak to in the coming days, from today's facts."""
    return Overlap(sorted(_spoken_to(dealer, one, at, days) & _spoken_to(dealer, other, at, days)))


def _spoken_to(dealer: Dealer, definition: Definition, at: datetime, days: int) -> set[int]:
    if not definition.speaks_to_customer:
        return set()
    found: set[int] = set()
    for run in _coming_runs(dealer, definition, at, days):
        found |= _customers(dealer, definition.subject, due_ids(dealer, run))
    return found


def _coming_runs(dealer: Dealer, definition: Definition, at: datetime, days: int) -> Iterator[RunOf]:
    asked = _by_the_day(definition) if definition.schedule.kind == "realtime" else definition
    automation = Automation.objects.of(dealer).filter(code=definition.code).first()
    automation = automation or Automation(dealer=dealer, code=definition.code, pk=0)
    for run in runs(
        asked.schedule, Calendar(dealer), dealer.zone, after=at - MICROSECOND, until=at + days * DAY, live_from=at
    ):
        on = run.reference_at.astimezone(dealer.zone).date()
        yield RunOf(automation, asked, run.reference_at, run.run_at, on, occurrence_key(asked, on))


def _by_the_day(definition: Definition) -> Definition:
    """A real-time automation as one that looks back at the end of each day: minutes ahead cannot be known."""
    asked = definition.model_copy(
        update={
            "audience": [_without_minutes(entry) for entry in definition.audience],
            "schedule": Schedule(kind="daily", at=DAY_ENDS),
        }
    )
    asked.__dict__.pop("tree", None)  # the copy's rules are others
    return asked


def _without_minutes(entry: dict[str, object]) -> dict[str, object]:
    if "any" in entry:
        return {"any": [_without_minutes(part) for part in entry["any"]]}  # type: ignore[attr-defined]
    if "_minutes" not in str(entry.get("operator")):
        return entry
    attribute = "date" if entry["attribute"] == "time" else entry["attribute"]
    return entry | {"attribute": attribute, "operator": "exactly_days_ago", "value": 0}


def _customers(dealer: Dealer, subject: str, ids: list[int]) -> set[int]:
    if subject == "customer":
        return set(ids)
    rows = SUBJECTS[subject].objects.of(dealer)  # type: ignore[attr-defined]
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        found |= set(rows.filter(pk__in=ids[start : start + 500]).values_list("customer_id", flat=True))
    return found
