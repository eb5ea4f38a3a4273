"""Turns rejected rows into one CSV file that a person can put right and hand in again.

Form: `file,line,reason,cells…`. Before the first reject of a file stands a row with line 1 whose cells are that file's
header; after it the rejects, with their original cells. `relance import SLUG rejects.csv` reads the same form.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext

from relance.intake.feeds import REJECTS_HEADER
from relance.lib.errors import BadInput

HEADER_LINE = 1


class Rejects:
    """The rejects of one import, written as they come."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = path.open("w", encoding="utf-8", newline="")
        except OSError as error:
            told = gettext("the rejects file {path} cannot be written: {why}")
            raise BadInput(told.format(path=path, why=error.strerror)) from None
        self.path = path
        self._writer = csv.writer(self._stream)
        self._writer.writerow(REJECTS_HEADER)
        self._headed: set[str] = set()

    def add(self, file: str, header: list[str], line: int, reason: str, cells: list[str]) -> None:
        """One rejected row."""
        if file not in self._headed:
            self._headed.add(file)
            self._writer.writerow([file, HEADER_LINE, "the columns", *header])
        self._writer.writerow([file, line, reason, *cells])

    def close(self) -> None:
        """Everything is on the disk."""
        self._stream.close()


def read_rejects(path: Path) -> Iterator[dict[str, object]]:
    """The rejects in a rejects file, as `{file, line, reason}`."""
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.reader(stream):
            if len(row) >= 3 and row[1].isdigit() and int(row[1]) != HEADER_LINE:
                yield {"file": row[0], "line": int(row[1]), "reason": row[2]}
