"""Turns a question and many days into the few days on which anybody can be due at all, with one query.

A subject's own bounded day rule ("closed exactly 2 days ago") reaches only days on which records of this dealer lie.
They are read once; a run whose days hold none of them need not be asked. This only ever leaves out empty runs: it
decides nothing about anybody.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Max, Min

from relance.audience.compile import Question
from relance.audience.fields import SUBJECTS
from relance.audience.operators import DAYS, DayRange
from relance.audience.tree import Rule
from relance.lib.moments import DAY, day_of, day_start

MOST = 5_000  # distinct values: beyond that, asking run by run is no dearer


class Candidates:
    """The days that hold records, for the narrowest rule of a question."""

    def __init__(self, question: Question, days: Sequence[date]) -> None:
        self._ranges = None
        rule = _own_bounded_rule(question)
        if rule is None or len(days) < 2:
            return
        operator = rule.does
        assert operator.days is not None
        reached = [r for day in days for r in operator.days(rule.value, day)]
        found = _days_with_records(question, rule, reached)
        if found is not None:
            self._ranges = lambda day: operator.days(rule.value, day)
            self._days = found

    def may_be_due(self, day: date) -> bool:
        """Whether a run with this reference day can find anybody."""
        if self._ranges is None:
            return True
        return any(self._holds(low, high) for low, high in self._ranges(day))

    def _holds(self, low: date | None, high: date | None) -> bool:
        place = bisect_left(self._days, low or date.min)
        return place < len(self._days) and self._days[place] <= (high or date.max)


def _own_bounded_rule(question: Question) -> Rule | None:
    """A rule that must hold, reads a plain column of the subject (or of its own pick) and reaches few days."""
    for entry in question.tree:
        if not isinstance(entry, Rule) or entry.about.record != question.subject:
            continue
        if entry.does.days and entry.does.bounded and column_of(entry):
            return entry
    return None


def column_of(rule: Rule) -> str | None:
    """The plain column whose days a rule asks about."""
    if rule.is_pick:
        return rule.about.moment
    return rule.asks.column if isinstance(rule.asks.column, str) else None


def _days_with_records(question: Question, rule: Rule, reached: list[DayRange]) -> list[date] | None:
    column = column_of(rule)
    is_day = rule.about.moment_is_day if rule.is_pick else rule.asks.kind == DAYS
    zone = question.dealer.zone
    rows = SUBJECTS[question.subject].objects.of(question.dealer)  # type: ignore[attr-defined]
    ends = rows.aggregate(low=Min(column), high=Max(column))
    if ends["low"] is None or not reached:
        return []
    low = max(min(r[0] or date.min for r in reached), _as_day(ends["low"], zone))
    high = min(max(r[1] or date.max for r in reached), _as_day(ends["high"], zone))
    if low > high:
        return []
    span = (low, high) if is_day else (day_start(low, zone), day_start(high + DAY, zone))
    values = rows.filter(**{f"{column}__gte": span[0], f"{column}__lte": span[1]}).values_list(column, flat=True)
    found = list(values.distinct().order_by()[: MOST + 1])
    return None if len(found) > MOST else sorted({_as_day(value, zone) for value in found})


def _as_day(value: date | datetime, zone: object) -> date:
    return day_of(value, zone) if isinstance(value, datetime) else value  # type: ignore[arg-type]
