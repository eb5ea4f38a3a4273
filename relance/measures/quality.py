"""Turns a dealer's data into what its CRM manager and its manager have to look after: reach, refusals, debts, service.

Shares are of customers who may be spoken to at all (active, not do-not-mail).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Avg, Case, Count, F, Max, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from relance.dealers.models import Dealer
from relance.facts.models import ConsentEntry, Customer, RepairOrder, Suppression, Touch
from relance.intake.models import ImportRun
from relance.lib.moments import add_months, day_of, day_start
from relance.measures.results.share import Share
from relance.outbox.models import Message, Task
from relance.plan.models import Automation, Run

LOOKED_BACK = timedelta(days=90)
IMPORTS = 5
MONTHS = 12
MICROSECOND = timedelta(microseconds=1)
WAYS = ("both", "email_only", "mobile_only", "post_only", "nothing")
UNANSWERED = ("question", "complaint")
GONE_CUSTOMER = ("moved", "deceased")


@dataclass(frozen=True)
class Reach:
    """How many customers can be reached how."""

    total: int
    both: int
    email_only: int
    mobile_only: int
    none: int
    post_only: int  # of those without either: a postal address at least

    @property
    def nothing(self) -> int:
        """Those who cannot be reached at all."""
        return self.none - self.post_only

    @property
    def ways(self) -> list[tuple[str, Share]]:
        """How they can be reached, each with its share of all."""
        numbers = (self.both, self.email_only, self.mobile_only, self.post_only, self.nothing)
        return [(way, Share(number, self.total)) for way, number in zip(WAYS, numbers, strict=True)]


@dataclass(frozen=True)
class LastRun:
    """When an automation last ran, and what it made."""

    automation: Automation
    run_at: datetime | None
    made: int


@dataclass(frozen=True)
class Upkeep:
    """What the CRM manager looks after."""

    reach: Reach
    suppressed: dict[str, int]  # reason of the provider → addresses
    opted_out: int  # persons, in the last 90 days
    overdue_tasks: int
    open_tasks: int
    unsure: int
    unanswered: int  # questions and complaints that nobody has dealt with
    failed: int  # messages of the last 90 days that never arrived
    unproven: int  # grants with neither proof nor source: worth nothing under tcpa
    imports: list[ImportRun]
    last_runs: list[LastRun]


@dataclass(frozen=True)
class Month:
    """A month of the workshop."""

    month: date
    visits: int
    revenue: float


@dataclass(frozen=True)
class Department:
    """What customers answered about a department in the last 90 days."""

    name: str
    answers: int
    mean: float
    top_box: Share  # nine or ten


@dataclass(frozen=True)
class Answering:
    """How quickly one of the staff deals with what waits for him."""

    name: str
    closed: int
    mean: timedelta


@dataclass(frozen=True)
class Satisfaction:
    """What the manager looks after."""

    departments: list[Department]
    months: list[Month]
    answered_after: timedelta | None  # how long a task waited on average, from opening to closing
    tasks_closed: int
    staff: list[Answering]  # who closed most, first


def reach(dealer: Dealer) -> Reach:
    """How many customers can be reached by e-mail, by mobile, by both, by neither."""
    rows = Customer.objects.of(dealer).exclude(status__in=GONE_CUSTOMER).exclude(do_not_mail=True)
    email, mobile = Q(email_usable=True), Q(mobile_usable=True)
    post = Q(address__isnull=False) & (Q(city__isnull=False) | Q(postal_code__isnull=False))
    kind = Case(
        When(email & mobile, then=Value("both")),
        When(email, then=Value("email")),
        When(mobile, then=Value("mobile")),
        When(post, then=Value("post")),
        default=Value("none"),
    )
    found = dict(rows.annotate(way=kind).values_list("way").annotate(n=Count("pk")).order_by())
    neither = found.get("post", 0) + found.get("none", 0)
    return Reach(
        sum(found.values()),
        found.get("both", 0),
        found.get("email", 0),
        found.get("mobile", 0),
        neither,
        found.get("post", 0),
    )


def upkeep(dealer: Dealer, *, at: datetime) -> Upkeep:
    """Everything of the CRM manager's page."""
    late, asked = Q(due_at__lt=at), Q(kind__in=UNANSWERED)
    tasks = Task.objects.of(dealer).filter(state="open")
    of_tasks = tasks.aggregate(late=Count("pk", filter=late), open=Count("pk"), unanswered=Count("pk", filter=asked))
    unsure, failed = Q(state="unsure"), Q(state="failed", moved_at__gte=at - LOOKED_BACK)
    messages = Message.objects.of(dealer).filter(unsure | failed)
    of_messages = messages.aggregate(unsure=Count("pk", filter=unsure), failed=Count("pk", filter=failed))
    gone = ConsentEntry.objects.of(dealer).filter(status="withdrawn", by="person", at__gte=at - LOOKED_BACK, at__lte=at)
    return Upkeep(
        reach(dealer),
        dict(Suppression.objects.of(dealer).values_list("reason").annotate(n=Count("pk")).order_by("-n")),
        gone.values("customer").distinct().count(),
        of_tasks["late"],
        of_tasks["open"],
        of_messages["unsure"],
        of_tasks["unanswered"],
        of_messages["failed"],
        unproven_grants(dealer).count(),
        list(ImportRun.objects.of(dealer).order_by("-started_at", "-pk")[:IMPORTS]),
        last_runs(dealer),
    )


def unproven_grants(dealer: Dealer) -> QuerySet[ConsentEntry]:
    """Grants that nobody could prove: neither proof nor source."""
    empty = (Q(proof=None) | Q(proof="")) & (Q(source=None) | Q(source=""))
    return ConsentEntry.objects.of(dealer).filter(empty, status="granted")


def last_runs(dealer: Dealer) -> list[LastRun]:
    """Every automation that is not off: its last run, the one that waited longest first."""
    rows = Automation.objects.of(dealer).exclude(status="off").order_by("code")
    last = dict(Run.objects.of(dealer).values_list("automation_id").annotate(last=Max("run_at")).order_by())
    since = Run.objects.of(dealer).filter(run_at__in=set(last.values()))
    made = dict(
        since.values_list("automation_id", "run_at").annotate(n=Sum("drafts")).values_list("automation_id", "n")
    )
    found = [LastRun(row, last.get(row.pk), made.get(row.pk, 0)) for row in rows]
    return sorted(found, key=lambda one: (one.run_at is not None, one.run_at, one.automation.code))


def satisfaction(dealer: Dealer, *, at: datetime) -> Satisfaction:
    """Everything of the manager's page."""
    closed = Task.objects.of(dealer).filter(state="done", closed_at__gte=at - LOOKED_BACK, closed_at__lte=at)
    waited = {"mean": Avg(F("closed_at") - F("created_at")), "n": Count("pk")}
    whole = closed.aggregate(**waited)
    by = closed.exclude(staff=None).values_list("staff__name").annotate(**waited).order_by()
    staff = sorted((Answering(name, n, mean) for name, mean, n in by), key=lambda one: (-one.closed, one.name))
    return Satisfaction(_departments(dealer, at), _months(dealer, at), whole["mean"], whole["n"], staff)


def _departments(dealer: Dealer, at: datetime) -> list[Department]:
    answers = Touch.objects.of(dealer).filter(kind="survey", happened_at__gte=at - LOOKED_BACK, happened_at__lte=at)
    scored = answers.exclude(score=None).annotate(name=Coalesce("department", Value("")))
    rows = scored.values_list("name").annotate(
        n=Count("pk"), mean=Avg("score"), top=Count("pk", filter=Q(score__gte=9))
    )
    return [Department(name, n, float(mean), Share(top, n)) for name, n, mean, top in rows.order_by("name")]


def _months(dealer: Dealer, at: datetime) -> list[Month]:
    """The last twelve months, the latest last."""
    begin = add_months(day_of(at, dealer.zone).replace(day=1), 1 - MONTHS)
    months = [add_months(begin, n) for n in range(MONTHS)]
    # A range of the index for each month: asked for the month of every row, SQLite would call Python for each of them.
    asked = [
        RepairOrder.objects.of(dealer)
        .filter(
            closed_at__gte=day_start(month, dealer.zone),
            closed_at__lt=min(day_start(add_months(month, 1), dealer.zone), at + MICROSECOND),
        )
        .order_by()
        .annotate(place=Value(place))
        .values_list("place")
        .annotate(n=Count("pk"), paid=Sum("customer_sale"), covered=Sum("warranty_sale"))
        for place, month in enumerate(months)
    ]
    found = {place: (n, float((paid or 0) + (covered or 0))) for place, n, paid, covered in asked[0].union(*asked[1:])}
    return [Month(month, *found.get(place, (0, 0.0))) for place, month in enumerate(months)]
