"""Turns the hand-written word tables beside this file into tuples that one draw picks from."""

from bisect import bisect
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any, Generic, TypeVar

import yaml

Thing = TypeVar("Thing")


class Weighted(Generic[Thing]):
    """Things of which some come up more often: `pick(draw)` with a draw in [0, 1)."""

    def __init__(self, pairs: list[tuple[Thing, float]]) -> None:
        self.things = [thing for thing, _ in pairs]
        total = sum(weight for _, weight in pairs)
        self.bounds = [reached / total for reached in accumulate(weight for _, weight in pairs)][:-1]

    def pick(self, draw: float) -> Thing:
        return self.things[bisect(self.bounds, draw)]


@cache
def words(table: str) -> dict[str, Any]:
    """One table, read once."""
    text = files(__name__).joinpath(f"{table}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found
