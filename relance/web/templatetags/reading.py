"""Turns values on a page into text by the reader's habits: `{{ day|day:reader }}`."""

from datetime import date, datetime

from django import template

from relance.web.desk.reading import Reader

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
def number(value: float, reader: Reader) -> str:
    """`1,234`."""
    return reader.number(value)


@register.filter
def next_run(value: datetime, reader: Reader) -> str:
    """The time when it is today, else the day."""
    day = value.astimezone(reader.zone).date()
    return reader.clock(value) if day == reader.today else reader.day(day)
