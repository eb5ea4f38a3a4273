"""Operators as one table: for each its value, the days, minutes or comparison it stands for, and how it is read aloud.

Every operator is false for an unknown value, except is_unknown, does_not_exist and the negatives (docs/rules.md). A day
operator is a list of day ranges, so that the compiler can ask an index instead of calling a function on a column.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from relance.lib.moments import DAY, add_months

# What an attribute can be; an operator names the kinds that it can be asked of.
TEXT, TITLES, NUMBER, DAYS, MOMENT, FLAG, ACCESSORY, PICK, COUNT = (
    "text",
    "titles",
    "number",
    "day",
    "moment",
    "flag",
    "accessory",
    "pick",
    "count",
)
ON_A_DAY = frozenset({DAYS, MOMENT, PICK})
ON_A_MINUTE = frozenset({MOMENT, PICK})
ON_A_TEXT = frozenset({TEXT, TITLES})
ON_A_NUMBER = frozenset({NUMBER, COUNT})
ON_A_VALUE = frozenset({TEXT, TITLES, NUMBER, DAYS, MOMENT, FLAG, ACCESSORY})

DayRange = tuple[date | None, date | None]  # both ends included; None is no end
MinuteRange = tuple[tuple[str, datetime], ...]  # (lookup, moment) that must all hold
FARTHEST = 36_525  # days: a century either way is as far as a rule looks


@dataclass(frozen=True)
class Operator:
    """One row of the table. Exactly one of `days`, `minutes`, `compare` says what it does."""

    name: str
    kinds: frozenset[str]
    value: str  # none | days | minutes | months | days_pair | series | date | text | texts | number | pair | code
    says: Promise | str  # the sentence after the attribute, with {value}
    days: Callable[[Any, date], list[DayRange]] | None = None
    minutes: Callable[[int, datetime], MinuteRange] | None = None
    compare: str = ""  # the comparison's name in compile.COMPARISONS
    negative: bool = False  # true for an unknown value
    bounded: bool = False  # picks few out of many: worth beginning with


def _back(days: int) -> timedelta:
    return timedelta(days=days)


def _months_after(n: int, day: date) -> list[DayRange]:
    """The days d with d + n months = day, where a day that the month lacks becomes the month's last."""
    month = add_months(day.replace(day=1), -n)
    return [(d, d) for d in _days_of_month(month, day.day) if add_months(d, n) == day]


def _months_before(n: int, day: date) -> list[DayRange]:
    """The days d with d - n months = day, likewise."""
    month = add_months(day.replace(day=1), n)
    return [(d, d) for d in _days_of_month(month, day.day) if add_months(d, -n) == day]


def _days_of_month(first: date, since: int) -> list[date]:
    """The days of a month from its `since`th on: moved by whole months, an earlier one becomes an earlier day."""
    return [first + _back(i) for i in range(since - 1, (add_months(first, 1) - first).days)]


def _anniversary(_value: object, day: date) -> list[DayRange]:
    """The same month and day in an earlier year; 29 February counts as 28 February in common years."""
    found: list[DayRange] = []
    shown = {(day.month, day.day)}
    if shown == {(2, 28)} and (day + DAY).month == 3:
        shown.add((2, 29))
    for year in range(day.year - 1, day.year - 121, -1):
        for month, number in shown:
            try:
                found.append((date(year, month, number), date(year, month, number)))
            except ValueError:
                continue  # 29 February of a common year
    return found


def _series(value: Mapping[str, int], day: date) -> list[DayRange]:
    """n = D - day is first, first+every … and below `before` (0: no end; every 0: first only; first 0: never)."""
    first, every, before = value["first"], value["every"], value["before"]
    end = min(before or FARTHEST, FARTHEST)
    if first <= 0 or first >= end:
        return []
    if every == 1:
        return [(day - _back(end - 1), day - _back(first))]
    return [(day - _back(n), day - _back(n)) for n in range(first, end if every else first + 1, every or 1)]


def _row(
    name: str, value: str, says: Promise | str, days: Callable[[Any, date], list[DayRange]], bounded: bool
) -> Operator:
    return Operator(name, ON_A_DAY, value, says, days=days, bounded=bounded)


def _minute(name: str, says: Promise | str, minutes: Callable[[int, datetime], MinuteRange], bounded: bool) -> Operator:
    return Operator(name, ON_A_MINUTE, "minutes", says, minutes=minutes, bounded=bounded)


def _ago(n: int, at: datetime) -> datetime:
    return at - timedelta(minutes=n)


def _text(name: str, value: str, says: Promise | str, compare: str, negative: bool = False) -> Operator:
    return Operator(name, ON_A_TEXT, value, says, compare=compare, negative=negative)


def _number(name: str, value: str, says: Promise | str, negative: bool = False) -> Operator:
    return Operator(name, ON_A_NUMBER, value, says, compare=name, negative=negative)


_TABLE = (
    _row("exactly_days_ago", "days", _("{value} days ago"), lambda n, d: [(d - _back(n), d - _back(n))], True),
    _row("in_exactly_days", "days", _("in {value} days"), lambda n, d: [(d + _back(n), d + _back(n))], True),
    _row("at_most_days_ago", "days", _("at most {value} days ago"), lambda n, d: [(d - _back(n), d)], True),
    _row("less_than_days_ago", "days", _("less than {value} days ago"), lambda n, d: [(d - _back(n - 1), d)], True),
    _row("at_least_days_ago", "days", _("at least {value} days ago"), lambda n, d: [(None, d - _back(n))], False),
    _row("more_than_days_ago", "days", _("more than {value} days ago"), lambda n, d: [(None, d - _back(n + 1))], False),
    _row(
        "days_ago_between",
        "days_pair",
        _("between {value} days ago"),
        lambda v, d: [(d - _back(v[1]), d - _back(v[0]))],
        True,
    ),
    _row(
        "in_days_between",
        "days_pair",
        _("in between {value} days"),
        lambda v, d: [(d + _back(v[0]), d + _back(v[1]))],
        True,
    ),
    _row("in_at_most_days", "days", _("in at most {value} days"), lambda n, d: [(d, d + _back(n))], True),
    _row("in_less_than_days", "days", _("in less than {value} days"), lambda n, d: [(d, d + _back(n - 1))], True),
    _row("in_at_least_days", "days", _("in at least {value} days"), lambda n, d: [(d + _back(n), None)], False),
    _row("in_more_than_days", "days", _("in more than {value} days"), lambda n, d: [(d + _back(n + 1), None)], False),
    _row("exactly_months_ago", "months", _("{value} months ago"), _months_after, True),
    _row("in_exactly_months", "months", _("in {value} months"), _months_before, True),
    _row("anniversary", "none", _("has its anniversary today"), _anniversary, True),
    _row("days_ago_in_series", "series", _("{value} days ago"), _series, True),
    _row("on", "date", _("on {value}"), lambda v, _d: [(v, v)], True),
    _row("before", "date", _("before {value}"), lambda v, _d: [(None, v - DAY)] if v > date.min else [], False),
    _row("after", "date", _("after {value}"), lambda v, _d: [(v + DAY, None)] if v < date.max else [], False),
    _minute(
        "at_most_minutes_ago", _("at most {value} minutes ago"), lambda n, t: (("gte", _ago(n, t)), ("lte", t)), True
    ),
    _minute(
        "less_than_minutes_ago", _("less than {value} minutes ago"), lambda n, t: (("gt", _ago(n, t)), ("lte", t)), True
    ),
    _minute("at_least_minutes_ago", _("at least {value} minutes ago"), lambda n, t: (("lte", _ago(n, t)),), False),
    _minute("more_than_minutes_ago", _("more than {value} minutes ago"), lambda n, t: (("lt", _ago(n, t)),), False),
    _minute(
        "in_at_most_minutes", _("in at most {value} minutes"), lambda n, t: (("gt", t), ("lte", _ago(-n, t))), True
    ),
    _minute("in_at_least_minutes", _("in at least {value} minutes"), lambda n, t: (("gte", _ago(-n, t)),), False),
    _text("is", "text", _("is {value}"), "is"),
    _text("is_not", "text", _("is not {value}"), "not is", True),
    _text("is_one_of", "texts", _("is one of {value}"), "is_one_of"),
    _text("is_none_of", "texts", _("is none of {value}"), "not is_one_of", True),
    _text("contains", "text", _("contains {value}"), "contains"),
    _text("does_not_contain", "text", _("does not contain {value}"), "not contains", True),
    _text("starts_with", "text", _("starts with {value}"), "starts_with"),
    _number("equal", "number", _("equals {value}")),
    _number("not_equal", "number", _("does not equal {value}"), True),
    _number("less_than", "number", _("is less than {value}")),
    _number("at_most", "number", _("is at most {value}")),
    _number("more_than", "number", _("is more than {value}")),
    _number("at_least", "number", _("is at least {value}")),
    _number("between", "pair", _("is between {value}")),
    Operator("is_true", frozenset({FLAG}), "none", _("is true"), compare="is_true"),
    Operator("is_false", frozenset({FLAG}), "none", _("is not true"), compare="is_false"),
    Operator("is_present", frozenset({ACCESSORY}), "code", _("{value} is present"), compare="is_present"),
    Operator(
        "is_absent", frozenset({ACCESSORY}), "code", _("{value} is absent"), compare="not is_present", negative=True
    ),
    Operator("is_known", ON_A_VALUE, "none", _("is known"), compare="is_known"),
    Operator("is_unknown", ON_A_VALUE, "none", _("is unknown"), compare="is_unknown", negative=True),
    Operator("exists", frozenset({PICK}), "none", _("exists"), compare="exists"),
    Operator("does_not_exist", frozenset({PICK}), "none", _("does not exist"), compare="does_not_exist", negative=True),
)
OPERATORS: dict[str, Operator] = {row.name: row for row in _TABLE}

# The words of other systems, accepted on input (folded, anything but letters and digits as one underscore).
SYNONYMS: dict[str, str] = {
    "in_more_than": "in_more_than_days",
    "in_less_than": "in_less_than_days",
    "in_at_least": "in_at_least_days",
    "in_at_most": "in_at_most_days",
    "in_exactly": "in_exactly_days",
    "in_between": "in_days_between",
    "in": "in_exactly_days",
    "is_empty": "is_unknown",
    "is_not_empty": "is_known",
    "doesnt_exist": "does_not_exist",
    "not_exists": "does_not_exist",
    "does_not_contains": "does_not_contain",
    "doesnt_contain": "does_not_contain",
    "not_contains": "does_not_contain",
    "equals": "equal",
    "is_equal_to": "equal",
    "is_not_equal": "not_equal",
    "is_not_equal_to": "not_equal",
    "less_than_or_equal": "at_most",
    "more_than_or_equal": "at_least",
    "greater_than": "more_than",
    "greater_than_or_equal": "at_least",
    "exactly": "exactly_days_ago",
    "days_ago": "exactly_days_ago",
    "less_than_or_equal_days_ago": "at_most_days_ago",
    "more_than_or_equal_days_ago": "at_least_days_ago",
    "in_days": "in_exactly_days",
    "in_months": "in_exactly_months",
    "months_ago": "exactly_months_ago",
    "one_of": "is_one_of",
    "is_any_of": "is_one_of",
    "none_of": "is_none_of",
    "less_than_or_equal_minutes": "at_most_minutes_ago",
    "more_than_or_equal_minutes": "at_least_minutes_ago",
    "less_than_minutes": "less_than_minutes_ago",
    "more_than_minutes": "more_than_minutes_ago",
}
# The same words mean a distance in days when they are asked of a day, a moment or a pick …
DAY_SYNONYMS: dict[str, str] = {
    "less_than": "less_than_days_ago",
    "less_than_or_equal": "at_most_days_ago",
    "at_most": "at_most_days_ago",
    "more_than": "more_than_days_ago",
    "greater_than": "more_than_days_ago",
    "more_than_or_equal": "at_least_days_ago",
    "greater_than_or_equal": "at_least_days_ago",
    "at_least": "at_least_days_ago",
    "is": "on",
    "equal": "exactly_days_ago",
    "equals": "exactly_days_ago",
    "between": "days_ago_between",
}
# … a distance in minutes when they are asked of the time of a visit …
MINUTE_SYNONYMS: dict[str, str] = {
    "less_than": "less_than_minutes_ago",
    "less_than_or_equal": "at_most_minutes_ago",
    "at_most": "at_most_minutes_ago",
    "more_than": "more_than_minutes_ago",
    "greater_than": "more_than_minutes_ago",
    "more_than_or_equal": "at_least_minutes_ago",
    "greater_than_or_equal": "at_least_minutes_ago",
    "at_least": "at_least_minutes_ago",
}
# … and the words of numbers are understood of texts, those of texts of numbers.
TEXT_SYNONYMS: dict[str, str] = {"equal": "is", "equals": "is", "not_equal": "is_not", "is_not_equal": "is_not"}
NUMBER_SYNONYMS: dict[str, str] = {"is": "equal", "is_not": "not_equal"}
OF_KIND: dict[str, dict[str, str]] = {
    **dict.fromkeys(ON_A_DAY, DAY_SYNONYMS),
    **dict.fromkeys(ON_A_TEXT, TEXT_SYNONYMS),
    **dict.fromkeys(ON_A_NUMBER, NUMBER_SYNONYMS),
}
