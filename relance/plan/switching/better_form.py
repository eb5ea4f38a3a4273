"""Turns rules as other systems print them into hints at the shorter form that says the same; both forms work."""

from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

from relance.audience.tree import AnyOf, Rule
from relance.plan.definition import Definition

BETWEEN = {
    "exactly_days_ago": "days_ago_between",
    "in_exactly_days": "in_days_between",
}
WORKING_WEEK = {"tue", "wed", "thu", "fri"}


def hints(definition: Definition) -> list[str]:
    """A sentence for each place that can be said more simply."""
    return [*_a_day_each(definition), *_days_around_the_weekend(definition)]


def _a_day_each(definition: Definition) -> Iterator[str]:
    """Seven alternatives "exactly 180, 179 … 174 days ago" are one week."""
    for entry in definition.tree:
        rules = entry.rules if isinstance(entry, AnyOf) else ()
        days = sorted(rule.value for rule in rules if rule.operator in BETWEEN and isinstance(rule.value, int))
        kinds = {(rule.category, rule.attribute, rule.operator, rule.of) for rule in rules}
        if len(kinds) == 1 and len(days) == len(rules) > 1 and all(b - a == 1 for a, b in pairwise(days)):
            yield _("{number} rules with a day each: `{operator}: [{first}, {last}]` says the same.").format(
                number=len(days), operator=BETWEEN[rules[0].operator], first=days[0], last=days[-1]
            )


def _days_around_the_weekend(definition: Definition) -> Iterator[str]:
    """Tuesday to Friday "one day ago" and Monday "three days ago" are one run that waits for the next open day."""
    days = set(definition.schedule.days or ())
    ago = {rule.value for rule in definition.tree if isinstance(rule, Rule) and rule.operator == "exactly_days_ago"}
    if (days == WORKING_WEEK and 1 in ago) or (days == {"mon"} and 3 in ago):
        yield _("One automation instead of two: run it daily with `closed_day: next_open_day` and 1 day ago.")
