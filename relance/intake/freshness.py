"""Turns import runs into how fresh each record is: when it last came, how often it comes, whether one is overdue."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.intake.models import ImportRun
from relance.lib.moments import DAY, MINUTE, day_of

# The word of a rule file: the file of a feed.
FILE_OF = {
    "customer": "customers.csv",
    "vehicle": "vehicles.csv",
    "appointment": "appointments.csv",
    "repair_order": "repair_orders.csv",
    "deferred_work": "deferred_work.csv",
    "sale": "sales.csv",
}
WATCHED = 14 * DAY  # how far back the rhythm of a feed is looked at
SLACK = timedelta(hours=2)
OVERDUE = DAY + SLACK  # a nightly feed that is two hours late
KEPT = timedelta(days=90)  # whoever has sent nothing for so long has another way by now
FEWEST, WEEK = 3, 7 * DAY


class Freshness:
    """When each record last came, as far back as somebody asks. Read once, at the first question."""

    def __init__(self, dealer: Dealer, at: datetime, *, back: timedelta) -> None:
        self.dealer, self.at, self.back = dealer, at, back
        self._last: dict[str, datetime] | None = None

    def good_until(self, needs: Mapping[str, int]) -> datetime | None:
        """Up to which run moment the facts are fresh enough; None when they are too old for any."""
        found = [self.last.get(record) for record in needs]
        known = [at + minutes * MINUTE for at, minutes in zip(found, needs.values(), strict=True) if at is not None]
        return min(known) if len(known) == len(found) else None

    def stale(self, needs: Mapping[str, int], run_at: datetime) -> list[str]:
        """The records whose facts are too old for a run at this moment."""
        return [
            record
            for record, minutes in needs.items()
            if (last := self.last.get(record)) is None or last + minutes * MINUTE < run_at
        ]

    @property
    def last(self) -> dict[str, datetime]:
        """The last successful import of each record."""
        if self._last is None:
            self._last = {}
            for came_at, records in arrivals(self.dealer, since=self.at - self.back, until=self.at):
                for record in records:
                    self._last.setdefault(record, came_at)
                if len(self._last) == len(FILE_OF):
                    break
        return self._last


def arrivals(dealer: Dealer, *, since: datetime, until: datetime) -> Iterator[tuple[datetime, list[str]]]:
    """The finished imports of a period, the latest first: when, and which records they brought."""
    rows = ImportRun.objects.of(dealer).filter(started_at__gte=since, started_at__lte=until)
    rows = rows.exclude(finished_at=None).order_by("-started_at", "-pk")
    for started_at, files in rows.values_list("started_at", "files").iterator(chunk_size=50):
        taken = {counts["file"] for counts in files if not counts["stopped"]}
        yield started_at, [record for record, file in FILE_OF.items() if file in taken]


def rhythm(dealer: Dealer, records: Iterable[str], *, at: datetime) -> dict[str, timedelta | None]:
    """The usual time between two imports of each record in the last two weeks; None when it came less than twice."""
    came: dict[str, list[datetime]] = {record: [] for record in records}
    for came_at, brought in arrivals(dealer, since=at - WATCHED, until=at):
        for record in brought:
            if record in came:
                came[record].append(came_at)
    return {
        record: timedelta(seconds=median((late - early).total_seconds() for late, early in pairwise(moments)))
        if len(moments) > 1
        else None
        for record, moments in came.items()
    }


def overdue_since(dealer: Dealer, *, at: datetime) -> datetime | None:
    """When the last feed came, if the next one should have come since; None while nothing is amiss.

    Overdue is what is silent for over 26 hours, and came at this time of the week before; or is silent for longer than
    in the two weeks before the last one. Days on which the dealer is closed are no silence: a feed of the working days
    wakes nobody at the weekend. Whoever sent fewer than three has no rhythm that could be broken.
    """
    last = next((came_at for came_at, _ in arrivals(dealer, since=at - KEPT, until=at)), None)
    if last is None or at - last <= OVERDUE:
        return None
    moments = sorted(came_at for came_at, _ in arrivals(dealer, since=last - WATCHED, until=last))
    if len(moments) < FEWEST:
        return None
    open_days = _OpenDays(dealer)
    longest = max(open_days.between(early, late) for early, late in pairwise(moments))
    is_long = open_days.between(last, at) > max(OVERDUE, longest + SLACK)
    return last if is_long or _is_expected(moments, last, at, open_days) else None


def _is_expected(moments: list[datetime], last: datetime, at: datetime, open_days: "_OpenDays") -> bool:
    """Whether something came in this stretch of the week, in each of the last two weeks that we know of."""
    weeks = [week for week in (1, 2) if moments[0] <= last - week * WEEK]
    came = [
        any(
            last + 2 * SLACK < moment + week * WEEK < at - SLACK
            and (open_days.is_open(moment + week * WEEK) or not open_days.is_open(moment))
            for moment in moments
        )
        for week in weeks
    ]
    return bool(came) and all(came)


class _OpenDays:
    """The dealer's open days, for how long a feed was silent."""

    def __init__(self, dealer: Dealer) -> None:
        self._calendar, self._zone = Calendar(dealer), dealer.zone

    def is_open(self, moment: datetime) -> bool:
        """Whether the dealer opens on its day."""
        return self._calendar.is_open(day_of(moment, self._zone))

    def between(self, early: datetime, late: datetime) -> timedelta:
        """How long from one moment to another, whole closed days left out."""
        span, moment = late - early, early + DAY
        while day_of(moment, self._zone) < day_of(late, self._zone):
            if not self.is_open(moment):
                span -= DAY
            moment += DAY
        return span
