"""Turns an operator's comparison with a column or expression into a condition; negatives hold for the unknown."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, FloatField, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import (
    Contains,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    StartsWith,
)

from relance.audience.fields import Attribute
from relance.audience.operators import TITLES
from relance.lib.fold import fold

NOBODY = Q(pk__in=())
LOOKUPS: dict[str, Any] = {
    "exact": Exact,
    "in": In,
    "gt": GreaterThan,
    "gte": GreaterThanOrEqual,
    "lt": LessThan,
    "lte": LessThanOrEqual,
    "contains": Contains,
    "startswith": StartsWith,
    "isnull": IsNull,
}


def compare(target: Any, lookup: str, value: Any) -> Q:
    """A comparison of a column (text) or an expression."""
    if isinstance(target, str):
        return Q(**{f"{target}__{lookup}": value})
    return Q(LOOKUPS[lookup](target, value))


# Comparisons by name: (target, attribute, value, known) -> condition. Negatives are true for an unknown value.


def _is(target: Any, attribute: Attribute, value: str) -> Q:
    if attribute.kind == TITLES:
        return compare(target, "contains", f"\n{fold(value)}\n")
    return compare(target, "exact", fold(value))


def _is_one_of(target: Any, attribute: Attribute, values: Sequence[str]) -> Q:
    if attribute.kind == TITLES:
        return reduce(or_, (_is(target, attribute, value) for value in values))
    return compare(target, "in", sorted({fold(value) for value in values}))


def _contains(target: Any, _attribute: Attribute, value: str) -> Q:
    return compare(target, "contains", fold(value))


def _starts_with(target: Any, attribute: Attribute, value: str) -> Q:
    if attribute.kind == TITLES:
        return compare(target, "contains", f"\n{fold(value)}")
    return compare(target, "startswith", fold(value))


def _is_present(target: Any, _attribute: Attribute, code: str) -> Q:
    return compare(target, "contains", f";{fold(code)};")


def _plain(positive: Callable[[Any, Attribute, Any], Q]) -> Callable[[Any, Attribute, Any, Q], Q]:
    return lambda target, attribute, value, _known: positive(target, attribute, value)


def _not(positive: Callable[[Any, Attribute, Any], Q]) -> Callable[[Any, Attribute, Any, Q], Q]:
    def negative(target: Any, attribute: Attribute, value: Any, _known: Q) -> Q:
        return compare(target, "isnull", True) | ~positive(target, attribute, value)

    return negative


def _so(target: Any, value: bool, known: Q) -> Q:
    if isinstance(target, str):
        return compare(target, "exact", value)
    return known & (Q(target) if value else ~Q(target))


def _figure(value: Decimal) -> Any:
    """A number as compared: a fraction must not be cut to a whole number because the column holds whole ones."""
    return value if value == value.to_integral_value() else Value(float(value), FloatField())


def _is_known(target: Any, known: Q) -> Q:
    """A derived flag (in_shop) has an answer for every record there is."""
    if isinstance(target, Exists):
        return known or ~NOBODY
    # By an expression: SQLite would walk nearly everybody in the order of an index, and read their histories at random.
    return compare(Coalesce(target, target), "isnull", False)


POSITIVES: dict[str, Callable[[Any, Attribute, Any], Q]] = {
    "is": _is,
    "is_one_of": _is_one_of,
    "contains": _contains,
    "starts_with": _starts_with,
    "is_present": _is_present,
    "equal": lambda target, _a, value: compare(target, "exact", _figure(value)),
}
COMPARISONS: dict[str, Callable[[Any, Attribute, Any, Q], Q]] = {
    **{name: _plain(f) for name, f in POSITIVES.items()},
    **{f"not {name}": _not(f) for name, f in POSITIVES.items()},
    "not_equal": _not(POSITIVES["equal"]),
    "less_than": lambda target, _a, value, _k: compare(target, "lt", _figure(value)),
    "at_most": lambda target, _a, value, _k: compare(target, "lte", _figure(value)),
    "more_than": lambda target, _a, value, _k: compare(target, "gt", _figure(value)),
    "at_least": lambda target, _a, value, _k: compare(target, "gte", _figure(value)),
    "between": lambda target, _a, value, _k: (
        compare(target, "gte", _figure(value[0])) & compare(target, "lte", _figure(value[1]))
    ),
    "is_true": lambda target, _a, _v, known: _so(target, True, known),
    "is_false": lambda target, _a, _v, known: _so(target, False, known),
    "is_known": lambda target, _a, _v, known: _is_known(target, known),
    "is_unknown": lambda target, _a, _v, known: (
        ~_is_known(target, known) if isinstance(target, Exists) else ~compare(target, "isnull", False)
    ),
}
