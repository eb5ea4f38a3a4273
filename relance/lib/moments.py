"""Turns days and times of a place into moments and back, through the nights on which clocks change.

A local time that a change skips is the first moment after it; one that comes twice is the first (docs/lib.md).
Moments are aware datetimes in UTC; days are dates; a moment's day is its day in the dealer's zone.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from relance.lib.errors import BadInput

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
A_DAY = 86_400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FIRST_YEAR, LAST_YEAR = 1880, 2200  # of a vehicle, and of a day that a business can mean
# Where every zone can still say which day it is: what lies beyond ("valid until 9999-12-31T23:59") counts as this.
EARLIEST, LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def local(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment at which the clocks of `zone` show `at` on `day`."""
    shown = datetime.combine(day, at, tzinfo=zone)
    early, late = in_utc(shown), in_utc(shown.replace(fold=1))
    if early <= late:  # an ordinary time, or the first of two
        return early
    return _change_between(late, early, zone)


def in_utc(shown: datetime) -> datetime:
    """An aware moment in UTC, held within the calendar."""
    try:
        return shown.astimezone(UTC)
    except OverflowError:
        return EARLIEST if shown.year == 1 else LATEST


def _change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment of the clock change that lies in (before, after], to the second."""
    offset = before.astimezone(zone).utcoffset()
    low, high = before, after
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high


@lru_cache(maxsize=20_000)
def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of `day` in `zone`."""
    return local(day, time(), zone)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day on which `moment` falls in `zone`."""
    return moment.astimezone(zone).date()


class LocalDays:
    """The day in a zone, as days since 1970-01-01, of seconds since then: mostly an addition."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._offsets: dict[int, int | None] = {}  # by day in UTC; None: the clocks change on it

    def __call__(self, second: int) -> int:
        """The day of a moment."""
        day = second // A_DAY
        if day not in self._offsets:
            first, last = self._offset(day * A_DAY), self._offset((day + 1) * A_DAY - 1)
            self._offsets[day] = first if first == last else None
        offset = self._offsets[day]
        return (second + (self._offset(second) if offset is None else offset)) // A_DAY

    def _offset(self, second: int) -> int:
        offset = (EPOCH + timedelta(seconds=second)).astimezone(self._zone).utcoffset()
        return int((offset or timedelta()).total_seconds())


def add_months(day: date, months: int) -> date:
    """`day` moved by whole months; a day that the month lacks becomes the month's last day. The calendar has ends."""
    try:
        return day + relativedelta(months=months)
    except ValueError:
        return date.max if months > 0 else date.min


def parse_day(text: str) -> date:
    """`YYYY-MM-DD` as a day; BadInput otherwise."""
    try:
        day: date | None = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not can_be_meant(day):
        raise BadInput(_("'%(text)s' is not a day: write YYYY-MM-DD, for example 2026-03-01") % {"text": text})
    return day


def can_be_meant(day: date) -> bool:
    """Whether a person can mean this day: `--at 9999-12-31` is no moment at which a business does anything."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def parse_moment(text: str, zone: ZoneInfo) -> datetime:
    """ISO 8601 as a moment in UTC; without an offset it is local to `zone`; a bare date is its midnight there."""
    try:
        value: datetime | None = datetime.fromisoformat(text.strip())
    except ValueError:
        value = None
    if value is None or not can_be_meant(value):
        says = _("'%(text)s' is not a moment: write it like 2026-03-01T10:00 or 2026-03-01T10:00:00-05:00")
        raise BadInput(says % {"text": text})
    if value.tzinfo is not None:
        return value.astimezone(UTC)
    return local(value.date(), value.time(), zone)


def iso(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """ISO 8601 with the zone's offset at that moment, whole seconds; None stays None."""
    return None if moment is None else moment.astimezone(zone).isoformat(timespec="seconds")
