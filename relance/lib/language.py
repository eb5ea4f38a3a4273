"""Turns days, times, money and lists into words of one language, as the dealer's country writes them.

Blanks are always plain: a narrow or unbreakable one would push a whole SMS out of GSM-7 and double its price.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, get_territory_currencies

from relance.lib.fold import fold

LANGUAGES = ("en", "fr", "es", "et")
# Where CLDR does not know language and country together: how our wordings are written (docs/lib.md).
OTHERWISE = {"en": "en_150", "fr": "fr_CA", "es": "es_US", "et": "et_EE"}
AND = {"en": "and", "fr": "et", "es": "y", "et": "ja"}
MORE = {"en": "{n} more", "fr": "{n} de plus", "es": "{n} más", "et": "veel {n}"}
COLON = {"fr": " :"}  # behind a word; elsewhere it follows at once
SYMBOLS = {"CAD": "$", "USD": "$", "MXN": "$", "AUD": "$", "EUR": "€", "GBP": "£"}
CENTS = re.compile(r"\.0+")  # of a pattern
YEAR = re.compile(r",? (?:'de' )?y+$")


@lru_cache(maxsize=200)
def locale_of(language: str, country: str) -> Locale:
    """`fr_CA`, `es_US`, `et_EE`; where there is no such locale, the form in which our wordings are written."""
    try:
        return Locale.parse(f"{language}_{country.upper()}")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(OTHERWISE.get(language, "en_150"))


def currency_of(country: str) -> str:
    """The currency of a country: `CA` → `CAD`."""
    known = get_territory_currencies(country.upper())
    return str(known[0]) if known else "EUR"


def with_colon(word: str, language: str | None) -> str:
    """A word before what it names: `Unsubscribe:`, `Se désabonner :`."""
    return word + COLON.get(language or "", ":")


def plain_blanks(text: str) -> str:
    """Every kind of blank as an ordinary one."""
    return " ".join(text.split())


@dataclass(frozen=True)
class Speech:
    """How a dealer says days, times and amounts in one language."""

    language: str
    country: str
    zone: ZoneInfo
    currency: str

    @cached_property
    def locale(self) -> Locale:
        """Language and country, as CLDR knows them."""
        return locale_of(self.language, self.country)

    def day(self, day: date | datetime) -> str:
        """`March 3, 2026`; a moment's day is its day in the dealer's zone."""
        return _day(self._date(day), self.locale, "long", True)

    def full_day(self, day: date | datetime) -> str:
        """`Tuesday, March 3, 2026`."""
        return _day(self._date(day), self.locale, "full", True)

    def near_day(self, day: date | datetime) -> str:
        """`Tuesday, March 3`: for days whose year nobody would ask."""
        return _day(self._date(day), self.locale, "full", False)

    def weekday(self, day: date | datetime) -> str:
        """`Tuesday`."""
        return str(format_date(self._date(day), "EEEE", locale=self.locale))

    def time(self, moment: datetime) -> str:
        """`9:00 AM`, `9 h 00`, `9:00`."""
        return _time(moment.astimezone(self.zone).time().replace(second=0, microsecond=0), self.locale)

    def moment(self, moment: datetime) -> str:
        """Day and time: `Tuesday, March 3, 2026, 9:00 AM`."""
        return f"{self.full_day(moment)}, {self.time(moment)}"

    def money(self, amount: Decimal, *, whole: bool = False) -> str:
        """`$1,234.50`, `1 234,50 $`: the dealer's own currency needs no country before its sign. `whole`: no cents."""
        pattern = str(self.locale.currency_formats["standard"].pattern)
        if whole:
            pattern = CENTS.sub("", pattern)
        symbol = SYMBOLS.get(self.currency)
        if symbol is not None:
            pattern = pattern.replace("¤", f"'{symbol}'")
        shown = format_currency(amount, self.currency, pattern, self.locale, currency_digits=not whole)
        return plain_blanks(shown)

    def number(self, number: Decimal | float) -> str:
        """A whole number with its thousands set apart: `84,213`, `84 213`."""
        return plain_blanks(format_decimal(round(number), format="#,##0", locale=self.locale))

    def joined(self, items: Sequence[str], most: int | None = None) -> str:
        """`a, b and c`; with `most` the rest is counted: `a, b, c and 2 more`."""
        shown = [*items]
        if most is not None and len(shown) > most:
            rest = MORE[self.language].format(n=len(shown) - most)
            shown = [*shown[:most], rest]
        if len(shown) < 2:
            return "".join(shown)
        word = AND[self.language]
        if word == "y" and re.match(r"i|hi(?!e)", fold(shown[-1])):
            word = "e"
        return f"{', '.join(shown[:-1])} {word} {shown[-1]}"

    def _date(self, day: date | datetime) -> date:
        return day.astimezone(self.zone).date() if isinstance(day, datetime) else day


@lru_cache(maxsize=20_000)
def _day(day: date, locale: Locale, form: str, with_year: bool) -> str:
    pattern = str(locale.date_formats[form].pattern)
    if not with_year:
        pattern = YEAR.sub("", pattern)
    if locale.language == "fr" and day.day == 1:  # 1er mars, which CLDR does not know
        pattern = pattern.replace("d", "'1er'", 1)
    return plain_blanks(format_date(day, pattern, locale=locale))


@lru_cache(maxsize=5_000)
def _time(at: time, locale: Locale) -> str:
    pattern = str(locale.time_formats["short"].pattern).replace("HH", "H")
    return plain_blanks(format_time(at, pattern, locale=locale))
