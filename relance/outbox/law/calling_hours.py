"""Turns a number, a channel and a purpose into the hours at which the law lets it be reached, by its own clocks.

One dated table, `calling_hours.yaml`; a new rule is a new row with its day and its source. Marketing only.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import holidays

from relance.dealers.preferences import Hours, Regime
from relance.lib.schema import Strict, read
from relance.lib.yaml_file import read_yaml

FOLDER = Path(__file__).parent
SATURDAY, SUNDAY = 5, 6
NEIGHBOURS = "+1"


class Row(Strict):
    """The hours of some places, from a day on."""

    regime: Regime
    channels: list[Literal["sms", "phone"]]
    places: list[str]
    week: dict[Literal["weekday", "sat", "sun"], Hours]
    holidays: Literal["open", "closed"] = "open"
    since: date
    k: str
    source: str


class Table(Strict):
    """The whole table, and when it was last looked at."""

    as_of: date
    rows: list[Row]


@dataclass(frozen=True)
class LegalHours:
    """What the law says of one place: hours for each kind of day, and on which holidays there are none."""

    place: str
    k: str
    weekday: Hours | None
    saturday: Hours | None
    sunday: Hours | None
    keeps_holidays: bool

    def on(self, day: date) -> Hours | None:
        """The hours of a day by the clocks of the place; None: not on that day."""
        if self.keeps_holidays and day in _holidays(self.place, day.year):
            return None
        if day.weekday() == SATURDAY:
            return self.saturday
        return self.sunday if day.weekday() == SUNDAY else self.weekday

    def within(self, hours: Hours, day: date) -> Hours | None:
        """Where the dealer's hours and the law's meet on a day."""
        own = self.on(day)
        if own is None:
            return None
        opens, closes = max(own.opens, hours.opens), min(own.closes, hours.closes)
        return Hours(opens=opens, closes=closes) if opens < closes else None


@lru_cache(maxsize=20_000)
def legal_hours(regime: str, channel: str, purpose: str, number: str, day: date) -> LegalHours | None:
    """The hours for a number; None when the law has none."""
    if purpose != "marketing":
        return None
    rows = [row for row in table().rows if row.regime == regime and channel in row.channels]
    if not rows:
        return None
    state = state_of(number)
    for place in (state, "US" if state else "unknown", "any"):
        of_place = sorted((row for row in rows if place in row.places), key=lambda row: row.since)
        if of_place:
            in_force = [row for row in of_place if row.since <= day] or of_place[:1]
            return _hours(state or place or "", in_force[-1])
    return None


def state_of(number: str) -> str | None:
    """The state of the United States to which a number belongs; None when it belongs to none that we know."""
    return _states().get(number[2:5]) if number.startswith(NEIGHBOURS) and len(number) == 12 else None


@cache
def table() -> Table:
    """The table as it stands in the file."""
    return read(Table, read_yaml(FOLDER / "calling_hours.yaml"), "calling_hours.yaml")


@cache
def _states() -> dict[str, str]:
    listed: dict[str, list[int]] = read_yaml(FOLDER / "area_codes.yaml")
    return {str(code): state for state, codes in listed.items() for code in codes}


def _hours(place: str, row: Row) -> LegalHours:
    week = row.week
    return LegalHours(place, row.k, week.get("weekday"), week.get("sat"), week.get("sun"), row.holidays == "closed")


@lru_cache(maxsize=500)
def _holidays(state: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", subdiv=state, years=year))
