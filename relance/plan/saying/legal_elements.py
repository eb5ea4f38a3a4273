"""Turns a regime, a channel and a purpose into what the law wants to stand in the message, and how often (K-numbers).

One dated table, `legal_elements.yaml`; a new rule is a new row with its day and its source.
"""

from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from relance.dealers.preferences import Regime
from relance.lib.schema import Strict, read
from relance.lib.yaml_file import read_yaml
from relance.plan.definition import Channel

Element = Literal["sender", "stop", "postal_address", "contact", "advertisement"]
Purpose = Literal["service", "marketing"]
TABLE = Path(__file__).with_name("legal_elements.yaml")


class Row(Strict):
    """What some laws want on some channels, from a day on."""

    regimes: list[Regime]
    channels: list[Channel]
    purposes: list[Purpose]
    elements: list[Element]
    every: Literal["message", "month"]
    since: date
    k: str
    source: str


class Table(Strict):
    """The whole table, and when it was last looked at."""

    as_of: date
    rows: list[Row]


class Wanted(NamedTuple):
    """What must stand in a message; `monthly`: in the first one to a person, then in one a month."""

    elements: tuple[Element, ...] = ()
    monthly: bool = False


@cache
def table() -> Table:
    """The table as it stands in the file."""
    return read(Table, read_yaml(TABLE), TABLE.name)


@lru_cache(maxsize=500)
def wanted(regime: str, channel: str, purpose: str, day: date) -> Wanted:
    """The latest row in force on that day; before the first row, the first; nothing where there is none."""
    rows = [r for r in table().rows if regime in r.regimes and channel in r.channels and purpose in r.purposes]
    rows.sort(key=lambda row: row.since)
    in_force = [row for row in rows if row.since <= day] or rows[:1]
    if not in_force:
        return Wanted()
    return Wanted(tuple(in_force[-1].elements), in_force[-1].every == "month")
