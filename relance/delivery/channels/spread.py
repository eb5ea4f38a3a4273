"""Turns things to hand over into results over several connections at once, a thread for each."""

from collections.abc import Iterator, Sequence
from queue import Queue
from threading import Thread
from typing import Protocol, TypeVar

from relance.delivery.channel import Busy, Result

Item = TypeVar("Item")


class Carrier(Protocol[Item]):
    """One connection. `carry` ends early when the way is closed; what it pulled is answered for by then."""

    def carry(self, items: Iterator[Item]) -> Iterator[tuple[Item, Result]]:
        """Hand over what is pulled, one after the other."""


def spread(
    carriers: Sequence[Carrier[Item]], items: Iterator[Item], *, ahead: int, lost: str
) -> Iterator[tuple[Item, Result]]:
    """Carry items over several connections at once, `ahead` under way on each.

    Items are pulled here, in the caller's thread, as connections ask. One that is closed leaves its work to the others;
    when none is left, nothing more is pulled, and what nobody took is Busy with the words `lost`.
    """
    todo: Queue[Item | None] = Queue()
    done: Queue[tuple[Item, Result] | None] = Queue()  # None: one connection has ended
    threads = [Thread(target=_carry, args=(carrier, todo, done), daemon=True) for carrier in carriers]
    for thread in threads:
        thread.start()
    alive, flying, more = len(carriers), 0, True
    while alive:
        while more and flying < ahead * alive:
            item = next(items, None)
            if item is None:
                more = False
                for _ in carriers:
                    todo.put(None)
            else:
                todo.put(item)
                flying += 1
        told = done.get()
        if told is None:
            alive -= 1
        else:
            flying -= 1
            yield told
    for thread in threads:
        thread.join()
    while not todo.empty():
        item = todo.get()
        if item is not None:
            yield item, Busy(lost)


def _carry(carrier: Carrier[Item], todo: "Queue[Item | None]", done: "Queue[tuple[Item, Result] | None]") -> None:
    try:
        for outcome in carrier.carry(iter(todo.get, None)):
            done.put(outcome)
    finally:
        done.put(None)
