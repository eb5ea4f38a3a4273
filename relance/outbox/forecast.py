"""Turns rules, gate and today's facts into what will go out: per day and automation as numbers, and as people.

Past days are read from the messages. Days ahead are the very same question and gate as planning, without writing. What
cannot be known yet (real-time automations) is an expectation from the last eight weeks, and marked as such.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from relance.audience.compile import Question
from relance.audience.narrow import Candidates
from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.lib.moments import DAY, day_of, day_start
from relance.outbox.gate import COUNTED, Gate, Verdict, needs_of
from relance.outbox.models import Message
from relance.outbox.sending_time import SendingTime
from relance.plan.apply import SWITCHED_ON, definition_of
from relance.plan.definition import AfterDays
from relance.plan.draft import Draft
from relance.plan.due import CHUNK, drafts, due_ids, run_of
from relance.plan.models import Automation, PlanMark
from relance.plan.recipients import Roster
from relance.plan.schedule import runs

HISTORY = timedelta(weeks=8)


@dataclass
class Cell:
    """One automation on one day."""

    ready: int = 0  # will go, waits, went or arrived
    refused: int = 0
    channels: dict[str, int] = field(default_factory=dict)
    certain: bool = True
    moved: bool = False  # a run of a closed day that moved here

    def count(self, channel: str | None, number: int = 1) -> None:
        """Count messages that go by a channel; None: refused."""
        if channel is None:
            self.refused += number
        else:
            self.ready += number
            self.channels[channel] = self.channels.get(channel, 0) + number


@dataclass(frozen=True)
class Foreseen:
    """A draft of a day ahead, with what the gate said of it."""

    draft: Draft
    verdict: Verdict
    day: date


@dataclass
class Forecast:
    """Cells by (automation, day), and the people behind those ahead."""

    cells: dict[tuple[int, date], Cell]
    ahead: dict[tuple[int, date], list[Foreseen]]


@dataclass(frozen=True)
class Person:
    """Somebody behind a number."""

    customer_id: int
    customer_ref: str
    name: str | None
    vehicle: str | None
    subject_ref: str
    recipient: str
    channel: str | None
    address: str | None
    send_at: datetime | None
    reference_at: datetime
    status: str
    reason: str | None
    detail: str | None
    language: str | None
    subject_line: str | None
    body: str | None
    message_key: UUID | None = None


PERSON_NEEDS = frozenset({"customer.name", "vehicle.year", "vehicle.make", "vehicle.model"})


def forecast(dealer: Dealer, *, first: date, last: date, at: datetime) -> Forecast:
    """What went out and what will, from `first` to `last`, both included, seen from the moment `at`."""
    found = Forecast(defaultdict(Cell), defaultdict(list))
    zone = dealer.zone
    _count_stored(dealer, found, day_start(first, zone), day_start(last + DAY, zone))
    until = day_start(last + DAY, zone) - timedelta(microseconds=1)
    if until > at:
        for seen in _look_ahead(dealer, found, at=at, until=until):
            if first <= seen.day <= last:
                key = (seen.draft.run.automation.pk, seen.day)
                found.ahead[key].append(seen)
                found.cells[key].count(None if seen.verdict.reason else seen.verdict.channel)
        _expect(dealer, found, first=max(first, day_of(at, zone)), last=last, at=at)
    return found


def people(dealer: Dealer, *, automation: Automation, day: date, at: datetime) -> list[Person]:
    """The people of one cell: messages that are stored, then drafts still ahead."""
    zone = dealer.zone
    rows = _stored(dealer, day_start(day, zone), day_start(day + DAY, zone)).filter(automation=automation)
    found = [_of_message(m) for m in rows.select_related("customer", "vehicle").order_by("subject_ref", "pk")]
    whole = forecast(dealer, first=day, last=day, at=at)
    return found + [_of_draft(seen) for seen in whole.ahead.get((automation.pk, day), [])]


# What is stored.


def _stored(dealer: Dealer, start: datetime, end: datetime):  # type: ignore[no-untyped-def]
    """The messages whose day lies in [start, end): the day they go, or, refused, the day of their run."""
    goes = Q(send_at__gte=start, send_at__lt=end)
    refused = Q(send_at=None, run_at__gte=start, run_at__lt=end)
    return Message.objects.of(dealer).filter(goes | refused)


def _count_stored(dealer: Dealer, found: Forecast, start: datetime, end: datetime) -> None:
    rows = _stored(dealer, start, end)
    goes = (
        rows.filter(state__in=COUNTED)
        .values("automation", "channel")
        .annotate(day=TruncDate("send_at", tzinfo=dealer.zone))
    )
    for row in goes.annotate(n=Count("pk")).order_by():
        found.cells[row["automation"], row["day"]].count(row["channel"], row["n"])
    refused = rows.filter(state__in=("refused", "failed")).values("automation")
    for row in refused.annotate(day=TruncDate("run_at", tzinfo=dealer.zone), n=Count("pk")).order_by():
        found.cells[row["automation"], row["day"]].count(None, row["n"])


def _of_message(message: Message) -> Person:
    car = message.vehicle
    return Person(
        customer_id=message.customer_id,
        customer_ref=message.customer.ref,
        name=message.customer.name,
        vehicle=_car(car.year, car.make, car.model) if car else None,
        subject_ref=message.subject_ref,
        recipient=message.recipient,
        channel=message.channel,
        address=message.address,
        send_at=message.send_at,
        reference_at=message.reference_at,
        status=message.state,
        reason=message.reason,
        detail=message.detail,
        language=message.language,
        subject_line=message.subject_line,
        body=message.body,
        message_key=message.key,
    )


def _of_draft(seen: Foreseen) -> Person:
    values, verdict, spoken = seen.draft.values, seen.verdict, seen.verdict.spoken
    waits = seen.draft.run.definition.status == "approval"
    return Person(
        customer_id=seen.draft.customer_id,
        customer_ref=values["customer.ref"],
        name=values["customer.name"],
        vehicle=_car(values["vehicle.year"], values["vehicle.make"], values["vehicle.model"]),
        subject_ref=values["subject.ref"],
        recipient=seen.draft.recipient,
        channel=verdict.channel,
        address=verdict.address,
        send_at=verdict.send_at,
        reference_at=seen.draft.run.reference_at,
        status="refused" if verdict.reason else "approval" if waits else "ready",
        reason=verdict.reason,
        detail=verdict.detail,
        language=spoken.language if spoken else None,
        subject_line=spoken.subject_line if spoken else None,
        body=spoken.body if spoken else None,
    )


def _car(*parts: object) -> str | None:
    return " ".join(str(part) for part in parts if part) or None


# What is ahead.


def _look_ahead(dealer: Dealer, found: Forecast, *, at: datetime, until: datetime) -> Iterator[Foreseen]:
    """Every draft of the runs in (at, until], in the order in which they would run, each once-key once."""
    calendar, roster = Calendar(dealer), Roster(dealer)
    mark = PlanMark.objects.of(dealer).values_list("planned_until", flat=True).first()
    after = min(at, mark) if mark else at
    made: list[Draft] = []
    for automation in Automation.objects.of(dealer).filter(status__in=SWITCHED_ON, paused="").order_by("code"):
        made += _drafts_of(dealer, automation, calendar, roster, (after, until), found)
    made.sort(key=lambda d: (d.run.run_at, d.run.reference_at, d.run.automation.code, d.values["subject.ref"]))
    gate = Gate(dealer, at, calendar=calendar, sending_time=SendingTime(dealer, calendar))
    fresh = _each_once(made)
    while chunk := list(islice(fresh, CHUNK)):
        for draft, verdict in zip(chunk, gate.judge(chunk), strict=True):
            yield Foreseen(draft, verdict, day_of(verdict.send_at or draft.run.run_at, dealer.zone))


def _drafts_of(
    dealer: Dealer,
    automation: Automation,
    calendar: Calendar,
    roster: Roster,
    span: tuple[datetime, datetime],
    found: Forecast,
) -> Iterator[Draft]:
    definition = definition_of(automation)
    if definition.schedule.kind == "realtime":
        return
    after, until = span
    ahead = runs(definition.schedule, calendar, dealer.zone, after=after, until=until, live_from=automation.live_from)
    question = Question(dealer, definition.tree, definition.subject, definition.scope, until)
    candidates = Candidates(question, [day_of(run.reference_at, dealer.zone) for run in ahead])
    for each in ahead:
        run = run_of(dealer, automation, each)
        on = day_of(each.run_at, dealer.zone)
        if not candidates.may_be_due(run.reference_on):
            continue
        ids = due_ids(dealer, run)
        if ids and on != run.reference_on:
            found.cells[automation.pk, on].moved = True
        yield from drafts(dealer, run, ids, roster=roster, needs=needs_of(definition) | PERSON_NEEDS)


def _each_once(made: Iterable[Draft]) -> Iterator[Draft]:
    """Leaves out what an earlier run of this forecast has spoken to already."""
    last: dict[tuple[int, int, str], date] = {}
    keys: set[tuple[int, int, str, str]] = set()
    for draft in made:
        run = draft.run
        who = (run.automation.pk, draft.subject_id, draft.recipient)
        repeat = run.definition.repeat
        if isinstance(repeat, AfterDays):
            if who in last and last[who] > run.reference_on - repeat.days * DAY:
                continue
        elif (*who, run.key) in keys:
            continue
        last[who] = run.reference_on
        keys.add((*who, run.key))
        yield draft


# What cannot be known yet.


def _expect(dealer: Dealer, found: Forecast, *, first: date, last: date, at: datetime) -> None:
    """Real-time automations: what the same weekday brought on average in the last eight weeks."""
    instant = [a for a in _switched_on(dealer) if definition_of(a).schedule.kind == "realtime"]
    usual = _usual(dealer, instant, at)
    for automation in instant:
        day = first
        while day <= last:
            cell = found.cells[automation.pk, day]
            expected = usual.get((automation.pk, day.weekday()), {})
            if day > day_of(at, dealer.zone):
                for channel, number in expected.items():
                    cell.count(channel, number)
                cell.certain = False
            day += DAY


def _usual(dealer: Dealer, automations: Sequence[Automation], at: datetime) -> dict[tuple[int, int], dict[str, int]]:
    rows = (
        Message.objects.of(dealer)
        .filter(
            automation__in=[a.pk for a in automations], send_at__gte=at - HISTORY, send_at__lt=at, state__in=COUNTED
        )
        .values("automation", "channel")
        .annotate(day=TruncDate("send_at", tzinfo=dealer.zone), n=Count("pk"))
        .order_by()
    )
    sums: dict[tuple[int, int, str], int] = defaultdict(int)
    for row in rows:
        sums[row["automation"], row["day"].weekday(), str(row["channel"])] += row["n"]
    usual: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    weeks = HISTORY.days / 7
    for (automation, weekday, channel), number in sums.items():
        usual[automation, weekday][channel] = round(number / weeks)
    return usual


def _switched_on(dealer: Dealer) -> list[Automation]:
    return list(Automation.objects.of(dealer).filter(status__in=SWITCHED_ON, paused=""))
