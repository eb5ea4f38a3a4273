"""Turns the trimmed cells of a column into values as the database takes them; a bad one is a `BadCell`.

Days are `YYYY-MM-DD`, moments `YYYY-MM-DD HH:MM:SS` in UTC, amounts digits with a point: text all the way from the
feed to the table, because making dates out of texts and texts out of dates costs more than the rest. Empty is None.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from relance.intake.records import Column
from relance.lib.errors import nearest
from relance.lib.fold import fold
from relance.lib.moments import DAY, FIRST_YEAR, LAST_YEAR, day_start, in_utc, local
from relance.lib.rows import utc_text

ReadOne = Callable[[str], Any]
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)")
DAY_FORM = re.compile(r"\d{4}-\d{2}-\d{2}")
MOMENT_FORM = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?", re.I
)
FLAGS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
CENT, TENTH = Decimal("0.01"), Decimal("0.1")
MOST = {CENT: Decimal(10) ** 10, TENTH: Decimal(10) ** 11}
REMEMBERED = 10_000


class BadCell(ValueError):
    """A cell that cannot be read as its type; the text names the column, the cell and what was expected."""


class Reader:
    """Reads the cells of one column, many at a time; the same few days and words come again and again: remembered."""

    def __init__(self, read: ReadOne) -> None:
        self.read = read
        self._known: dict[str, Any] = {"": None}

    def read_all(self, texts: list[str]) -> list[Any]:
        """The value of every cell; BadCell at the first bad one."""
        missing = set(texts).difference(self._known)
        if missing:
            if len(self._known) > REMEMBERED:
                self._known = {"": None}
                missing = set(texts) - {""}
            self._known.update(zip(missing, map(self.read, missing), strict=True))
        return list(map(self._known.__getitem__, texts))

    def read_each(self, texts: list[str]) -> list[Any]:
        """The same, with the BadCell itself in the place of each bad cell."""
        return [self._attempt(text) for text in texts]

    def _attempt(self, text: str) -> Any:
        try:
            return self.read(text) if text else None
        except BadCell as bad:
            return bad


class TextReader(Reader):
    """The same for texts, of which most come once."""

    def __init__(self, read: ReadOne, longest: int) -> None:
        super().__init__(read)
        self.longest = longest

    def read_all(self, texts: list[str]) -> list[Any]:
        """The texts themselves."""
        if max(map(len, texts), default=0) > self.longest:
            return [self.read(text) if text else None for text in texts]
        return [text or None for text in texts]


def reader_of(column: Column, zone: ZoneInfo) -> Reader:
    """What reads the trimmed cells of a column; moments without an offset are local to `zone`."""
    read = KINDS[column.kind](column, zone)
    return TextReader(read, column.longest) if column.kind in ("text", "ref") else Reader(read)


def _bad(column: Column, text: str, expected: str) -> BadCell:
    shown = text if len(text) <= 40 else text[:40] + "…"
    told = gettext("{column} '{text}' is not {expected}")
    return BadCell(told.format(column=column.name, text=shown, expected=expected))


def _text(column: Column, zone: ZoneInfo) -> ReadOne:
    longest = column.longest

    def read(text: str) -> str:
        if len(text) > longest:
            told = gettext("{column} has {number} characters, at most {most} are kept")
            raise BadCell(told.format(column=column.name, number=f"{len(text):,}", most=f"{longest:,}"))
        return text

    return read


def _date(column: Column, zone: ZoneInfo) -> ReadOne:
    def read(text: str) -> str:
        if DAY_FORM.fullmatch(text):
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                pass
        raise _bad(column, text, gettext("a date: write YYYY-MM-DD"))

    return read


Shift = dict[str, tuple[int, str]]  # T08:30 → which day it is in UTC (0: the day before), and its time there


def _moment(column: Column, zone: ZoneInfo) -> ReadOne:
    shifts: dict[timedelta, Shift] = {}  # by what the clocks show beside UTC
    days: dict[str, tuple[Shift, tuple[str, ...]]] = {}  # without a clock change: its shift; the day before, it, after

    def read(text: str) -> str:
        try:
            shift, around = days[text[:10]]
            which, rest = shift[text[10:]]
            return around[which] + rest  # far quicker than reading
        except KeyError:
            pass
        if MOMENT_FORM.fullmatch(text):
            try:
                shown = datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", ""))
                if shown.tzinfo is not None:
                    return utc_text(in_utc(shown))
                moment = utc_text(local(shown.date(), shown.time(), zone))
                if FIRST_YEAR <= shown.year <= LAST_YEAR:
                    remember(text, shown.date(), moment)
                return moment
            except ValueError:
                pass
        raise _bad(column, text, gettext("a moment: write YYYY-MM-DDTHH:MM"))

    def remember(text: str, day: date, moment: str) -> None:
        midnight = day_start(day, zone)
        shift = shifts.setdefault(datetime.combine(day, time(), UTC) - midnight, {})
        if day_start(day + DAY, zone) - midnight == DAY and max(len(days), len(shift)) < REMEMBERED:
            around = (str(day - DAY), str(day), str(day + DAY))
            shift[text[10:]] = around.index(moment[:10]), moment[10:]
            days[text[:10]] = shift, around

    return read


def _decimal(step: Decimal, expected: str, *, least: int | None = None) -> Callable[[Column, ZoneInfo], ReadOne]:
    zeros = str(step)[1:].replace("1", "0")
    kept = re.compile(rf"(?:0|[1-9][0-9]{{0,8}})(\.[0-9]{{{len(zeros) - 1}}})?")  # as most come: nothing to reckon

    def build(column: Column, zone: ZoneInfo) -> ReadOne:
        def read(text: str) -> str:
            if is_kept := kept.fullmatch(text):
                return text if is_kept[1] else text + zeros
            if NUMBER.fullmatch(text) and len(text) <= 30:
                value = Decimal(text).quantize(step, ROUND_HALF_UP)
                if abs(value) < MOST[step] and (least is None or value >= least):
                    return str(value)
            raise _bad(column, text, gettext(expected))

        return read

    return build


def _year(column: Column, zone: ZoneInfo) -> ReadOne:
    def read(text: str) -> int:
        digits = text.removesuffix(".0")  # spreadsheets write whole numbers that way
        if digits.isascii() and digits.isdigit() and FIRST_YEAR <= int(digits[:9]) <= LAST_YEAR:
            return int(digits)
        raise _bad(column, text, gettext("a year: write four digits"))

    return read


def _flag(column: Column, zone: ZoneInfo) -> ReadOne:
    def read(text: str) -> bool:
        try:
            return FLAGS[text.lower()]
        except KeyError:
            raise _bad(column, text, gettext("a flag: write true, false, 1, 0, yes or no")) from None

    return read


def _choice(column: Column, zone: ZoneInfo) -> ReadOne:
    words = {fold(word): word for word in column.words}

    def read(text: str) -> str:
        try:
            return words[fold(text)]
        except KeyError:
            close = nearest(text[:80], column.words)
            if close:
                raise _bad(column, text, gettext("a word for it: did you mean {close}?").format(close=close)) from None
            told = gettext("a word for it: write {words}").format(words=", ".join(column.words))
            raise _bad(column, text, told) from None

    return read


def _list(column: Column, zone: ZoneInfo) -> ReadOne:
    one = _choice(column, zone) if column.words else (lambda text: text)
    short = _text(column, zone)

    def read(text: str) -> tuple[str, ...] | None:
        short(text)
        return tuple([one(part.strip()) for part in text.split(";") if part.strip()]) or None

    return read


KINDS: dict[str, Callable[[Column, ZoneInfo], ReadOne]] = {
    "ref": _text,
    "text": _text,
    "date": _date,
    "moment": _moment,
    "distance": _decimal(TENTH, _("a number of zero or more: write digits, with a point for decimals"), least=0),
    "money": _decimal(CENT, _("an amount: write digits, with a point for decimals")),
    "year": _year,
    "flag": _flag,
    "choice": _choice,
    "list": _list,
}
