"""Lets the threads of one process write to SQLite one after the other, as they came.

SQLite has one writer at a time; who waits for it looks again and again, with growing pauses, and among threads that
come back at once he may look for seconds. Here they wait for each other instead, before they stand in the queue of
all processes (queue.py), where waiting costs a thread: replies that come at once are taken in a tenth faster.
PostgreSQL needs none of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition, get_ident

from django.db import connection

_changed = Condition()
_waiting: list[int] = []  # threads in the order in which they came; the first has its turn


@contextmanager
def in_turn() -> Iterator[None]:
    """Our turn to write; within a transaction, or a turn, that has begun already it goes on at once."""
    me = get_ident()
    if connection.vendor != "sqlite" or connection.in_atomic_block or me in _waiting:
        yield
        return
    with _changed:
        _waiting.append(me)
        _changed.wait_for(lambda: _waiting[0] == me)
    try:
        yield
    finally:
        with _changed:
            _waiting.remove(me)
            _changed.notify_all()
