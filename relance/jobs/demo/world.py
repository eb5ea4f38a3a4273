"""Turns a size, a seed and an opening day into the world of the sample dealership: its days, hours and population.

A moment here is a whole number of minutes since midnight of `World.origin`, local to the dealer.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from math import ceil

import holidays

HISTORY_DAYS = 1461  # four years
ORIGIN_DAYS = 16 * 366  # how far back the oldest vehicle was first registered
SPAN_DAYS = 32 * 366
MINUTES = 1440
OPENS = 8 * 60
CLOSES = (18 * 60, 18 * 60, 18 * 60, 18 * 60, 18 * 60, 13 * 60, 0)  # by weekday
OLD_CUSTOMERS = 0.35  # share that came before the four years began
NEWCOMERS_A_DAY = (1 - OLD_CUSTOMERS) / HISTORY_DAYS  # for each customer of the first day

CLOCK = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(MINUTES)]


@dataclass(frozen=True)
class World:
    """A sample dealership with `customers` people on the day it was `opened`; more come every day after it."""

    customers: int
    seed: int
    opened: date
    dirty: bool = True

    @cached_property
    def origin(self) -> date:
        """The day from which days are counted."""
        return self.opened - timedelta(ORIGIN_DAYS)

    @property
    def opened_day(self) -> int:
        return ORIGIN_DAYS

    @property
    def first_day(self) -> int:
        """The first day of the four years of history."""
        return ORIGIN_DAYS - HISTORY_DAYS

    @cached_property
    def days(self) -> list[str]:
        """Every day as YYYY-MM-DD."""
        first = self.origin.toordinal()
        return [date.fromordinal(first + day).isoformat() for day in range(SPAN_DAYS)]

    @cached_property
    def closing(self) -> list[int]:
        """The minute at which the shop closes on each day; 0 on closed days."""
        first = self.origin.weekday()
        minutes = [CLOSES[(first + day) % 7] for day in range(SPAN_DAYS)]
        years = range(self.opened.year - 4, self.opened.year + 4)
        for holiday in holidays.country_holidays("CA", subdiv="QC", years=years):
            minutes[(holiday - self.origin).days] = 0
        return minutes

    @cached_property
    def open_from(self) -> list[int]:
        """For each day the first open one, itself or later."""
        following = list(range(SPAN_DAYS))
        for day in range(SPAN_DAYS - 2, -1, -1):
            if not self.closing[day]:
                following[day] = following[day + 1]
        return following

    def minute_of(self, moment: datetime) -> int:
        """A local moment as minutes."""
        return (moment.date() - self.origin).days * MINUTES + moment.hour * 60 + moment.minute

    def text(self, minute: int) -> str:
        """Minutes as an ISO moment without offset."""
        return f"{self.days[minute // MINUTES]}T{CLOCK[minute % MINUTES]}"

    def population(self, minute: int) -> int:
        """How many customers there may be: those of the first day and who came since."""
        since = max(0, minute // MINUTES - ORIGIN_DAYS + 1)
        return self.customers + ceil(since * self.customers * NEWCOMERS_A_DAY)

    def arrival_day(self, number: int) -> int:
        """The day on which a newcomer comes."""
        return ORIGIN_DAYS + int((number - self.customers) / (self.customers * NEWCOMERS_A_DAY))
