"""Lets all who write to one SQLite database stand in a queue, in whichever process or thread they are (decision 200).

SQLite has one writer at a time; who waits for it looks again and again, with growing pauses, and beside others who come
back at once he may look for half a minute and then hear "database is locked". Here he waits at a door, and is woken.
Two locks of files beside the database: whoever has the turn must pass the door again, at which the others wait, before
he has another one. Those who have given way come to the door one at a time, the next one when the turn of the last has
ended: however many they are, whoever came from a page has as a rule at most two of them before him (decision 214; the
kernel wakes those who wait, it hands nothing over). A queue that does not move is left after a while: SQLite itself has
the last word.
"""

import fcntl
import os
import re
import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock, Thread
from typing import Any, TypeVar

from relance.lib.database.giving_way import stands_behind

PATIENCE = 20.0  # seconds: who has the turn may be frozen
WRITES = re.compile(r"\s*(BEGIN IMMEDIATE|INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|ANALYZE)\b", re.IGNORECASE)
BEHIND, DOOR, TURN = "-behind", "-door", "-turn"  # after the name of the database
Result = TypeVar("Result")


class Queue:
    """One place in the queue in front of a database. Where no file can be made, nobody waits in it."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._files: list[int] = []

    def take(self) -> None:
        """Wait for the turn; returns without it when the queue does not move."""
        gates = (BEHIND, DOOR, TURN) if stands_behind() else (DOOR, TURN)
        try:
            files = [_opened(f"{self._database}{gate}") for gate in gates]
        except OSError:
            return
        waiting = _Waiting(files)
        self._files = files if waiting.is_first() or waiting.has_waited() else []

    def leave(self) -> None:
        """Give the turn up: a lock ends with its file."""
        for file in self._files:
            os.close(file)
        self._files = []


class _Waiting:
    """One who waits, and may leave before his turn comes: then his thread gives it on as soon as it has it."""

    def __init__(self, files: list[int]) -> None:
        self._files, self._door = files, files[-2]
        self._deciding, self._has_turn, self._has_left = Lock(), False, False

    def is_first(self) -> bool:
        """Whether nobody waits and nobody has the turn: it is ours."""
        if all(map(_locked_at_once, self._files)):
            fcntl.flock(self._door, fcntl.LOCK_UN)
            return True
        return False

    def has_waited(self) -> bool:
        """Wait; False when it took too long."""
        thread = Thread(target=self._wait, name="queue", daemon=True)
        thread.start()
        thread.join(PATIENCE)
        with self._deciding:
            self._has_left = not self._has_turn
            return self._has_turn

    def _wait(self) -> None:
        for file in self._files:
            fcntl.flock(file, fcntl.LOCK_EX)
        fcntl.flock(self._door, fcntl.LOCK_UN)
        with self._deciding:
            self._has_turn = True
            if self._has_left:
                for file in self._files:
                    os.close(file)


def _opened(path: str) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _locked_at_once(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class InQueue(sqlite3.Connection):
    """A connection that waits for its turn before it writes, and keeps it to the end of its transaction."""

    def __init__(self, database: Any, *rest: Any, **options: Any) -> None:
        super().__init__(database, *rest, **options)
        self._queue, self._has_turn = Queue(str(Path(os.fsdecode(database)).absolute())), False

    def cursor(self, factory: Any = sqlite3.Cursor) -> Any:
        """A cursor that waits, too."""
        return super().cursor(_waiting(factory))

    def commit(self) -> None:
        """The turn ends with the transaction."""
        self._to_the_end(super().commit)

    def rollback(self) -> None:
        """The turn ends with the transaction."""
        self._to_the_end(super().rollback)

    def close(self) -> None:
        """The turn ends with the connection."""
        super().close()
        self._leave()

    def write(self, statement: str, do: Callable[[], Result]) -> Result:
        """Do it when it is our turn, if it writes at all."""
        if self._has_turn or not WRITES.match(statement):
            return do()
        self._queue.take()
        self._has_turn = True
        return self._to_the_end(do)

    def _to_the_end(self, do: Callable[[], Result]) -> Result:
        try:
            return do()
        finally:
            if not self.in_transaction:
                self._leave()

    def _leave(self) -> None:
        if self._has_turn:
            self._queue.leave()
            self._has_turn = False


@cache
def _waiting(factory: type[sqlite3.Cursor]) -> type[sqlite3.Cursor]:
    """The same kind of cursor, in the queue."""

    class Waiting(factory):  # type: ignore[valid-type, misc]
        def execute(self, statement: str, *values: Any) -> Any:
            return self.connection.write(statement, lambda: super(Waiting, self).execute(statement, *values))

        def executemany(self, statement: str, *values: Any) -> Any:
            return self.connection.write(statement, lambda: super(Waiting, self).executemany(statement, *values))

    return Waiting
