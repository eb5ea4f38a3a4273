"""Turns a few assumptions into what retention is worth: the fee, the two retention models, a visit, web bookings.

The first model is the arithmetic that dealers are shown when such systems are sold: ten points more retention are taken
as ten per cent more service revenue. The second is proportional: 25 → 35 points is 35/25 of the revenue. Both are
labelled; beside them stands what the dealer's own data say.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from relance.dealers.models import Dealer
from relance.facts.models import RepairOrder, Vehicle
from relance.lib.moments import add_months, day_of, day_start
from relance.measures.results.share import Share
from relance.measures.retention import service_rates

MONTHS = 12
HUNDRED = Decimal(100)
CENT, WHOLE = Decimal("0.01"), Decimal(1)


@dataclass(frozen=True)
class Assumptions:
    """What can be typed in. Amounts in the dealer's currency; shares and points in per cent."""

    vehicles: int = 2_000
    price: Decimal = Decimal("0.50")  # a vehicle and month
    revenue: Decimal = Decimal(15_000_000)  # of the whole dealership, a year
    service_share: Decimal = Decimal(30)
    retention_now: Decimal = Decimal(25)
    retention_then: Decimal = Decimal(35)
    visit_hours: Decimal = Decimal("1.5")
    hourly_rate: Decimal = Decimal(75)
    wages: Decimal = Decimal(27)  # of one visit
    parts_cost: Decimal = Decimal(65)  # of what the parts are sold for
    bookings: int = 1_000
    prize: Decimal = Decimal(500)


@dataclass(frozen=True)
class Gain:
    """What a model says: service revenue then, how much more, and what is left of it after the fee."""

    service_revenue: Decimal
    more: Decimal
    net: Decimal


@dataclass(frozen=True)
class Visit:
    """What one visit brings."""

    labour: Decimal
    revenue: Decimal  # labour and parts for as much again
    wages: Decimal
    parts_cost: Decimal
    gross_profit: Decimal


@dataclass(frozen=True)
class Economics:
    """Everything that follows from the assumptions."""

    fee: Decimal
    service_revenue: Decimal
    as_sold: Gain
    proportional: Gain
    visit: Visit
    bookings: Decimal  # gross profit of so many web bookings
    after_prize: Decimal


@dataclass(frozen=True)
class Measured:
    """The dealer's own figures of the last twelve months."""

    vehicles: int
    service_revenue: Decimal
    visits: int
    retention: Share

    @property
    def a_visit(self) -> Decimal | None:
        """What one visit brought; None when there was none."""
        return self.service_revenue / self.visits if self.visits else None


def reckon(given: Assumptions) -> Economics:
    """The deck's arithmetic, exact to the cent."""
    fee = given.vehicles * given.price * MONTHS
    service = given.revenue * given.service_share / HUNDRED
    points = given.retention_then - given.retention_now
    as_sold = service * (1 + points / HUNDRED)
    proportional = service * given.retention_then / given.retention_now if given.retention_now else service
    visit = _visit(given)
    bookings = given.bookings * visit.gross_profit.quantize(WHOLE, ROUND_HALF_UP)  # a visit's profit in round figures
    return Economics(
        fee,
        service,
        _gain(service, as_sold, fee),
        _gain(service, proportional, fee),
        visit,
        bookings,
        bookings - given.prize,
    )


def _gain(before: Decimal, then: Decimal, fee: Decimal) -> Gain:
    return Gain(then, then - before, then - before - fee)


def _visit(given: Assumptions) -> Visit:
    labour = given.visit_hours * given.hourly_rate
    cost = (labour * given.parts_cost / HUNDRED).quantize(CENT, ROUND_HALF_UP)
    return Visit(labour, 2 * labour, given.wages, cost, 2 * labour - given.wages - cost)


def measured(dealer: Dealer, *, at: datetime) -> Measured:
    """What the dealer's own data say of the twelve months before `at`."""
    today = day_of(at, dealer.zone)
    begin = day_start(add_months(today, -MONTHS), dealer.zone)
    orders = RepairOrder.objects.of(dealer).filter(closed_at__gte=begin, closed_at__lt=at)
    sums = orders.aggregate(
        customer=Coalesce(Sum("customer_sale"), Decimal(0)),
        warranty=Coalesce(Sum("warranty_sale"), Decimal(0)),
        visits=Count("pk", filter=~Q(billing="internal") | Q(billing=None)),
    )
    rates = service_rates(dealer, today=today, years=1)
    return Measured(
        Vehicle.objects.of(dealer).exclude(status__in=("sold", "scrapped")).count(),
        sums["customer"] + sums["warranty"],
        sums["visits"],
        rates[0].share if rates else Share(0, 0),
    )
