"""Turns a table of the database into the rows of a list: sorted by what an index has, or within a small set.

A page is read as keys alone, each question a range of the index (equal values first, then what lies behind), so that
the thousandth page costs what the first one does; only the rows of the page are read whole.
"""

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import F, Model, Q, QuerySet

from relance.web.desk.guard import Desk
from relance.web.lists.order import Key, Order, Place

BATCH = 500
Row = TypeVar("Row")
Stored = TypeVar("Stored", bound=Model)
Fields = tuple[str, ...]  # the last one is in no row twice; `+pk`: upwards in either direction


@dataclass(frozen=True)
class Table(Generic[Row]):
    """Rows of the database: which ones, and how those of a page are read."""

    keys: Sequence[Key[Fields]]
    rows: Callable[[Desk], QuerySet[Any]]
    whole: Callable[[Desk, Sequence[int]], list[Row]]

    def some(self, desk: Desk, order: Order[Fields], after: Place | None, most: int) -> tuple[list[Row], Place | None]:
        """So many rows behind a place, and the place of the last one when there are more."""
        found: list[tuple[Any, ...]] = []
        names = [field.lstrip("+") for field in order.key.by]
        for part in _parts(self.rows(desk), order, after):
            found += part.values_list("pk", *names[:-1], F(names[-1]))[: most + 1 - len(found)]
            if len(found) > most:
                break
        shown = found[:most]
        rows = self.whole(desk, [pk for pk, *_place in shown]) if shown else []
        return rows, shown[-1][1:] if len(found) > most else None

    def every(self, desk: Desk, order: Order[Fields]) -> Iterator[Row]:
        """All rows as of now, in order: their keys at once, so that none that moves meanwhile is lost or told twice."""
        keys = array("q")
        for part in _parts(self.rows(desk), order, None):
            keys.extend(part.values_list("pk", flat=True).iterator(chunk_size=BATCH))
        for begin in range(0, len(keys), BATCH):
            yield from self.whole(desk, list(keys[begin : begin + BATCH]))

    def is_longer_than(self, desk: Desk, most: int) -> bool:
        """Whether there are more."""
        return self.rows(desk).order_by()[: most + 1].count() > most


def in_order(rows: QuerySet[Stored], keys: Sequence[int]) -> list[Stored]:
    """The rows of these keys in their order; without those that are gone meanwhile."""
    found = rows.in_bulk(keys)
    return [found[key] for key in keys if key in found]


def _parts(rows: QuerySet[Any], order: Order[Fields], after: Place | None) -> Iterator[QuerySet[Any]]:
    """What lies behind a place, as questions that are asked one after the other."""
    fields = order.key.by
    if not order.key.may_lack:
        yield from _behind(rows, fields, order.down, after)
        return
    lacks = Q(**{f"{fields[0]}__isnull": True})  # databases put NULL at different ends: asked on its own
    if after is None or after[0] is not None:
        yield from _behind(rows.filter(~lacks), fields, order.down, after)
        after = None
    yield from _behind(rows.filter(lacks), fields[1:], order.down, after and after[1:])


def _behind(rows: QuerySet[Any], fields: Fields, down: bool, after: Place | None) -> Iterator[QuerySet[Any]]:
    ways = [(field.lstrip("+"), down and not field.startswith("+")) for field in fields]
    ordered = rows.order_by(*(f"-{name}" if is_down else name for name, is_down in ways))
    if after is None:
        yield ordered
        return
    for depth in range(len(ways) - 1, -1, -1):
        same = {name: value for (name, _), value in zip(ways[:depth], after, strict=False)}
        name, is_down = ways[depth]
        yield ordered.filter(**same, **{f"{name}__{'lt' if is_down else 'gt'}": after[depth]})
