"""Turns a period's messages into what followed each within the window: bookings, visits, revenue, opt-outs.

Held out and treated are asked the same question at the same moment (the reference moment), so that nothing but the
message itself differs between them. A visit is counted once for an automation's people however many messages went
before it; its revenue goes to the last message before it: the sum over automations is never more than was earned.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from relance.dealers.models import Dealer
from relance.facts.models import Appointment, ConsentEntry, RepairOrder
from relance.measures.results.funnel import GONE, Period
from relance.measures.results.share import Difference, Share, difference
from relance.outbox.models import Message

OPT_OUT_DAYS = timedelta(days=7)  # later than that somebody left for another reason
NOTHING = Decimal(0)


@dataclass
class Group:
    """The people of one side: how many drafts, after how many of them somebody came."""

    people: int = 0
    came: int = 0

    @property
    def share(self) -> Share:
        """How many of them came."""
        return Share(self.came, self.people)


@dataclass
class Outcome:
    """What came of one automation."""

    treated: Group = field(default_factory=Group)
    held_out: Group = field(default_factory=Group)
    booked: int = 0
    opted_out: int = 0
    orders: int = 0  # repair orders whose last message before was this automation's
    revenue: Decimal = NOTHING

    @property
    def difference(self) -> Difference | None:
        """Treated less held out; None without a comparison group."""
        return difference(self.treated.share, self.held_out.share)


@dataclass(frozen=True)
class Said:
    """A message that left, or would have."""

    automation_id: int
    customer_id: int
    at: datetime
    is_held_out: bool


def outcomes(dealer: Dealer, period: Period, *, window: timedelta) -> dict[int, Outcome]:
    """Automation's primary key → what came of it within `window` after its reference moments in the period."""
    said = list(_said(dealer, period))
    begin, end = period.moments(dealer)
    visits = _orders(dealer, begin, end + window)
    moments = {customer: [at for at, _ in rows] for customer, rows in visits.items()}
    bookings = _bookings(dealer, begin, end + window)
    opt_outs = _opt_outs(dealer, begin, end + OPT_OUT_DAYS)
    found: dict[int, Outcome] = defaultdict(Outcome)
    for one in said:
        outcome = found[one.automation_id]
        group = outcome.held_out if one.is_held_out else outcome.treated
        group.people += 1
        group.came += _follows(moments.get(one.customer_id, ()), one.at, window)
        if not one.is_held_out:
            outcome.booked += _follows(bookings.get(one.customer_id, ()), one.at, window)
            outcome.opted_out += _follows(opt_outs.get(one.customer_id, ()), one.at, OPT_OUT_DAYS)
    _earn(said, visits, window, found)
    return dict(found)


def _follows(moments: Sequence[datetime], at: datetime, window: timedelta) -> bool:
    """Whether one of the sorted moments lies in (at, at + window]."""
    place = bisect_right(moments, at)
    return place < len(moments) and moments[place] <= at + window


def _earn(
    said: Iterable[Said],
    visits: Mapping[int, list[tuple[datetime, Decimal]]],
    window: timedelta,
    found: dict[int, Outcome],
) -> None:
    """Each repair order's revenue to the last message before it."""
    of_customer: dict[int, list[Said]] = defaultdict(list)
    for one in said:
        if not one.is_held_out and one.customer_id in visits:
            of_customer[one.customer_id].append(one)
    for customer, theirs in of_customer.items():
        theirs.sort(key=lambda one: one.at)
        moments = [one.at for one in theirs]
        for opened_at, amount in visits[customer]:
            place = bisect_right(moments, opened_at) - 1
            if place >= 0 and moments[place] < opened_at <= moments[place] + window:
                outcome = found[theirs[place].automation_id]
                outcome.orders += 1
                outcome.revenue += amount


def _said(dealer: Dealer, period: Period) -> Iterable[Said]:
    begin, end = period.moments(dealer)
    rows = Message.objects.of(dealer).filter(reference_at__gte=begin, reference_at__lt=end, recipient="customer")
    gone = rows.filter(state__in=GONE).values_list("automation_id", "customer_id", "reference_at")
    for automation_id, customer_id, at in gone.iterator(chunk_size=5000):
        yield Said(automation_id, customer_id, at, False)
    held = rows.filter(state="refused", reason="holdout").values_list("automation_id", "customer_id", "reference_at")
    for automation_id, customer_id, at in held.iterator(chunk_size=5000):
        yield Said(automation_id, customer_id, at, True)


def _orders(dealer: Dealer, begin: datetime, end: datetime) -> dict[int, list[tuple[datetime, Decimal]]]:
    """Customer → (opened, paid by customer and manufacturer) of the orders, in order; internal work earns nothing."""
    found: dict[int, list[tuple[datetime, Decimal]]] = defaultdict(list)
    rows = RepairOrder.objects.of(dealer).filter(opened_at__gt=begin, opened_at__lte=end).exclude(billing="internal")
    columns = rows.order_by("opened_at").values_list("customer_id", "opened_at", "customer_sale", "warranty_sale")
    for customer, opened_at, paid, warranty in columns.iterator(chunk_size=5000):
        found[customer].append((opened_at, (paid or NOTHING) + (warranty or NOTHING)))
    return found


def _bookings(dealer: Dealer, begin: datetime, end: datetime) -> dict[int, list[datetime]]:
    rows = Appointment.objects.of(dealer).filter(created_at__gt=begin, created_at__lte=end, proposed_by=None)
    return _moments(rows.order_by("created_at").values_list("customer_id", "created_at"))


def _opt_outs(dealer: Dealer, begin: datetime, end: datetime) -> dict[int, list[datetime]]:
    rows = ConsentEntry.objects.of(dealer).filter(at__gt=begin, at__lte=end, status="withdrawn", by="person")
    return _moments(rows.order_by("at").values_list("customer_id", "at"))


def _moments(rows: Iterable[tuple[int, datetime | None]]) -> dict[int, list[datetime]]:
    found: dict[int, list[datetime]] = defaultdict(list)
    for customer, at in rows:
        if at is not None:
            found[customer].append(at)
    return found
