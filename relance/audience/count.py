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
from relance.lib.database.time_limit import Deadline, TooLong, as_many_as_come, time_limit

FOR_ALL = 0.55  # the share of the time at once in which the exact number may come; the rest is for "more than"
SPARE = 10  # milliseconds that are left for everything around the questions
MOST_SEEN = 10_001  # whoever sees so many says "more than 10,000"
EVERYBODY = 10**9  # with it the order stays: that of the key, in which the rows and their histories lie on the disk
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

    At once: exact when there is time, else "more than", within the soft limit, building the question included.
    `patiently`: exact up to the hard limit, for the second question a moment later. What takes longer is given up and
    explained.
    """
    deadline = Deadline(hard_ms if patiently else soft_ms)
    rows = subjects(question).order_by("pk")
    everybody = rows[:EVERYBODY] if _reads_histories(question) else rows.order_by()
    exact = _exactly(everybody, deadline.left if patiently else round(deadline.left * FOR_ALL))
    if exact is not None:
        return Counted(exact, None, _seen(rows, hard_ms, SHOWN) if exact else [])
    seen = _seen(rows, soft_ms if patiently else deadline.left - SPARE, MOST_SEEN)
    explained = explain_slowness(question) if patiently or not seen else None
    return Counted(None, _round_down(len(seen) - 1) if seen else None, seen[:SHOWN], explained)


def _exactly(rows: QuerySet[Model], limit: int) -> int | None:
    try:
        with time_limit(limit):
            return rows.count()
    except TooLong:
        return None


def _reads_histories(question: Question) -> bool:
    return any(rule.is_pick or rule.about.record != question.subject for rule in rules_of(question.tree))


def _seen(rows: QuerySet[Any], limit: int, most: int) -> list[int]:
    """The ids that come up within so many milliseconds, `most` of them at most."""
    return as_many_as_come(rows.values_list("pk", flat=True)[:most].iterator(chunk_size=100), max(limit, 1))


def _round_down(number: int) -> int:
    """3,482 as 3,000: what is certainly exceeded, said in one figure; small numbers as they are."""
    if number < 100:
        return number
    tens = int(10 ** (len(str(number)) - 1))
    return number // tens * tens


def explain_slowness(question: Question) -> str:
    """Why a question takes long: what it begins with, and what would make it quick."""
    every = str(EVERY[question.subject])
    slow = [rule for rule in rules_of(question.tree) if not rule.does.bounded]
    if _begins_somewhere(question):
        return _("This takes longer than it should: its days hold very many records. Choose fewer days.")
    advice = _("Add a rule that says on which day something happened, for example “the last visit: 180 days ago”.")
    if not slow:
        return _("This takes a while: the search starts from {every}.").format(every=every) + " " + advice
    because = _("This takes a while: “{rule}” narrows nothing down, so the search starts from {every}.")
    return because.format(rule=sentence(slow[0]), every=every) + " " + advice


def _begins_somewhere(question: Question) -> bool:
    """Whether a rule that must hold reaches few days or minutes, so that an index finds its records."""
    entries: list[Rule | AnyOf] = list(question.tree)
    return any(isinstance(entry, Rule) and entry.does.bounded for entry in entries)
