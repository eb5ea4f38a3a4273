"""Turns import runs into how fresh each record is: when it last came, how often it comes, whether one is overdue."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from relance.dealers.models import Dealer
from relance.intake.models import ImportRun
from relance.lib.moments import DAY, MINUTE

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
OVERDUE = timedelta(hours=26)  # a nightly feed that is two hours late


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

    A dealer whose feed came by itself only once, or not for two weeks, has no rhythm that could be broken.
    """
    moments = [came_at for came_at, _ in arrivals(dealer, since=at - WATCHED, until=at)]
    if len(moments) < 2 or at - moments[0] <= OVERDUE:
        return None
    usual = median((late - early).total_seconds() for late, early in pairwise(moments))
    return moments[0] if usual <= OVERDUE.total_seconds() else None
