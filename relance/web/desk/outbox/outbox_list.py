"""Turns a dealer's messages into the list of the outbox: by state, by name, by their last move or sending time."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from relance.facts.models import Customer
from relance.lib.fold import fold
from relance.lib.moments import DAY, day_start
from relance.measures.words import CHANNELS
from relance.measures.words import STATES as STATE_WORDS
from relance.outbox.models import Message
from relance.outbox.states import STATES
from relance.web.desk.guard import Desk
from relance.web.desk.words import name_of, reason_of, word
from relance.web.lists.listing import Column, Listing
from relance.web.lists.order import Key
from relance.web.lists.table import Table, in_order

FEW = 2_000  # messages that are put in order by themselves
NAMES = 200  # customers whom a search by name looks at
CHART_DAYS = 30
OPEN = ("ready", "approval", "sending", "unsure")  # states in which something is still to come
TIMED = ("ready", "approval", "sending", "sent", "delivered", "unsure", "failed")  # states with a sending time
Days = Mapping[date, Counter[str]]


def chosen(rows: QuerySet[Message], customers: QuerySet[Customer], *, state: str, search: str) -> QuerySet[Message]:
    """The messages of one state, to people whose name contains what is searched for."""
    if state in STATES:
        rows = rows.filter(state=state)
    if search:
        named = customers.filter(name_folded__contains=fold(search)).order_by("name_folded")
        rows = rows.filter(customer_id__in=list(named.values_list("pk", flat=True)[:NAMES]))
    elif state in STATES:  # few in a state lie far apart by their last move; many are found there at once
        few = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
        rows = rows.filter(pk__in=few) if len(few) <= FEW else rows
    return rows


def _asked(desk: Desk) -> QuerySet[Message]:
    asked = desk.request.GET
    search = asked.get("q", "").strip()[:100]
    return chosen(desk.messages(), desk.customers(), state=asked.get("state", ""), search=search)


def _whole(desk: Desk, keys: Sequence[int]) -> list[Message]:
    rows = Message.objects.of(desk.dealer).select_related("automation", "customer", "vehicle")
    return in_order(rows, keys)


def _has_its_index(desk: Desk) -> bool:
    """Sending times are in order within a state only."""
    return desk.request.GET.get("state", "") in TIMED


def _columns(_desk: Desk) -> list[Column[Message]]:
    return [
        Column("moved_at", _("Last change"), lambda one: one.moved_at),
        Column("state", _("State"), lambda one: word(STATE_WORDS, one.state)),
        Column("reason", _("Why"), lambda one: reason_of(one.reason, one.detail)[0] if one.reason else None),
        Column("automation", _("Automation"), lambda one: one.automation.code),
        Column("name", _("Name"), lambda one: name_of(one.automation)),
        Column("customer", _("Customer"), lambda one: one.customer.ref if one.customer else None),
        Column("customer_name", _("Customer’s name"), lambda one: one.customer.name if one.customer else None),
        Column("vehicle", _("Vehicle"), lambda one: one.vehicle.ref if one.vehicle else None),
        Column("recipient", _("To"), lambda one: one.recipient),
        Column("channel", _("Channel"), lambda one: word(CHANNELS, one.channel)),
        Column("address", _("Address"), lambda one: one.address),
        Column("send_at", _("Sending time"), lambda one: one.send_at),
        Column("subject", _("Subject"), lambda one: one.subject_line),
        Column("text", _("Text"), lambda one: one.body),
    ]


# Thousands move at one moment: their keys are put in order by an index, and only a page's are read with their texts.
MESSAGES = Listing(
    name="messages",
    place="desk-outbox",
    title=_("Outbox"),
    source=Table(
        keys=(
            Key("moved", _("Last change"), ("moved_at", "pk"), down=True),
            Key("send", _("Sending time"), ("send_at", "pk"), may_lack=True, offered=_has_its_index),
        ),
        rows=_asked,
        whole=_whole,
    ),
    columns=_columns,
)


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
