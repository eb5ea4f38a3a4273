"""Turns a limit in milliseconds into database questions that give up in time, on SQLite and on PostgreSQL."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TypeVar

from django.db import OperationalError, connection, transaction

STEPS = 5_000  # SQLite looks at the clock every so many steps of its machine: well under a millisecond
Row = TypeVar("Row")
CANCELED = "57014"  # PostgreSQL: query_canceled


class TooLong(Exception):
    """The database did not answer within the limit."""


class Deadline:
    """A moment so many milliseconds from now, and how many of them are left."""

    def __init__(self, milliseconds: int) -> None:
        self._ends = monotonic() + milliseconds / 1000

    @property
    def left(self) -> int:
        """Milliseconds, at least one."""
        return max(round((self._ends - monotonic()) * 1000), 1)


def as_many_as_come(rows: Iterable[Row], milliseconds: int) -> list[Row]:
    """What a lazy question yields within the limit; what comes later is not waited for."""
    ends = monotonic() + milliseconds / 1000
    found: list[Row] = []
    with suppress(TooLong), time_limit(milliseconds):
        for row in rows:
            found.append(row)
            if monotonic() > ends:
                break
    return found


@contextmanager
def time_limit(milliseconds: int) -> Iterator[None]:
    """What is asked inside must be answered within the limit, or TooLong is raised; nothing goes on behind it."""
    limited = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    try:
        with limited(milliseconds):
            yield
    except OperationalError as error:
        if _was_canceled(error):
            raise TooLong(f"no answer within {milliseconds} ms") from error
        raise


@contextmanager
def _on_sqlite(milliseconds: int) -> Iterator[None]:
    connection.ensure_connection()
    own = connection.connection
    ends = monotonic() + milliseconds / 1000
    own.set_progress_handler(lambda: monotonic() > ends, STEPS)
    try:
        yield
    finally:
        own.set_progress_handler(None, 0)


@contextmanager
def _on_postgresql(milliseconds: int) -> Iterator[None]:
    """A savepoint, so that a canceled question does not spoil what stands around it; the old limit comes back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        before = cursor.fetchone()[0]
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(max(milliseconds, 1))])
        yield
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [before])


def _was_canceled(error: OperationalError) -> bool:
    cause = error.__cause__
    return "interrupted" in str(error) or getattr(cause, "sqlstate", None) == CANCELED
