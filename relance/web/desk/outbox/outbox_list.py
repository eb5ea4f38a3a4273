"""Turns a dealer's messages into one page of them: newest first, by state, by name, from a cursor on."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.core import signing
from django.db.models import Count, QuerySet, Value

from relance.facts.models import Customer
from relance.lib.fold import fold
from relance.lib.moments import DAY, day_start
from relance.outbox.models import Message
from relance.outbox.states import STATES

PAGE = 50
NAMES = 200  # customers whom a search by name looks at
CHART_DAYS = 30
OPEN = ("ready", "approval", "sending", "unsure")  # states in which something is still to come
Days = Mapping[date, Counter[str]]


@dataclass(frozen=True)
class Page:
    """Some messages, and where the next ones begin."""

    messages: list[Message]
    next_cursor: str | None


def page(rows: QuerySet[Message], *, cursor: str) -> Page:
    """Fifty messages by their last move; a cursor that was not made here starts at the beginning."""
    if place := _read_cursor(cursor):
        moved_at, pk = place
        rows = rows.filter(moved_at__lte=moved_at).exclude(moved_at=moved_at, pk__gte=pk)
    # Thousands move at one moment: an index puts their keys in order, and only the fifty are read with their texts.
    keys = rows.order_by("-moved_at", "-pk").values("pk")[: PAGE + 1]
    whole = Message.objects.across_dealers("their keys are those of the dealer's own").filter(pk__in=keys)
    found = list(whole.select_related("automation", "customer", "vehicle").order_by("-moved_at", "-pk"))
    shown = found[:PAGE]
    return Page(shown, _cursor(shown[-1]) if len(found) > PAGE else None)


def chosen(rows: QuerySet[Message], customers: QuerySet[Customer], *, state: str, search: str) -> QuerySet[Message]:
    """The messages of one state, to people whose name contains what is searched for."""
    if state in STATES:
        rows = rows.filter(state=state)
    if search:
        named = customers.filter(name_folded__contains=fold(search)).order_by("name_folded")
        rows = rows.filter(customer_id__in=list(named.values_list("pk", flat=True)[:NAMES]))
    return rows


def _cursor(last: Message) -> str:
    return signing.dumps([last.moved_at.isoformat(), last.pk], salt="outbox", compress=True)


def _read_cursor(text: str) -> tuple[datetime, int] | None:
    try:
        moved_at, pk = signing.loads(text, salt="outbox")
        return datetime.fromisoformat(moved_at), int(pk)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def by_day(messages: QuerySet[Message], *, today: date, zone: ZoneInfo) -> Days:
    """How many messages came into each state on each of the last thirty days."""
    days = [today - timedelta(days=n) for n in range(CHART_DAYS - 1, -1, -1)]
    # A range of the index for each day: asked for the day of every row, SQLite would call Python for each of them.
    asked = [
        messages.filter(moved_at__gte=day_start(day, zone), moved_at__lt=day_start(day + DAY, zone))
        .order_by()
        .annotate(place=Value(place))
        .values_list("place", "state")
        .annotate(n=Count("pk"))
        for place, day in enumerate(days)
    ]
    found: dict[date, Counter[str]] = {day: Counter() for day in days}
    for place, state, number in asked[0].union(*asked[1:], all=True):
        found[days[place]][state] += number
    return found


def counts(messages: QuerySet[Message], days: Days) -> Mapping[str, int]:
    """How many messages are in each state: of what is still open all, of what is done that of the last thirty days."""
    number: Counter[str] = sum(days.values(), Counter())
    still = messages.filter(state__in=OPEN).values_list("state").annotate(n=Count("pk")).order_by()
    return {state: n for state, n in number.items() if state not in OPEN} | dict(still)


def of_chart(days: Days) -> list[tuple[date, int, int]]:
    """Sent and refused per day; empty when nothing happened."""
    rows = [(day, found["sent"] + found["delivered"], found["refused"]) for day, found in days.items()]
    return rows if any(sent or refused for _day, sent, refused in rows) else []
