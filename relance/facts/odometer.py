"""Turns odometer readings into a line: start + per_day × days since 1970-01-01, never below the last reading.

Through the last reading and the latest one at least 30 days before it, but never down; with no such pair by what such a
vehicle does in a year.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

EPOCH = date(1970, 1, 1).toordinal()
APART = 30
DAYS_A_YEAR = 365.25
A_YEAR = {"km": 20_000.0, "mi": 12_000.0, "hours": 200.0}
MILES_COUNTRIES = frozenset({"US", "GB", "PR"})


class Reading(NamedTuple):
    """What an odometer showed on a day (days since 1970-01-01)."""

    day: int
    value: float


class Line(NamedTuple):
    """Where an odometer stands: `start + per_day * n`, not below `last`."""

    last: float
    start: float
    per_day: float

    def on(self, day: int) -> float:
        """The odometer on a day."""
        return max(self.start + self.per_day * day, 0.0)

    def reaches(self, value: float) -> int | None:
        """The first day on which it shows `value`; None when it never will."""
        return None if self.per_day <= 0 else int(-((self.start - value) // self.per_day))


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH


def unit_of(unit: str | None, kind: str | None, country: str) -> str:
    """The unit of a vehicle's odometer, also where the feed does not say."""
    if unit:
        return unit
    if kind == "golf_cart":
        return "hours"
    return "mi" if country in MILES_COUNTRIES else "km"


def line_through(readings: Iterable[Reading], *, unit: str, undated: float | None = None) -> Line | None:
    """The line of these readings; None without any. A reading without its day only says "not below"."""
    ordered = sorted(readings)
    if not ordered:
        return None if undated is None else Line(undated, undated, 0.0)
    last = ordered[-1]
    per_day = round(_per_day(ordered, last, unit), 5)
    return Line(max(last.value, undated or 0.0), round(last.value - per_day * last.day, 3), per_day)


def _per_day(ordered: list[Reading], last: Reading, unit: str) -> float:
    earlier = next((reading for reading in reversed(ordered) if reading.day <= last.day - APART), None)
    if earlier is None:
        return A_YEAR[unit] / DAYS_A_YEAR
    # A vehicle that stood still stands still; a lower later reading (replaced, mistyped) is no way back either.
    return max(last.value - earlier.value, 0.0) / (last.day - earlier.day)
