"""Turns a value into what may stand in a cell: texts never begin a formula, numbers and days stay what they are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

# What a spreadsheet takes for the beginning of a formula, in every width of letters, and the blanks that hide one.
BEGINS_A_FORMULA = tuple("=+-@\t\r\n\x00＝＋－＠\ufe63\u2212")
NUMBER_OR_TELEPHONE = re.compile(
    r"[+\-\u2212]?[\d\s.,()/$€£%-]*\d[\d\s.,()/$€£%-]*"
)  # without a letter: no function in it
NOT_IN_A_FILE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # XML has no way to write these

Cell = str | int | float | Decimal | date | datetime | None


@dataclass(frozen=True)
class Column:
    """One column: the name that programs know, and the one that people read."""

    name: str
    label: str


@dataclass(frozen=True)
class Sheet:
    """A list: its title, its columns, a row per line."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take this text for a formula. A telephone number or an amount is none."""
    shown = text.lstrip(" \u00a0\ufeff\u200b")
    if not shown.startswith(BEGINS_A_FORMULA):
        return False
    return NUMBER_OR_TELEPHONE.fullmatch(shown) is None


def safe_text(text: str) -> str:
    """The text, with the mark before it that makes it a text where it would be a formula."""
    clean = NOT_IN_A_FILE.sub("", text) if NOT_IN_A_FILE.search(text) else text
    return f"'{clean}" if is_formula(text) or is_formula(clean) else clean


def plain(value: Cell) -> Any:
    """A value as a line of text has it."""
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return "" if value is None else str(value)
