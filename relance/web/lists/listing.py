"""Turns what a list is (where it stands, its rows, its columns) into pages of it, and into the sheet of its file."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from django.urls import reverse
from django.utils.functional import Promise

from relance.exports.lists.cells import Cell, Sheet
from relance.exports.lists.cells import Column as SheetColumn
from relance.web.desk.guard import Desk
from relance.web.desk.words import Word
from relance.web.lists.head import Head, Stands, head_of
from relance.web.lists.order import Key, Order, Place, order_of, read, written

PAGE = 50
Row = TypeVar("Row")


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of the file: its name for programs, its head for people, and what a row has there."""

    name: str
    label: Word
    value: Callable[[Row], Any]


class Source(Protocol[Row]):
    """Where the rows of a list come from, and by what they can be sorted."""

    @property
    def keys(self) -> Sequence[Key[Any]]:
        """The ways to sort; the first is the usual one."""

    def some(self, desk: Desk, order: Order[Any], after: Place | None, most: int) -> tuple[list[Row], Place | None]:
        """So many rows behind a place, and the place of the last one when there are more."""

    def every(self, desk: Desk, order: Order[Any]) -> Iterable[Row]:
        """All rows, in order."""

    def is_longer_than(self, desk: Desk, most: int) -> bool:
        """Whether there are more."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and what stands over the list."""

    rows: list[Row]
    head: Head


def _nothing(_desk: Desk) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Listing(Generic[Row]):
    """One list of the desk."""

    name: str  # in the address of its file
    place: str  # the name of its page's address
    title: Word
    source: Source[Row]
    columns: Callable[[Desk], Sequence[Column[Row]]]
    act: str = "look"  # the right that its page asks for; its file asks for `export` besides
    own: Callable[[Desk], Mapping[str, str]] = _nothing  # what names the list besides its filters
    address: Callable[[Desk], str] | None = None  # of its page, when that has more parts than the dealer
    per_page: int = PAGE
    prefix: str = ""  # of what the address says of it, where a page has several lists

    def page(self, desk: Desk) -> Page[Row]:
        """The page that the address asks for; the first one for a cursor of another list or order."""
        keys, order = self._order(desk)
        salt = f"list {self.name} {order.name}"
        cursor = desk.request.GET.get(f"{self.prefix}cursor", "")
        rows, last = self.source.some(desk, order, read(cursor, salt), self.per_page)
        at = self.address(desk) if self.address else reverse(self.place, kwargs={"slug": desk.dealer.slug})
        stands = Stands(self.name, at, self.own(desk), self.prefix)
        return Page(rows, head_of(desk, stands, keys, order, written(last, salt) if last else None))

    def sheet(self, desk: Desk) -> Sheet:
        """All that the filters leave, in the order of the page."""
        columns = self.columns(desk)
        _keys, order = self._order(desk)
        every = self.source.every(desk, order)
        rows = ([_cell(column.value(row), desk) for column in columns] for row in every)
        return Sheet(str(self.title), [SheetColumn(column.name, str(column.label)) for column in columns], rows)

    def is_longer_than(self, desk: Desk, most: int) -> bool:
        """Whether the filters leave more rows."""
        return self.source.is_longer_than(desk, most)

    def _order(self, desk: Desk) -> tuple[Sequence[Key[Any]], Order[Any]]:
        keys = [key for key in self.source.keys if key.offered(desk)]
        return keys, order_of(keys, desk.request.GET.get(f"{self.prefix}sort", ""))


def _cell(value: Any, desk: Desk) -> Cell:
    """A value as a file has it: moments at the dealer's, words in the reader's language."""
    if isinstance(value, datetime):
        return value.astimezone(desk.dealer.zone).replace(tzinfo=None)
    return str(value) if isinstance(value, Promise) else value
