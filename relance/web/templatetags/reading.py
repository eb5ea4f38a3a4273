"""Turns values on a page into text by the reader's habits: `{{ day|day:reader }}`."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import PurePath

from babel.dates import format_timedelta
from babel.numbers import format_decimal, format_percent
from django import template

from relance.lib.addresses import said_number
from relance.lib.language import plain_blanks
from relance.web.desk.reading import Reader

CENT, LARGE = Decimal("0.01"), Decimal(1_000)
register = template.Library()


@register.filter
def day(value: date, reader: Reader) -> str:
    """`Mon, 4 May`."""
    return reader.day(value)


@register.filter
def long_day(value: date, reader: Reader) -> str:
    """`Monday, 4 May 2026`."""
    return reader.long_day(value)


@register.filter
def month(value: date, reader: Reader) -> str:
    """`May`."""
    return reader.month(value)


@register.filter
def month_and_year(value: date, reader: Reader) -> str:
    """`May 2026`."""
    return reader.month_and_year(value)


@register.filter
def weekday(value: date, reader: Reader) -> str:
    """`M`."""
    return reader.weekday(value)


@register.filter
def clock(value: datetime, reader: Reader) -> str:
    """`10:30`."""
    return reader.clock(value)


@register.filter
def moment(value: datetime, reader: Reader) -> str:
    """`Mon, 4 May, 10:30`."""
    return reader.moment(value)


@register.filter
def ago(value: datetime, reader: Reader) -> str:
    """`2 hours ago`."""
    return reader.ago(value)


@register.filter
def telephone(value: str, reader: Reader) -> str:
    """`(514) 555-0100`: as people of the dealer's country write it."""
    return said_number(value, reader.locale.territory or "")


@register.filter
def overdue(day: date, reader: Reader) -> bool:
    """Whether a day has passed at the dealer's."""
    return day < reader.today


@register.filter
def number(value: float, reader: Reader) -> str:
    """`1,234`."""
    return reader.number(value)


@register.filter
def percent(share: float | None, reader: Reader) -> str:
    """`62 %`; unknown is a dash."""
    return "–" if share is None else plain_blanks(format_percent(share, locale=reader.locale))


@register.filter
def points(share: float, reader: Reader) -> str:
    """A difference of shares with its sign: `+4.2`, in points of a hundred."""
    return plain_blanks(format_decimal(100 * share, format="+0.0;−0.0", locale=reader.locale))


@register.filter
def money(amount: Decimal | float, reader: Reader) -> str:
    """`$1,234.50`."""
    return reader.speech.money(Decimal(str(amount)).quantize(CENT))


@register.filter
def round_money(amount: Decimal | float, reader: Reader) -> str:
    """`$4,950,000`, `$124.87`: a sum of thousands without its cents, which nobody reads."""
    exact = Decimal(str(amount))
    return reader.speech.money(exact, whole=True) if abs(exact) >= LARGE else money(amount, reader)


@register.filter
def span(value: timedelta, reader: Reader) -> str:
    """`3 hours`."""
    return format_timedelta(value, granularity="minute", threshold=1.2, locale=reader.locale)


@register.filter
def total_of(counts: Iterable[Mapping[str, int]], name: str) -> int:
    """The sum of one number over the files of an import."""
    return sum(one[name] for one in counts)


@register.filter
def last_part(path: str) -> str:
    """The name of a feed without the folders of the machine it came from."""
    return PurePath(path).name


@register.filter
def next_run(value: datetime, reader: Reader) -> str:
    """The time when it is today, else the day."""
    day = value.astimezone(reader.zone).date()
    return reader.clock(value) if day == reader.today else reader.day(day)
