"""Turns the trimmed text of one cell into the value of its column's type; a bad one is a `BadCell`.

Empty cells do not come here: they are None.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from relance.intake.records import Column
from relance.lib.errors import nearest
from relance.lib.fold import fold
from relance.lib.moments import DAY, day_start, local

Reader = Callable[[str], Any]
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
DAY_FORM = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT_FORM = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?", re.I
)
FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
CENT, TENTH = Decimal("0.01"), Decimal("0.1")
MOST = {CENT: Decimal(10) ** 10, TENTH: Decimal(10) ** 11}
FIRST_YEAR, LAST_YEAR = 1880, 2200  # of a vehicle, and of a day that a business can mean
REMEMBERED = 20_000


class BadCell(ValueError):
    """A cell that cannot be read as its type; the text names the column, the cell and what was expected."""


def reader_of(column: Column, zone: ZoneInfo) -> Reader:
    """The function that reads trimmed cells that hold something; moments without an offset are local to `zone`."""
    return KINDS[column.kind](column, zone)


def _bad(column: Column, text: str, expected: str) -> BadCell:
    shown = text if len(text) <= 40 else text[:40] + "…"
    return BadCell(f"{column.name} '{shown}' is not {expected}")


def _remembering(read: Reader) -> Reader:
    """The same few days and words come again and again: remember what they were read as."""
    known: dict[str, Any] = {}

    def remembered(text: str) -> Any:
        try:
            return known[text]
        except KeyError:
            if len(known) >= REMEMBERED:
                known.clear()
            value = known[text] = read(text)
            return value

    return remembered


def _text(column: Column, zone: ZoneInfo) -> Reader:
    longest = column.longest

    def read(text: str) -> str:
        if len(text) > longest:
            raise BadCell(f"{column.name} has {len(text):,} characters, at most {longest:,} are kept")
        return text

    return read


def _date(column: Column, zone: ZoneInfo) -> Reader:
    def read(text: str) -> date:
        if DAY_FORM.fullmatch(text):
            try:
                return date.fromisoformat(text)
            except ValueError:
                pass
        raise _bad(column, text, "a date: write YYYY-MM-DD")

    return _remembering(read)


def _moment(column: Column, zone: ZoneInfo) -> Reader:
    days: dict[str, datetime] = {}  # its midnight, of days without a clock change
    times: dict[str, timedelta] = {}  # T08:30:00 as time since midnight

    def read(text: str) -> datetime:
        try:
            return days[text[:10]] + times[text[10:]]  # far quicker than reading, and most moments are alike
        except KeyError:
            pass
        if MOMENT_FORM.fullmatch(text):
            try:
                shown = datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", ""))
                if shown.tzinfo is not None:
                    return shown.astimezone(UTC)
                midnight = day_start(shown.date(), zone)
                if day_start(shown.date() + DAY, zone) - midnight == DAY and len(days) < REMEMBERED:
                    days[text[:10]] = midnight
                    times[text[10:]] = shown - datetime.combine(shown.date(), time())
                return local(shown.date(), shown.time(), zone)
            except (ValueError, OverflowError):
                pass
        raise _bad(column, text, "a moment: write YYYY-MM-DDTHH:MM")

    return read


def _decimal(step: Decimal, expected: str, *, least: int | None = None) -> Callable[[Column, ZoneInfo], Reader]:
    def build(column: Column, zone: ZoneInfo) -> Reader:
        def read(text: str) -> Decimal:
            if NUMBER.fullmatch(text) and len(text) <= 30:
                value = Decimal(text).quantize(step, ROUND_HALF_UP)
                if abs(value) < MOST[step] and (least is None or value >= least):
                    return value
            raise _bad(column, text, expected)

        return _remembering(read)

    return build


def _year(column: Column, zone: ZoneInfo) -> Reader:
    def read(text: str) -> int:
        digits = text.removesuffix(".0")  # spreadsheets write whole numbers that way
        if digits.isascii() and digits.isdigit() and FIRST_YEAR <= int(digits[:9]) <= LAST_YEAR:
            return int(digits)
        raise _bad(column, text, "a year: write four digits")

    return _remembering(read)


def _flag(column: Column, zone: ZoneInfo) -> Reader:
    def read(text: str) -> bool:
        try:
            return FLAGS[text.lower()]
        except KeyError:
            raise _bad(column, text, "a flag: write true, false, 1, 0, yes or no") from None

    return read


def _choice(column: Column, zone: ZoneInfo) -> Reader:
    words = {fold(word): word for word in column.words}

    def read(text: str) -> str:
        try:
            return words[fold(text)]
        except KeyError:
            close = nearest(text[:80], column.words)
            hint = f"did you mean {close}?" if close else f"write {', '.join(column.words)}"
            raise _bad(column, text, f"a word for it: {hint}") from None

    return _remembering(read)


def _list(column: Column, zone: ZoneInfo) -> Reader:
    one = _choice(column, zone) if column.words else (lambda text: text)
    short = _text(column, zone)

    def read(text: str) -> list[str] | None:
        short(text)
        return [one(part.strip()) for part in text.split(";") if part.strip()] or None

    return read


KINDS: dict[str, Callable[[Column, ZoneInfo], Reader]] = {
    "ref": _text,
    "text": _text,
    "date": _date,
    "moment": _moment,
    "distance": _decimal(TENTH, "a number of zero or more: write digits, with a point for decimals", least=0),
    "money": _decimal(CENT, "an amount: write digits, with a point for decimals"),
    "year": _year,
    "flag": _flag,
    "choice": _choice,
    "list": _list,
}
