"""Turns days, moments and numbers into the form in which the reader is used to see them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta

from relance.dealers.models import Dealer
from relance.lib.language import Speech, currency_of

NEAR_DAYS = 92  # over a turn of the year and further away a day needs its year


@dataclass(frozen=True)
class Reader:
    """Who reads: how the days are said, and the moment of reading."""

    speech: Speech
    at: datetime

    @property
    def locale(self) -> Locale:
        """Language and country."""
        return self.speech.locale

    @property
    def zone(self) -> ZoneInfo:
        """The dealer's."""
        return self.speech.zone

    @property
    def today(self) -> date:
        """The dealer's day."""
        return self.at.astimezone(self.zone).date()

    def day(self, day: date) -> str:
        """`Mon, 4 May`, with the year when it is far away."""
        return _skeleton("MMMEd" if self.is_near(day) else "yMMMEd", day, self.locale)

    def long_day(self, day: date) -> str:
        """`Monday, 4 May`, with the year when it is far away."""
        return self.speech.near_day(day) if self.is_near(day) else self.speech.full_day(day)

    def is_near(self, day: date) -> bool:
        """Whether nobody would ask which year is meant."""
        return day.year == self.today.year or abs((day - self.today).days) < NEAR_DAYS

    def month(self, day: date) -> str:
        """`May`."""
        return _date("LLLL", day, self.locale)

    def month_and_year(self, day: date) -> str:
        """`May 2026`."""
        return _skeleton("yMMMM", day, self.locale)

    def weekday(self, day: date) -> str:
        """The narrowest sign of a weekday: `M`."""
        return _date("ccccc", day, self.locale)

    def clock(self, moment: datetime) -> str:
        """`10:30`, at the dealer's."""
        return self.speech.time(moment)

    def moment(self, moment: datetime) -> str:
        """`Mon, 4 May, 10:30`."""
        return f"{self.day(moment.astimezone(self.zone).date())}, {self.clock(moment)}"

    def ago(self, moment: datetime) -> str:
        """`2 hours ago`, `in 3 days`."""
        apart = moment - self.at
        if abs(apart) < timedelta(minutes=1):
            apart = timedelta(minutes=-1)
        return format_timedelta(apart, granularity="minute", add_direction=True, threshold=1.2, locale=self.locale)

    def number(self, value: float) -> str:
        """`1,234`."""
        return self.speech.number(value)


def reader_of(dealer: Dealer, language: str, at: datetime) -> Reader:
    """How somebody who speaks `language` reads this dealer's days."""
    currency = dealer.preferences.currency or currency_of(dealer.country)
    return Reader(Speech(language, dealer.country, dealer.zone, currency), at)


@lru_cache(maxsize=10_000)
def _skeleton(skeleton: str, day: date, locale: Locale) -> str:
    return str(format_skeleton(skeleton, _noon(day), locale=locale))


@lru_cache(maxsize=10_000)
def _date(pattern: str, day: date, locale: Locale) -> str:
    return str(format_date(day, pattern, locale=locale))


def _noon(day: date) -> datetime:
    """Babel's skeletons read moments; noon is the same day everywhere near."""
    return datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001
