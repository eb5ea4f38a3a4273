"""Turns one question and many sets of values into as many answers, for which the database plans it only once.

On PostgreSQL planning a question of rules costs several times what answering it does. SQLite keeps what it planned.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import compress, count
from typing import Any

from django.db import connection

FEW = 5  # questions for which a plan of their own, made for their very values, is worth its making
TOGETHER = 64  # answers in memory at once
KINDS: dict[type, str] = {datetime: "timestamptz", date: "date", int: "bigint", float: "double precision"}
PLACE = re.compile("%([%s])")
_numbers = count(1)  # a question that failed leaves its name behind
Values = Sequence[Any]


def answers(sql: str, varies: Sequence[bool], asked: Sequence[Values]) -> Iterator[list[tuple[Any, ...]]]:
    """The rows for each set of values, in their order; `varies`: which places of the question differ between them."""
    if connection.vendor == "postgresql" and len(asked) > FEW:
        for first in range(0, len(asked), TOGETHER):
            yield from _planned_once(sql, varies, asked[first : first + TOGETHER])
        return
    for values in asked:
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            yield cursor.fetchall()


def _planned_once(sql: str, varies: Sequence[bool], asked: Sequence[Values]) -> Iterator[list[tuple[Any, ...]]]:
    """One round trip. What is the same every time stands in the question itself: its plan knows it."""
    name = f"often_{next(_numbers)}"
    given = [[*compress(values, varies)] for values in asked]
    same = [value for value, is_other in zip(asked[0], varies, strict=True) if not is_other]
    kinds = ", ".join(KINDS.get(type(value), "unknown") for value in given[0])
    marks = ", ".join(["%s"] * len(given[0]))
    parts = [
        "SET LOCAL plan_cache_mode = force_generic_plan",
        f"PREPARE {name} ({kinds}) AS {_numbered(sql, varies)}",
        *[f"EXECUTE {name} ({marks})"] * len(asked),
        f"DEALLOCATE {name}",
    ]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(parts), [*same, *(value for values in given for value in values)])
        while True:
            if cursor.description is not None:
                yield cursor.fetchall()
            if not cursor.nextset():
                return


def _numbered(sql: str, varies: Sequence[bool]) -> str:
    """The question with `$1`, `$2` … in the places that vary."""
    places, number = iter(varies), count(1)

    def put(found: re.Match[str]) -> str:
        return f"${next(number)}" if found[1] == "s" and next(places) else found[0]

    return PLACE.sub(put, sql)
