"""Turns the bytes of one file into its header and rows, each with its line; bad form is a fault, never a crash."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, TextIO

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from relance.intake.encodings import FileStopped
from relance.intake.records import Record
from relance.lib.errors import nearest

LONGEST_CELL = 1 << 20
LONGEST_LINE = 32 << 20
MOST_COLUMNS = 500
META = "meta_"
LONGEST_META = 60
NOT_IN_META = frozenset('{}|"\\')

Row = tuple[int, list[str], str | None]  # line, cells, what is wrong with its form


@dataclass(frozen=True)
class Layout:
    """Which columns a file has and where: known ones and meta_ ones, by position."""

    header: list[str]
    columns: tuple[str, ...]  # in the record's own order, then meta_ columns by name
    positions: tuple[int, ...]
    ignored: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many cells a row must have."""
        return len(self.header)


def read_file(stream: BinaryIO, encoding: str) -> Iterator[Row]:
    """The rows of a file, the header first. FileStopped when the rest cannot be told apart any more."""
    csv.field_size_limit(LONGEST_CELL)
    with io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        reader = csv.reader(_lines(text), strict=True)
        while True:
            before = reader.line_num
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if reader.line_num - before > 1 or "end of data" in str(error):
                    told = gettext("line {line}: a quote is opened there and not closed")
                    raise FileStopped(told.format(line=before + 1)) from None
                yield before + 1, [], _form(error)
            else:
                if cells:
                    yield before + 1, cells, None


def _form(error: csv.Error) -> str:
    if "field limit" in str(error):
        return gettext("a cell has more than {most} characters").format(most=f"{LONGEST_CELL:,}")
    return gettext("the quotes are wrong ({why}): write a quote inside a quoted cell twice").format(why=error)


def _lines(text: TextIO) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            told = gettext("line {line}: longer than {most} characters")
            raise FileStopped(told.format(line=number, most=f"{LONGEST_LINE:,}"))
        yield line


def layout_of(record: Record, header: list[str]) -> Layout:
    """Where the columns of `record` stand. FileStopped when a required one is missing or one is there twice."""
    if len(header) > MOST_COLUMNS:
        told = gettext("line 1: {number} columns, at most {most} are read")
        raise FileStopped(told.format(number=f"{len(header):,}", most=MOST_COLUMNS))
    names = [name.strip().lower() for name in header]
    doubled = [name for name, times in Counter(names).items() if times > 1 and name]
    if doubled:
        raise FileStopped(gettext("line 1: the column {name} is there twice").format(name=doubled[0][:60]))
    known = [column.name for column in record.columns if column.name in names]
    meta = sorted(name for name in names if record.meta and is_meta(name))
    missing = [column.name for column in record.columns if column.required and column.name not in names]
    if missing:
        raise FileStopped(_missing(missing, names))
    columns = (*known, *meta)
    return Layout(
        header=header,
        columns=columns,
        positions=tuple(names.index(name) for name in columns),
        ignored=tuple(_ignored(record, [name for name in names if name not in columns])),
    )


def is_meta(name: str) -> bool:
    """A custom attribute: meta_ and a name of one line; without the signs that end a merge field or a quoted word."""
    rest = name.removeprefix(META)
    return (
        name.startswith(META) and 0 < len(rest) <= LONGEST_META and rest.isprintable() and NOT_IN_META.isdisjoint(rest)
    )


def _missing(missing: list[str], names: list[str]) -> str:
    for other, called in ((";", _("semicolons")), ("\t", _("tabs")), ("|", _("bars"))):
        if len(names) == 1 and other in names[0]:
            told = gettext("line 1: the columns are separated by {signs}, expected commas")
            return told.format(signs=gettext(called))
    shown = ", ".join(names)[:200]
    told = gettext("line 1: the required column is missing: {names}; found {found}")
    return told.format(names=", ".join(missing), found=shown)


def _ignored(record: Record, names: list[str]) -> Iterator[str]:
    allowed = [column.name for column in record.columns]
    for name in names:
        close = nearest(name[:60], allowed)
        told = gettext("column '{name}' is not known, ignored")
        if close:
            told = gettext("column '{name}' is not known, ignored (did you mean {close}?)")
        yield told.format(name=name[:60], close=close)
