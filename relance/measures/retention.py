"""Turns visits and deliveries into retention: who came back, who is at risk, who is lost, by model year and cohort.

A vehicle is *active* when its last closed repair order is at most a year old, *at risk* up to two years, *lost*
beyond; one that never came is lost once it is a year old. The service rate of a year: of the customers who came in the
twelve months before, the share who came again in the twelve months after. The sales rate: of those who took delivery
three to six years ago, the share who took another since.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise

from django.db.models import Case, Count, Exists, F, Max, Min, OuterRef, Q, Value, When

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
    for model_year, since, standing, number in _standings(dealer, at):
        cohort = since.year if since else None
        for group in (found.vehicles, model_years[model_year], cohorts[cohort]):
            setattr(group, standing, getattr(group, standing) + number)
    found.by_model_year, found.by_cohort = _newest_first(model_years), _newest_first(cohorts)
    return found


def _newest_first(groups: dict[int | None, Standing]) -> dict[int | None, Standing]:
    return dict(sorted(groups.items(), key=lambda item: -(item[0] or 0)))


def _standings(dealer: Dealer, at: datetime) -> Iterable[tuple[int | None, date | None, str, int]]:
    """(Model year, day on which it came to its owner, standing, how many vehicles), counted by the database."""
    today = day_of(at, dealer.zone)
    year_ago, two_ago = (day_start(add_months(today, -months), dealer.zone) for months in (12, 24))
    visits = RepairOrder.objects.across_dealers("tied to a vehicle of this dealer")
    theirs = visits.filter(vehicle=OuterRef("pk"), closed_at__lte=at)
    standing = Case(
        When(Exists(theirs.filter(closed_at__gte=year_ago)), then=Value("active")),
        When(Exists(theirs.filter(closed_at__gte=two_ago)), then=Value("at_risk")),
        When(Q(in_service_on__gt=add_months(today, -12)) & ~Exists(theirs), then=Value("active")),  # too young to come
        default=Value("lost"),
    )
    rows = Vehicle.objects.of(dealer).exclude(status__in=("sold", "scrapped"))
    by = rows.annotate(standing=standing).values("year", "in_service_on", "standing")
    return by.annotate(n=Count("pk")).order_by().values_list("year", "in_service_on", "standing", "n")


def service_rates(dealer: Dealer, *, today: date, years: int = YEARS_SHOWN) -> list[YearRate]:
    """The service rate of the last twelve months, of the twelve before, and so on; a year after none is left out."""
    ends = [day_start(add_months(today, -12 * n), dealer.zone) for n in range(years + 2)]
    # Customer by customer: an index has the moments of their visits, so that none of these is read.
    visits = RepairOrder.objects.across_dealers("tied to a customer of this dealer").filter(customer__dealer=dealer)
    within = [Q(closed_at__gte=begin, closed_at__lt=end) for end, begin in pairwise(ends)]
    spans = {f"came_{n}": Count("pk", filter=span) for n, span in enumerate(within)}
    people = (
        visits.filter(closed_at__gte=ends[-1], closed_at__lt=ends[0]).order_by().values("customer").annotate(**spans)
    )
    came = {f"before_{n}": Count("customer", filter=Q(**{f"came_{n + 1}__gt": 0})) for n in range(years)}
    again = {
        f"again_{n}": Count("customer", filter=Q(**{f"came_{n + 1}__gt": 0, f"came_{n}__gt": 0})) for n in range(years)
    }
    found = people.aggregate(**came, **again)
    return [
        YearRate(add_months(today, -12 * n), Share(found[f"again_{n}"], found[f"before_{n}"]))
        for n in range(years)
        if found[f"before_{n}"]
    ]


def sales_rate(dealer: Dealer, *, today: date) -> Share:
    """Of those who took delivery three to six years ago, how many took another since."""
    begin, end = (add_months(today, -months) for months in SALES_MONTHS)
    # All sales, customer by customer, out of an index: by their days they would be read at random.
    sales = Sale.objects.across_dealers("tied to a customer of this dealer").filter(customer__dealer=dealer)
    people = (
        sales.order_by()
        .values("customer")
        .annotate(
            first=Min("delivered_on", filter=Q(delivered_on__gte=begin, delivered_on__lt=end)),
            last=Max("delivered_on", filter=Q(delivered_on__lte=today)),
        )
    )
    found = people.filter(first__isnull=False).aggregate(
        bought=Count("customer"), again=Count("customer", filter=Q(last__gt=F("first")))
    )
    return Share(found["again"], found["bought"])
