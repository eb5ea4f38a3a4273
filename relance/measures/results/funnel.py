"""Turns a period's messages and touches into counts per automation, channel or day: planned, refused, sent, answered.

A message belongs to the day of its reference moment, whenever it left. What a customer does later (opened, answered,
opted out) belongs to the message that it answers.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate

from relance.dealers.models import Dealer
from relance.facts.models import Touch
from relance.lib.moments import DAY, day_start
from relance.outbox.models import Message
from relance.plan.models import Automation

GONE = ("sent", "delivered")
ANSWERS = {"received": "answered", "opened": "opened", "clicked": "clicked"}  # kind of touch: what it counts as


@dataclass(frozen=True)
class Period:
    """From the first day up to and with the last, by the dealer's clock."""

    first: date
    last: date

    def moments(self, dealer: Dealer) -> tuple[datetime, datetime]:
        """Its beginning, and the first moment after it."""
        return day_start(self.first, dealer.zone), day_start(self.last + DAY, dealer.zone)

    @property
    def days(self) -> list[date]:
        """All of them, in order."""
        return [self.first + n * DAY for n in range((self.last - self.first).days + 1)]


@dataclass
class Counts:
    """What became of the drafts of one row of the table."""

    planned: int = 0  # everything that was decided: refused ones too
    states: Counter[str] = field(default_factory=Counter)
    refused_by: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)  # opened, clicked, answered

    @property
    def sent(self) -> int:
        """Left the house, whatever came after."""
        return sum(self.states[state] for state in GONE)

    @property
    def held_out(self) -> int:
        """The comparison group: would have heard from us."""
        return self.refused_by["holdout"]

    @property
    def refused(self) -> int:
        """Turned away by the gate, the comparison group left aside."""
        return self.states["refused"] - self.held_out

    def add(self, state: str, reason: str | None, number: int) -> None:
        """Count so many messages in."""
        self.planned += number
        self.states[state] += number
        if state == "refused" and reason:
            self.refused_by[reason] += number


def by_automation(dealer: Dealer, period: Period) -> dict[int, Counts]:
    """Automation's primary key → its counts, with what was answered."""
    found = {int(pk): counts for pk, counts in _grouped(dealer, period, "automation_id").items()}
    codes = dict(Automation.objects.of(dealer).filter(pk__in=found).values_list("code", "pk"))
    for code, kind, number in _touches(dealer, period).values_list("code", "kind").annotate(n=Count("pk")).order_by():
        if code in codes:
            found[codes[code]].answers[ANSWERS[kind]] += number
    return found


def by_channel(dealer: Dealer, period: Period) -> dict[str, Counts]:
    """Channel → its counts; refused drafts have none and stand under the empty name."""
    found = {str(channel or ""): counts for channel, counts in _grouped(dealer, period, "channel").items()}
    rows = _touches(dealer, period).values_list("channel", "kind").annotate(n=Count("pk")).order_by()
    for channel, kind, number in rows:
        if channel in found:
            found[channel].answers[ANSWERS[kind]] += number
    return found


def by_day(dealer: Dealer, period: Period) -> dict[date, Counts]:
    """Every day of the period → its counts."""
    rows = _messages(dealer, period).annotate(day=TruncDate("reference_at", tzinfo=dealer.zone))
    found = _sum(rows.values_list("day", "state", "reason").annotate(n=Count("pk")).order_by())
    return {day: found.get(day, Counts()) for day in period.days}


def total(counts: Iterable[Counts]) -> Counts:
    """The last row of the table."""
    everything = Counts()
    for one in counts:
        everything.planned += one.planned
        for mine, other in (
            (everything.states, one.states),
            (everything.refused_by, one.refused_by),
            (everything.answers, one.answers),
        ):
            mine.update(other)
    return everything


def _grouped(dealer: Dealer, period: Period, column: str) -> dict[Any, Counts]:
    return _sum(_messages(dealer, period).values_list(column, "state", "reason").annotate(n=Count("pk")).order_by())


def _sum(rows: Iterable[tuple[Any, str, str | None, int]]) -> dict[Any, Counts]:
    found: dict[Any, Counts] = defaultdict(Counts)
    for key, state, reason, number in rows:
        found[key].add(state, reason, number)
    return dict(found)


def _messages(dealer: Dealer, period: Period) -> QuerySet[Message]:
    begin, end = period.moments(dealer)
    automations = list(Automation.objects.of(dealer).values_list("pk", flat=True))  # the index begins with them
    rows = Message.objects.of(dealer).filter(automation_id__in=automations)
    return rows.filter(reference_at__gte=begin, reference_at__lt=end, recipient="customer")


def _touches(dealer: Dealer, period: Period) -> QuerySet[Touch]:
    begin, end = period.moments(dealer)
    return Touch.objects.of(dealer).filter(kind__in=list(ANSWERS), happened_at__gte=begin, happened_at__lt=end)
