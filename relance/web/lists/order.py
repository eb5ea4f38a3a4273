"""Turns the sort that an address asks for into an order, and the place where a page ended into a cursor and back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django.core import signing

from relance.web.desk.guard import Desk
from relance.web.desk.words import Word

By = TypeVar("By", covariant=True)
Place = Sequence[Any]  # the values by which the last row of a page was sorted; the last tells it from every other
LONGEST = 2_000  # of a cursor


def _always(_desk: Desk) -> bool:
    return True


@dataclass(frozen=True)
class Key(Generic[By]):
    """One way to sort a list: its name in the address, what people call it, and by what it sorts."""

    name: str
    words: Word
    by: By
    down: bool = False  # whether it is asked for downwards first: the newest, the largest
    may_lack: bool = False  # whether rows may have nothing there: they come last, in either direction
    offered: Callable[[Desk], bool] = _always  # not where it would read a large table through


@dataclass(frozen=True)
class Order(Generic[By]):
    """A key and its direction."""

    key: Key[By]
    down: bool

    @property
    def name(self) -> str:
        """As the address has it: `name`, `-name`."""
        return f"-{self.key.name}" if self.down else self.key.name


def order_of(keys: Sequence[Key[By]], asked: str) -> Order[By]:
    """The order that is asked for; the first of the keys when there is none of that name."""
    key = next((key for key in keys if key.name == asked.removeprefix("-")), None)
    return Order(keys[0], keys[0].down) if key is None else Order(key, asked.startswith("-"))


def written(place: Place, salt: str) -> str:
    """The place as a cursor that nobody can make up; `salt` names the list and its order."""
    return signing.dumps([v.isoformat() if isinstance(v, date) else v for v in place], salt=salt, compress=True)


def read(cursor: str, salt: str) -> Place | None:
    """The place of a cursor; None, the beginning, for one of another list or order, or that was not made here."""
    if not 0 < len(cursor) < LONGEST:
        return None
    try:
        place: list[Any] = signing.loads(cursor, salt=salt)
    except (signing.BadSignature, ValueError):
        return None
    return place
