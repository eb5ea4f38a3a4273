"""Turns rows that are in memory anyway, because there are few or they are reckoned, into the rows of a list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Generic, TypeVar

from relance.web.desk.guard import Desk
from relance.web.lists.order import Key, Order, Place

Row = TypeVar("Row")
Sorted = TypeVar("Sorted")
Value = Callable[[Any], Any]  # texts or numbers, the same in every row, or None


def _one_band(_row: Any) -> int:
    return 0


@dataclass(frozen=True, kw_only=True)
class Memory(Generic[Sorted, Row]):
    """Rows in memory: which ones, what tells one from every other, and the bands that no sorting mixes.

    What takes long to know of a row is learned by `whole`, of those of a page only.
    """

    keys: Sequence[Key[Callable[[Sorted], Any]]]
    rows: Callable[[Desk], Sequence[Sorted]]
    whole: Callable[[Desk, Sequence[Sorted]], list[Row]]
    tie: Callable[[Sorted], Any]
    band: Callable[[Sorted], int] = _one_band

    def some(self, desk: Desk, order: Order[Value], after: Place | None, most: int) -> tuple[list[Row], Place | None]:
        """So many rows behind a place, and the place of the last one when there are more."""
        found = self._in_order(desk, order)
        if after is not None:
            found = [row for row in found if self._is_behind(row, order, after)]
        shown = found[:most]
        return self.whole(desk, shown), self._place(shown[-1], order) if len(found) > most else None

    def every(self, desk: Desk, order: Order[Value]) -> list[Row]:
        """All rows, in order."""
        return self.whole(desk, self._in_order(desk, order))

    def is_longer_than(self, desk: Desk, most: int) -> bool:
        """Whether there are more."""
        return len(self.rows(desk)) > most

    def _in_order(self, desk: Desk, order: Order[Value]) -> list[Sorted]:
        """Band by band, those without a value last."""
        found: list[Sorted] = []
        by = order.key.by
        for _band, rows in groupby(sorted(self.rows(desk), key=self.band), key=self.band):
            theirs = list(rows)
            has = [row for row in theirs if by(row) is not None]
            found += sorted(has, key=lambda row: (by(row), self.tie(row)), reverse=order.down)
            found += sorted((row for row in theirs if by(row) is None), key=self.tie, reverse=order.down)
        return found

    def _place(self, row: Sorted, order: Order[Value]) -> tuple[Any, ...]:
        return self.band(row), order.key.by(row), self.tie(row)

    def _is_behind(self, row: Sorted, order: Order[Value], after: Place) -> bool:
        here = self._place(row, order)
        if here[0] != after[0]:
            return bool(here[0] > after[0])
        if (here[1] is None) != (after[1] is None):
            return here[1] is None
        begin = 2 if here[1] is None else 1
        mine, last = here[begin:], tuple(after[begin:])
        return bool(mine < last if order.down else mine > last)


def as_they_are(_desk: Desk, rows: Sequence[Row]) -> list[Row]:
    """For rows of which everything is known."""
    return list(rows)
