"""Turns the days and minutes of a rule into ranges on a column, so that an index finds them."""

from collections.abc import Callable
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.db.models.functions import TruncDate
from django.db.models.lookups import In

from relance.audience.compare import NOBODY, compare
from relance.audience.reference import Clock, Recipe
from relance.audience.tree import Rule
from relance.lib.moments import DAY, day_start

MOST_RANGES = 150  # days of a series that are asked one by one


class Ranges:
    """The ranges of the rules of one question; `value` makes a recipe's value, now or when it is asked."""

    def __init__(self, clock: Clock, value: Callable[[Recipe], Any]) -> None:
        self.clock, self.value = clock, value

    def on_days(self, target: Any, rule: Rule, *, is_day: bool) -> Q:
        """Any of the rule's day ranges, on a day column or on a moment column of the dealer's zone."""
        ranges = self.clock.ranges(rule)
        if not ranges:
            return NOBODY
        single_days = len(ranges) > 1 and all(low == high for low, high in ranges)
        if is_day and single_days:
            return compare(target, "in", [self.value(_end(rule, i, 0)) for i in range(len(ranges))])
        if single_days and len(ranges) > MOST_RANGES:
            return self.on_days_of_moments(target, rule)
        return reduce(or_, (self.in_range(target, rule, i, is_day=is_day) for i in range(len(ranges))))

    def on_days_of_moments(self, column: str, rule: Rule) -> Q:
        """A long series: the span by the index, the days by the calendar (databases limit how deep conditions nest)."""
        number = len(self.clock.ranges(rule))
        days = [self.value(_end(rule, i, 0)) for i in range(number)]
        first = self.value(lambda clock: day_start(min(r[0] or date.max for r in clock.ranges(rule)), clock.zone))
        last = self.value(lambda clock: day_start(max(r[0] or date.min for r in clock.ranges(rule)) + DAY, clock.zone))
        span = compare(column, "gte", first) & compare(column, "lt", last)
        return span & Q(In(TruncDate(column, tzinfo=self.clock.zone), days))

    def in_range(self, target: Any, rule: Rule, place: int, *, is_day: bool) -> Q:
        """One of the rule's day ranges."""
        low, high = self.clock.ranges(rule)[place]
        if is_day and low is not None and low == high:
            return compare(target, "exact", self.value(_end(rule, place, 0)))
        found = Q()
        if low is not None:
            found &= compare(target, "gte", self.value(_end(rule, place, 0) if is_day else _begin_of(rule, place)))
        if high is not None:
            ends = _end(rule, place, 1) if is_day else _end_of(rule, place)
            found &= compare(target, "lte" if is_day else "lt", self.value(ends))
        return found

    def on_minutes(self, target: Any, rule: Rule) -> Q:
        found = Q()
        for place, (lookup, _) in enumerate(self.clock.minutes(rule)):
            found &= compare(target, lookup, self.value(_minute(rule, place)))
        return found

    def beyond(self, rule: Rule) -> Q | None:
        """What goes before everything in the one range of a ★ rule; None when nothing can."""
        category = rule.about
        low, high = self.clock.ranges(rule)[0]
        if rule.asks.pick == "next":
            begin = _end(rule, 0, 0) if category.moment_is_day else _begin_of(rule, 0)
            return None if low is None else compare(category.moment, "lt", self.value(begin))
        ends = _end(rule, 0, 1) if category.moment_is_day else _end_of(rule, 0)
        return (
            None
            if high is None
            else compare(category.moment, "gt" if category.moment_is_day else "gte", self.value(ends))
        )


# Recipes: what a rule makes of the clock.


def _end(rule: Rule, place: int, end: int) -> Recipe:
    return lambda clock: clock.ranges(rule)[place][end]


def _begin_of(rule: Rule, place: int) -> Recipe:
    return lambda clock: day_start(clock.ranges(rule)[place][0] or date.min, clock.zone)


def _end_of(rule: Rule, place: int) -> Recipe:
    return lambda clock: day_start(min(clock.ranges(rule)[place][1] or date.max, date.max - DAY) + DAY, clock.zone)


def _minute(rule: Rule, place: int) -> Recipe:
    return lambda clock: clock.minutes(rule)[place][1]
