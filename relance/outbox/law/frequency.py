"""Turns the laws on how often somebody may be written to into the one figure that holds for everybody: the strictest.

One dated table, `frequency.yaml`; a new rule is a new row with its day and its source.
"""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from relance.lib.schema import Strict, read
from relance.lib.yaml_file import read_yaml

TABLE = Path(__file__).with_name("frequency.yaml")


class Row(Strict):
    """At most so many in so many hours, in some places, from a day on."""

    places: list[str]
    messages: int
    hours: int
    since: date
    k: str
    source: str


class Table(Strict):
    """The whole table, and when it was last looked at."""

    as_of: date
    rows: list[Row]


class Most(NamedTuple):
    """At most so many marketing messages within a stretch of time."""

    messages: int
    within: timedelta


@cache
def table() -> Table:
    """The table as it stands in the file."""
    return read(Table, read_yaml(TABLE), TABLE.name)


def strictest() -> Most:
    """The row that lets the fewest through."""
    row = min(table().rows, key=lambda row: row.messages / row.hours)
    return Most(row.messages, timedelta(hours=row.hours))
