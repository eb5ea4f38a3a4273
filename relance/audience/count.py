"""Turns a question into how many it finds, while it is typed: exactly, or "more than" and exactly a moment later.

It never runs away: each statement has a time limit, and a question that is too slow is explained.
"""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.audience.compile import Question, subjects
from relance.audience.sentence import sentence
from relance.audience.tree import AnyOf, Rule, rules_of
from relance.lib.database.time_limit import TooLong, time_limit

AT_LEAST = (10_000, 1_000, 100)  # "more than" so many, the largest that can be found in time
SHOWN = 5
EVERY = {
    "customer": gettext_lazy("every customer"),
    "vehicle": gettext_lazy("every vehicle"),
    "appointment": gettext_lazy("every appointment"),
    "repair_order": gettext_lazy("every repair order"),
    "sale": gettext_lazy("every sale"),
    "deferred_work": gettext_lazy("every deferred line"),
}


@dataclass(frozen=True)
class Counted:
    """What was found in time. `exact` None: `more_than` so many; both None: nothing could be said, `explained` why."""

    exact: int | None = None
    more_than: int | None = None
    first: list[int] = field(default_factory=list)
    explained: str | None = None


def count(question: Question, *, soft_ms: int = 200, hard_ms: int = 2000, patiently: bool = False) -> Counted:
    """How many subjects match, and the first few.

    At once: exact when the soft limit allows, else "more than". `patiently`: exact up to the hard limit, for the second
    question a moment later. What takes longer than the hard limit is given up and explained.
    """
    rows = subjects(question).order_by()
    exact = _exactly(rows, hard_ms if patiently else soft_ms)
    if exact is not None:
        return Counted(exact, None, _first(rows, hard_ms) if exact else [])
    more_than, first = _more_than(rows, soft_ms)
    explained = explain_slowness(question) if patiently or more_than is None else None
    return Counted(None, more_than, first, explained)


def _exactly(rows: QuerySet[Model], limit: int) -> int | None:
    try:
        with time_limit(limit):
            return rows.count()
    except TooLong:
        return None


def _more_than(rows: QuerySet[Model], soft_ms: int) -> tuple[int | None, list[int]]:
    """The largest of a few round numbers that is certainly exceeded, and the first few ids."""
    for number in AT_LEAST:
        try:
            with time_limit(max(soft_ms // 2, 1)):
                found = [pk for (pk,) in rows.values_list("pk")[: number + 1]]
        except TooLong:
            continue
        return (number if len(found) > number else len(found) - 1) if found else None, found[:SHOWN]
    return None, []


def _first(rows: QuerySet[Any], limit: int) -> list[int]:
    try:
        with time_limit(limit):
            return list(rows.values_list("pk", flat=True)[:SHOWN])
    except TooLong:
        return []


def explain_slowness(question: Question) -> str:
    """Why a question takes long: what it begins with, and what would make it quick."""
    every = str(EVERY[question.subject])
    slow = [rule for rule in rules_of(question.tree) if not rule.does.bounded]
    if _begins_somewhere(question):
        return _("This takes longer than it should: its days hold very many records. Choose fewer days.")
    advice = _("Add a rule that says on which day something happened, for example “the last visit: 180 days ago”.")
    if not slow:
        return _("This takes long: the search starts from {every}.").format(every=every) + " " + advice
    because = _("This takes long: “{rule}” narrows nothing down, so the search starts from {every}.")
    return because.format(rule=sentence(slow[0]), every=every) + " " + advice


def _begins_somewhere(question: Question) -> bool:
    """Whether a rule that must hold reaches few days or minutes, so that an index finds its records."""
    entries: list[Rule | AnyOf] = list(question.tree)
    return any(isinstance(entry, Rule) and entry.does.bounded for entry in entries)
