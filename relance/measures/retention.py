"""Turns visits and deliveries into retention: who came back, who is at risk, who is lost, by model year and cohort.

A vehicle is *active* when its last closed repair order is at most a year old, *at risk* up to two years, *lost*
beyond; one that never came is lost once it is a year old. The service rate of a year: of the customers who came in the
twelve months before, the share who came again in the twelve months after. The sales rate: of those who took delivery
three to six years ago, the share who took another since.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

from django.db.models import Max, Min

from relance.dealers.models import Dealer
from relance.facts.models import RepairOrder, Sale, Vehicle
from relance.lib.moments import add_months, day_of, day_start
from relance.measures.results.share import Share

STANDINGS = ("active", "at_risk", "lost")
YEARS_SHOWN = 5
SALES_MONTHS = (72, 36)  # taken delivery that many months ago, from … to


@dataclass
class Standing:
    """How many vehicles of one model year or cohort stand where."""

    active: int = 0
    at_risk: int = 0
    lost: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.active + self.at_risk + self.lost

    @property
    def share(self) -> Share:
        """How many are active."""
        return Share(self.active, self.total)


@dataclass(frozen=True)
class YearRate:
    """The service rate of the twelve months that end on a day."""

    until: date
    share: Share


@dataclass
class Retention:
    """Everything of the page."""

    vehicles: Standing = field(default_factory=Standing)
    by_model_year: dict[int | None, Standing] = field(default_factory=dict)
    by_cohort: dict[int | None, Standing] = field(default_factory=dict)  # year in which the vehicle came to its owner
    service: list[YearRate] = field(default_factory=list)  # the latest first
    sales: Share = field(default_factory=lambda: Share(0, 0))


def retention(dealer: Dealer, *, at: datetime) -> Retention:
    """The dealer's retention, seen from `at`."""
    today = day_of(at, dealer.zone)
    found = Retention(service=service_rates(dealer, today=today), sales=sales_rate(dealer, today=today))
    model_years: dict[int | None, Standing] = defaultdict(Standing)
    cohorts: dict[int | None, Standing] = defaultdict(Standing)
    last = _last_visits(dealer, at)
    year_ago, two_ago = (day_start(add_months(today, -months), dealer.zone) for months in (12, 24))
    rows = Vehicle.objects.of(dealer).exclude(status__in=("sold", "scrapped"))
    for pk, model_year, in_service_on in rows.values_list("pk", "year", "in_service_on").iterator(chunk_size=5000):
        visit = last.get(pk)
        if visit is None and in_service_on is not None and in_service_on > add_months(today, -12):
            standing = "active"  # too young to have come
        elif visit is not None and visit >= year_ago:
            standing = "active"
        elif visit is not None and visit >= two_ago:
            standing = "at_risk"
        else:
            standing = "lost"
        cohort = in_service_on.year if in_service_on else None
        for group in (found.vehicles, model_years[model_year], cohorts[cohort]):
            setattr(group, standing, getattr(group, standing) + 1)
    found.by_model_year, found.by_cohort = _newest_first(model_years), _newest_first(cohorts)
    return found


def _newest_first(groups: dict[int | None, Standing]) -> dict[int | None, Standing]:
    return dict(sorted(groups.items(), key=lambda item: -(item[0] or 0)))


def _last_visits(dealer: Dealer, at: datetime) -> dict[int, datetime]:
    rows = RepairOrder.objects.of(dealer).filter(closed_at__lte=at, vehicle__isnull=False)
    return dict(rows.values_list("vehicle_id").annotate(last=Max("closed_at")).order_by())


def service_rates(dealer: Dealer, *, today: date, years: int = YEARS_SHOWN) -> list[YearRate]:
    """The service rate of the last twelve months, of the twelve before, and so on; a year after none is left out."""
    ends = [day_start(add_months(today, -12 * n), dealer.zone) for n in range(years + 2)]
    came = [_who_came(dealer, begin, end) for end, begin in pairwise(ends)]
    rates = []
    for n, (now, before) in enumerate(pairwise(came)):
        if before:
            rates.append(YearRate(add_months(today, -12 * n), Share(len(now & before), len(before))))
    return rates


def _who_came(dealer: Dealer, begin: datetime, end: datetime) -> set[int]:
    rows = RepairOrder.objects.of(dealer).filter(closed_at__gte=begin, closed_at__lt=end)
    return set(rows.values_list("customer_id", flat=True).distinct().iterator(chunk_size=5000))


def sales_rate(dealer: Dealer, *, today: date) -> Share:
    """Of those who took delivery three to six years ago, how many took another since."""
    begin, end = (add_months(today, -months) for months in SALES_MONTHS)
    first = Sale.objects.of(dealer).filter(delivered_on__gte=begin, delivered_on__lt=end)
    bought = dict(first.values_list("customer_id").annotate(first=Min("delivered_on")).order_by())
    later = Sale.objects.of(dealer).filter(delivered_on__gt=begin, delivered_on__lte=today)
    last = dict(later.values_list("customer_id").annotate(last=Max("delivered_on")).order_by())
    return Share(sum(last.get(customer, day) > day for customer, day in bought.items()), len(bought))
