"""Turns a list into CSV, line by line: UTF-8 with its mark, so that accents survive in every spreadsheet."""

import csv
import io
from collections.abc import Iterator

from relance.exports.lists.cells import Sheet, plain

MARK = "\ufeff"


def csv_lines(sheet: Sheet, *, by_label: bool = False) -> Iterator[bytes]:
    """The lines; the first has the columns' names (or what people read instead)."""
    part = io.StringIO()
    writer = csv.writer(part, lineterminator="\r\n")
    part.write(MARK)
    writer.writerow([plain(column.label if by_label else column.name) for column in sheet.columns])
    yield _taken(part)
    for row in sheet.rows:
        writer.writerow([plain(value) for value in row])
        yield _taken(part)


def _taken(part: io.StringIO) -> bytes:
    line = part.getvalue()
    part.seek(0)
    part.truncate()
    return line.encode("utf-8", "replace")
