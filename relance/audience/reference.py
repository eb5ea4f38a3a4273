"""Turns what depends on the reference moment into recipes, so that one compiled statement serves every run of a rule.

Building a question through the ORM costs milliseconds, asking it a fraction of one. The statement of a tree is the same
at every moment; only the days and moments in it differ. They stand in it as `Ref`s and are filled in when asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, Field, QuerySet

from relance.audience.operators import DayRange, MinuteRange
from relance.audience.tree import Rule
from relance.lib.database.often import answers
from relance.lib.moments import day_of


@dataclass
class Clock:
    """A reference moment, and what rules make of it."""

    at: datetime
    zone: ZoneInfo
    given: Mapping[str, Any] = field(default_factory=dict)  # further values that a statement may name
    _ranges: dict[int, list[DayRange]] = field(default_factory=dict)  # by the rule's identity

    def __post_init__(self) -> None:
        self.day: date = day_of(self.at, self.zone)

    def ranges(self, rule: Rule) -> list[DayRange]:
        """The days that a day rule reaches."""
        found = self._ranges.get(id(rule))
        if found is None:
            assert rule.does.days is not None
            found = self._ranges[id(rule)] = rule.does.days(rule.value, self.day)
        return found

    def minutes(self, rule: Rule) -> MinuteRange:
        """The ends of a minute rule."""
        assert rule.does.minutes is not None
        return rule.does.minutes(rule.value, self.at)


Recipe = Callable[[Clock], Any]


class Ref(Expression):
    """A place in a statement for a value that a recipe makes of the clock."""

    def __init__(self, recipe: Recipe, output_field: "Field[Any, Any] | None" = None) -> None:
        super().__init__(output_field=output_field)
        self.recipe = recipe

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


@dataclass(frozen=True)
class Statement:
    """A compiled question about ids. `sql` is None when nobody can ever satisfy it."""

    sql: str | None
    parameters: tuple[Any, ...]

    def ids(self, clock: Clock) -> list[int]:
        """The ids at a moment, in the statement's order."""
        return self.ids_at([clock])[0]

    def ids_at(self, clocks: Sequence[Clock]) -> list[list[int]]:
        """The ids at each of several moments."""
        if self.sql is None:
            return [[] for _ in clocks]
        varies = [isinstance(parameter, Ref) for parameter in self.parameters]
        rows_at = answers(self.sql, varies, [self._values(clock) for clock in clocks])
        return [[pk for (pk,) in rows] for rows in rows_at]

    def _values(self, clock: Clock) -> list[Any]:
        return [_stored(p.recipe(clock)) if isinstance(p, Ref) else p for p in self.parameters]


def statement(rows: QuerySet[Any]) -> Statement:
    """The statement of a query set that yields ids and may hold `Ref`s."""
    try:
        sql, parameters = rows.query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        return Statement(None, ())
    return Statement(sql, tuple(parameters))


def _stored(value: Any) -> Any:
    """A value as this database holds it."""
    return _stored_time(value, connection.vendor) if isinstance(value, date) else value


@lru_cache(maxsize=20_000)
def _stored_time(value: date, _vendor: str) -> Any:
    """Thousands of runs ask of the same few days and moments."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value)
