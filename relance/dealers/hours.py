"""Turns a dealer's opening hours, own closed days and public holidays into what one day is: open, closed, and why."""

from collections.abc import Iterable, Iterator
from datetime import date, time
from functools import lru_cache
from typing import NamedTuple

import holidays
from django.utils import translation
from django.utils.translation import gettext as _

from relance.dealers.models import Dealer
from relance.dealers.preferences import Hours
from relance.lib.errors import unknown_word
from relance.lib.fold import fold
from relance.lib.moments import DAY

OPENING_WITHOUT_HOURS = time(8)
SEARCH_DAYS = 400  # nobody is closed for longer; past that there is no next open day
ENGLISH = "en_US"


class Holiday(NamedTuple):
    """A public holiday as a rule asks for it: every English name of the day, folded."""

    names: frozenset[str]
    observed: bool  # the day off instead of the day itself


class Calendar:
    """What each day is for one dealer. Days that were asked about are remembered."""

    def __init__(self, dealer: Dealer) -> None:
        self.country = dealer.country
        self.region = dealer.preferences.region
        self._preferences = dealer.preferences
        self._own = frozenset(dealer.preferences.closed_days.own)
        self._days: dict[date, Hours | None] = {}

    def hours(self, day: date) -> Hours | None:
        """Opening hours of `day`; None when closed, for whatever reason."""
        if day not in self._days:
            closed = day in self._own or self.is_public_holiday(day)
            self._days[day] = None if closed else self._preferences.hours_on(day.weekday())
        return self._days[day]

    def is_open(self, day: date) -> bool:
        """Whether the dealer opens on `day`."""
        return self.hours(day) is not None

    def next_open_day(self, day: date) -> date | None:
        """`day` when open, else the first open day after it; None when there is none within 400 days."""
        return next((d for d in _days_from(day) if self.is_open(d)), None)

    def is_closing(self, day: date) -> bool:
        """An own closed day or public holiday on which the dealer would have been open by weekday hours."""
        return not self.is_open(day) and self._preferences.hours_on(day.weekday()) is not None

    def is_public_holiday(self, day: date) -> bool:
        """Whether `day` is a public holiday on which this dealer closes."""
        chosen = self._preferences.closed_days.public_holidays
        if chosen == "none":
            return False
        holiday = public_holidays(self.country, self.region, day.year).get(day)
        if chosen == "all":
            return holiday is not None
        by_name = {fold(name) for name in chosen}
        if holiday is not None and not holiday.names.isdisjoint(by_name):
            return True
        return not further_holidays(self.country, self.region, day.year).get(day, frozenset()).isdisjoint(by_name)

    def closed_because(self, day: date, language: str) -> str | None:
        """Why `day` is closed, in the reader's language; None when open."""
        if self.is_open(day):
            return None
        if self.is_public_holiday(day):
            return spoken_name(self.country, self.region, day, language)
        with translation.override(language):
            return _("Own closed day") if day in self._own else _("Closed on this weekday")

    def opening(self, day: date) -> time:
        """When the weekday of `day` opens, whether or not that very day is open; 08:00 without hours."""
        if self._preferences.opening_hours is None:
            return OPENING_WITHOUT_HOURS
        hours = self._preferences.hours_on(day.weekday())
        return hours.opens if hours else OPENING_WITHOUT_HOURS


def _days_from(day: date) -> Iterator[date]:
    return (day + DAY * n for n in range(SEARCH_DAYS + 1))


@lru_cache(maxsize=2_000)
def public_holidays(country: str, region: str | None, year: int) -> dict[date, Holiday]:
    """The public holidays of a year; none for a country that the package does not know."""
    found: dict[date, set[str]] = {}
    for language in _english(country):
        for day, text in _listed(country, region, year, language):
            found.setdefault(day, set()).update(text.split(";"))
    return {
        day: Holiday(frozenset(_plain(n) for n in names), all("(observed" in n for n in names))
        for day, names in found.items()
    }


@lru_cache(maxsize=2_000)
def further_holidays(country: str, region: str | None, year: int) -> dict[date, frozenset[str]]:
    """Days that have a name without being a day off for everybody: a dealer closes on them when he names them."""
    public = {name for holiday in public_holidays(country, region, year).values() for name in holiday.names}
    found: dict[date, frozenset[str]] = {}
    for language in _english(country):
        for day, text in _listed(country, region, year, language, every=True):
            names = {_plain(name) for name in text.split(";")} - public
            found[day] = found.get(day, frozenset()) | names
    return found


def day_of_holiday(country: str, region: str | None, *, name: str, year: int) -> date | None:
    """The day itself of the holiday with that English name, not the day off instead of it; None when there is none."""
    folded = fold(name)
    days = [(h.observed, d) for d, h in public_holidays(country, region, year).items() if folded in h.names]
    return min(days)[1] if days else None


def unknown_holidays(country: str, region: str | None, names: Iterable[str]) -> list[str]:
    """One sentence per name that is no public holiday there, with the nearest one that is."""
    years = range(2024, 2029)  # some holidays are not declared every year
    known = {n for y in years for h in public_holidays(country, region, y).values() for n in h.names}
    known |= {n for y in years for names in further_holidays(country, region, y).values() for n in names}
    shown = {n for y in years for _day, text in _listed(country, region, y, ENGLISH) for n in text.split("; ")}
    return [unknown_word(_("public holiday"), name, shown) for name in names if fold(name) not in known]


@lru_cache(maxsize=2_000)
def spoken_name(country: str, region: str | None, day: date, language: str) -> str:
    """The name of a public holiday in the reader's language, else in English; joint names with a stroke between."""
    offered = _languages(country)
    wanted = (f"{language}_{country}", language, *(o for o in offered if o.startswith(f"{language}_")), ENGLISH)
    spoken = next((w for w in wanted if w in offered), ENGLISH)
    listed = dict(_listed(country, region, day.year, spoken))
    if day not in listed:  # closed by its name alone
        listed = dict(_listed(country, region, day.year, spoken, every=True))
    return listed[day].replace("; ", " / ")


def _listed(
    country: str, region: str | None, year: int, language: str, *, every: bool = False
) -> list[tuple[date, str]]:
    """What the package lists; `every`: not public ones alone. A region that it does not know counts as the country."""
    for part in (region, None):
        try:
            kinds = holidays.country_holidays(country).supported_categories if every else None
            listed = holidays.country_holidays(country, subdiv=part, years=year, language=language, categories=kinds)
            return list(listed.items())
        except NotImplementedError:
            continue
    return []


@lru_cache(maxsize=300)
def _languages(country: str) -> tuple[str, ...]:
    try:
        return holidays.country_holidays(country).supported_languages
    except NotImplementedError:
        return ()


def _english(country: str) -> list[str]:
    """Labor Day and Labour Day are one day: every English that the country is listed in."""
    return [ENGLISH, *(o for o in _languages(country) if o.startswith("en_") and o != ENGLISH)]


def _plain(name: str) -> str:
    """`Boxing Day (observed)` → `boxing day`."""
    return fold(name.split("(")[0])
