"""Turns rules, gate and today's facts into what will go out: per day and automation as numbers, and as people.

Past days are read from the messages. Days ahead are the very same question and gate as planning, without writing. What
cannot be known yet (real-time automations) is an expectation from the last eight weeks, and marked as such.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Case, Count, DateTimeField, Min, Q, QuerySet, When
from django.db.models.functions import TruncDate

from relance.audience.fields import SUBJECTS
from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.lib.moments import DAY, day_of, day_start
from relance.lib.rows import rarely_collecting
from relance.outbox.address import ADDRESS_OF
from relance.outbox.gate.known import COUNTED
from relance.outbox.models import Message
from relance.outbox.outlook.ahead import Outlook, whole_needs
from relance.outbox.outlook.crowd import Crowd, Foreseen
from relance.outbox.outlook.kept import Kept, fingerprint
from relance.plan.apply import SWITCHED_ON, definition_of
from relance.plan.draft import Draft
from relance.plan.gather import gather
from relance.plan.models import Automation, PlanMark

HISTORY = timedelta(weeks=8)
TURNED_AWAY = ("refused", "failed")


@dataclass
class Cell:
    """One automation on one day."""

    ready: int = 0  # will go, waits, went or arrived
    refused: int = 0
    channels: dict[str, int] = field(default_factory=dict)
    certain: bool = True
    known: bool = True  # False: there is no history yet from which anything could be expected; not the same as nobody
    moved: bool = False  # a run of a closed day that moved here

    def count(self, channel: str | None, number: int = 1) -> None:
        """Count messages that go by a channel; None: refused."""
        if channel is None:
            self.refused += number
        else:
            self.ready += number
            self.channels[channel] = self.channels.get(channel, 0) + number


@dataclass
class Forecast:
    """Cells by (automation, day), and the people behind those ahead."""

    cells: dict[tuple[int, date], Cell]
    ahead: dict[tuple[int, date], Crowd]

    def part(self, first: date, last: date) -> "Forecast":
        """The days from `first` to `last` of it."""
        return Forecast(
            {key: cell for key, cell in self.cells.items() if first <= key[1] <= last},
            {key: seen for key, seen in self.ahead.items() if first <= key[1] <= last},
        )

    @property
    def weight(self) -> int:
        """How many things it holds."""
        return len(self.cells) + sum(map(len, self.ahead.values()))


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
    spans: Sequence[Sequence[int]] = ()  # where values stand in the body
    opening: str = ""
    closing: str = ""


KEPT: Kept["Forecast"] = Kept()
PERSON_NEEDS = frozenset({"customer.name", "vehicle.year", "vehicle.make", "vehicle.model"})


def forecast(dealer: Dealer, *, first: date, last: date, at: datetime) -> Forecast:
    """What went out and what will, from `first` to `last`, both included, seen from the moment `at`.

    It is kept until something changes that it depends on (outbox/outlook/kept); it is shared, so nobody changes it.
    """
    seen = fingerprint(dealer, at)
    kept = KEPT.find(dealer.pk, seen, first, last)
    if kept is None:
        with rarely_collecting():
            kept = _computed(dealer, first=first, last=last, at=at)
        KEPT.keep(dealer.pk, seen, (first, last), kept)
    return kept


def forecast_of(dealer: Dealer, whose: QuerySet[Customer], *, first: date, last: date, at: datetime) -> Forecast:
    """The same of some customers only, a salesperson's own: what is stored is asked, who is ahead is known already."""
    whole = forecast(dealer, first=first, last=last, at=at)
    found = Forecast(defaultdict(Cell), defaultdict(Crowd))
    _count_stored(dealer, found, day_start(first, dealer.zone), day_start(last + DAY, dealer.zone), whose)
    theirs: dict[str, set[int]] = {}
    for key, crowd in whole.ahead.items():
        subject = next(iter(crowd)).run.definition.subject
        if subject not in theirs:
            theirs[subject] = _subjects_of(dealer, subject, whose)
        for seen in crowd.among(theirs[subject]):
            found.ahead[key].append(seen)
            found.cells[key].count(None if seen.reason else seen.channel)
    for key, cell in whole.cells.items():
        if cell.moved:
            found.cells[key].moved = True
    days = max(first, day_of(at, dealer.zone)), last
    _expect(dealer, found, _switched_on(dealer), days, at=at, whose=whose)
    return Forecast(dict(found.cells), dict(found.ahead))


def _subjects_of(dealer: Dealer, subject: str, whose: QuerySet[Customer]) -> set[int]:
    """What an automation about such records can be about, of these customers."""
    rows = SUBJECTS[subject].objects.of(dealer)  # type: ignore[attr-defined]
    theirs = rows.filter(pk__in=whose) if subject == "customer" else rows.filter(customer__in=whose)
    return set(theirs.values_list("pk", flat=True))


def _computed(dealer: Dealer, *, first: date, last: date, at: datetime) -> Forecast:
    found = Forecast(defaultdict(Cell), defaultdict(Crowd))
    zone = dealer.zone
    _count_stored(dealer, found, day_start(first, zone), day_start(last + DAY, zone))
    if day_start(last + DAY, zone) > at:
        automations = _switched_on(dealer)
        _look_ahead(dealer, found, automations, (first, last), at=at)
        _expect(dealer, found, automations, (max(first, day_of(at, zone)), last), at=at)
    return Forecast(dict(found.cells), dict(found.ahead))


def people(dealer: Dealer, *, automation: Automation, day: date, at: datetime) -> list[Person]:
    """The people of one cell: messages that are stored, then drafts still ahead."""
    return people_of_day(dealer, day=day, at=at, only=automation).get(automation.pk, [])


def people_of_day(
    dealer: Dealer, *, day: date, at: datetime, only: Automation | None = None
) -> dict[int, list[Person]]:
    """Automation's primary key → its people of that day; of every automation, or of one."""
    zone = dealer.zone
    rows = _stored(dealer, day_start(day, zone), day_start(day + DAY, zone))
    rows = rows.filter(automation=only) if only else rows
    found: dict[int, list[Person]] = defaultdict(list)
    for message in rows.select_related("customer", "vehicle").order_by("subject_ref", "pk"):
        found[message.automation_id].append(person_of(message))
    if day_start(day + DAY, zone) > at:
        seen = forecast(dealer, first=day, last=day, at=at).ahead.items()
        coming = {pk: ahead for (pk, on), ahead in seen if on == day and (only is None or pk == only.pk)}
        outlook = Outlook(dealer, at) if coming else None
        for pk, ahead in coming.items():
            assert outlook is not None
            found[pk] += _spoken_out(outlook, ahead)
    return dict(found)


# What is stored.


def _stored(dealer: Dealer, start: datetime, end: datetime):  # type: ignore[no-untyped-def]
    """The messages whose day lies in [start, end): the day they go, or, refused, the day of their run."""
    goes = Q(send_at__gte=start, send_at__lt=end)
    refused = Q(send_at=None, run_at__gte=start, run_at__lt=end)
    return Message.objects.of(dealer).filter(goes | refused)


def _count_stored(
    dealer: Dealer, found: Forecast, start: datetime, end: datetime, whose: QuerySet[Customer] | None = None
) -> None:
    rows = _stored(dealer, start, end)
    if whose is not None:
        rows = rows.filter(customer__in=whose)
    goes = Case(When(state__in=COUNTED, then="send_at"), default="run_at", output_field=DateTimeField())
    days = (
        rows.filter(state__in=[*COUNTED, *TURNED_AWAY])
        .annotate(day=TruncDate(goes, tzinfo=dealer.zone), is_away=Q(state__in=TURNED_AWAY))
        .values_list("automation", "day", "channel", "is_away")
    )
    for automation, day, channel, is_away, number in days.annotate(n=Count("pk")).order_by():
        found.cells[automation, day].count(None if is_away else channel, number)


def person_of(message: Message) -> Person:
    """A stored message as a person behind a number; with `customer` and `vehicle` read along."""
    car = message.vehicle
    return Person(
        customer_id=message.customer_id or 0,
        customer_ref=message.customer.ref if message.customer_id else "",
        name=message.customer.name if message.customer_id else message.address,
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
        spans=message.spans,
        opening=message.opening,
        closing=message.closing,
    )


def _spoken_out(outlook: Outlook, ahead: Iterable[Foreseen]) -> list[Person]:
    """Those ahead with their facts and words, which a forecast does not keep."""
    dealer, found = outlook.dealer, []
    for run, together in groupby(ahead, key=lambda seen: seen.run):
        seen_of = {(seen.subject_id, seen.recipient): seen for seen in together}
        ids = list(dict.fromkeys(subject_id for subject_id, _ in seen_of))
        wanted = whole_needs(run.definition) | PERSON_NEEDS
        facts = gather(dealer, run.definition.subject, ids, wanted, at=run.reference_at)
        for (subject_id, recipient), seen in seen_of.items():
            if subject_id in facts:
                staff = outlook.roster.by_ref.get(recipient.removeprefix("staff:"))
                draft = Draft(run, subject_id, recipient, staff, facts[subject_id])
                found.append(_of_draft(outlook, draft, seen))
    return found


def _of_draft(outlook: Outlook, draft: Draft, seen: Foreseen) -> Person:
    values = draft.values
    spoken = outlook.gate.words_for(draft, seen.channel) if seen.channel and seen.reason is None else None
    waits = draft.run.definition.status == "approval"
    return Person(
        customer_id=draft.customer_id,
        customer_ref=values["customer.ref"],
        name=values["customer.name"],
        vehicle=_car(values["vehicle.year"], values["vehicle.make"], values["vehicle.model"]),
        subject_ref=values["subject.ref"],
        recipient=draft.recipient,
        channel=seen.channel,
        address=ADDRESS_OF[seen.channel](values, outlook.gate.home).text if seen.channel else None,
        send_at=seen.send_at,
        reference_at=draft.run.reference_at,
        status="refused" if seen.reason else "approval" if waits else "ready",
        reason=seen.reason,
        detail=seen.detail,
        language=spoken.language if spoken else None,
        subject_line=spoken.subject_line if spoken else None,
        body=spoken.body if spoken else None,
        spans=spoken.spans if spoken else (),
        opening=spoken.opening if spoken else "",
        closing=spoken.closing if spoken else "",
    )


def _car(*parts: object) -> str | None:
    return " ".join(str(part) for part in parts if part) or None


# What is ahead.


def _look_ahead(
    dealer: Dealer, found: Forecast, automations: Sequence[Automation], days: tuple[date, date], *, at: datetime
) -> None:
    until = day_start(days[1] + DAY, dealer.zone) - timedelta(microseconds=1)
    mark = PlanMark.objects.of(dealer).values_list("planned_until", flat=True).first()
    after = min(at, mark) if mark else at
    last = None
    for seen in Outlook(dealer, at).ahead(automations, after=after, until=until):
        run, key = seen.run, (seen.run.automation.pk, seen.day)
        if days[0] <= seen.day <= days[1]:
            found.ahead[key].append(seen)
            found.cells[key].count(None if seen.reason else seen.channel)
        if run is not last:
            last, on = run, day_of(run.run_at, dealer.zone)
            if on != run.reference_on and days[0] <= on <= days[1]:
                found.cells[run.automation.pk, on].moved = True


# What cannot be known yet.


def _expect(
    dealer: Dealer,
    found: Forecast,
    automations: Sequence[Automation],
    days: tuple[date, date],
    *,
    at: datetime,
    whose: QuerySet[Customer] | None = None,
) -> None:
    """Real-time automations: what the same weekday brought on average in the last eight weeks, or as long as we know.

    With less than a week of history nothing is expected and the cell says that nothing is known.
    """
    instant = [a for a in automations if definition_of(a).schedule.kind == "realtime"]
    if not instant:
        return
    begun = _history_of(dealer, at)
    weeks = {a.pk: _weeks(max(begun, a.live_from), at) if begun else 0.0 for a in instant}
    usual = _usual(dealer, weeks, at, whose)
    for automation in instant:
        day = max(days[0], day_of(at, dealer.zone) + DAY)
        while day <= days[1]:
            cell = found.cells[automation.pk, day]
            for channel, number in usual.get((automation.pk, day.weekday()), {}).items():
                cell.count(channel, number)
            cell.certain, cell.known = False, weeks[automation.pk] >= 1
            day += DAY


def _history_of(dealer: Dealer, at: datetime) -> datetime | None:
    """Since when anything is known of what automations bring: the first message of the last eight weeks."""
    messages = Message.objects.of(dealer).filter(send_at__gte=at - HISTORY, send_at__lt=at)
    begun: datetime | None = messages.aggregate(begun=Min("send_at"))["begun"]
    return begun


def _weeks(begun: datetime, at: datetime) -> float:
    """How many weeks of history there are; the eighth need not be full to the minute."""
    return min(max((at - begun) / timedelta(weeks=1), 0.0), HISTORY / timedelta(weeks=1))


def _usual(
    dealer: Dealer, weeks: dict[int, float], at: datetime, whose: QuerySet[Customer] | None
) -> dict[tuple[int, int], dict[str, int]]:
    """By automation and weekday, how many go by each channel."""
    messages = Message.objects.of(dealer).filter(
        automation__in=list(weeks), send_at__gte=at - HISTORY, send_at__lt=at, state__in=COUNTED
    )
    rows = (
        (messages if whose is None else messages.filter(customer__in=whose))
        .values("automation", "channel")
        .annotate(day=TruncDate("send_at", tzinfo=dealer.zone), n=Count("pk"))
        .order_by()
    )
    sums: dict[tuple[int, int, str], int] = defaultdict(int)
    for row in rows:
        sums[row["automation"], row["day"].weekday(), str(row["channel"])] += row["n"]
    usual: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for (automation, weekday, channel), number in sums.items():
        if weeks[automation] >= 1:
            usual[automation, weekday][channel] = round(number / max(round(weeks[automation]), 1))
    return usual


def _switched_on(dealer: Dealer) -> list[Automation]:
    return list(Automation.objects.of(dealer).filter(status__in=SWITCHED_ON, paused="").order_by("code"))
