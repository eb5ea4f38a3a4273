"""Turns a question and one subject into findings: for each rule the value found and whether it holds.

It is the same compiled question, asked rule by rule of one row: there is no second evaluator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Case, F, Model, QuerySet, Value, When

from relance.audience.compile import Question, asked_of, conditions, history_of, single
from relance.audience.fields import SUBJECTS
from relance.audience.operators import COUNT, PICK
from relance.audience.tree import AnyOf, Rule, Tree

SHOWN_VALUES = 3


@dataclass(frozen=True)
class Finding:
    """One rule of one entry: alternatives of an `any` share the entry's number."""

    entry: int
    rule: Rule
    value: Any
    holds: bool


@dataclass(frozen=True)
class Explained:
    """A subject against a tree. `holds` is the whole question's answer, not the sum of the findings: record rules of
    one category must also agree on one record."""

    subject_id: int
    holds: bool
    findings: tuple[Finding, ...]


def explain(question: Question, ids: Sequence[int]) -> dict[int, Explained]:
    """Findings for each of the subjects that there is."""
    rules = _numbered(question.tree)
    flags = {f"holds_{i}": _flag(single(question, rule)) for i, (_, rule) in enumerate(rules)}
    rows: QuerySet[Model] = SUBJECTS[question.subject].objects.of(question.dealer)  # type: ignore[attr-defined]
    rows = rows.filter(pk__in=ids).annotate(**flags)
    all_of_it = set(rows.filter(*conditions(question)).values_list("pk", flat=True))
    found: dict[int, Explained] = {}
    for row in rows:
        findings = tuple(
            Finding(entry, rule, found_value(question, row, rule), bool(getattr(row, f"holds_{i}")))
            for i, (entry, rule) in enumerate(rules)
        )
        found[row.pk] = Explained(row.pk, row.pk in all_of_it, findings)
    return found


def _numbered(tree: Tree) -> list[tuple[int, Rule]]:
    return [
        (number, rule)
        for number, entry in enumerate(tree)
        for rule in (entry.rules if isinstance(entry, AnyOf) else (entry,))
    ]


def _flag(condition: Any) -> Any:
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def found_value(question: Question, row: Model, rule: Rule) -> Any:
    """The subject's own value, the picked record's moment, the count, or some values of a history."""
    history = history_of(question, row, rule)
    if history is None:
        return _own_value(question, row, rule)
    if rule.asks.kind == COUNT:
        return history.count()
    moment = rule.about.moment
    if rule.asks.kind == PICK:
        order = (moment, "-ref") if rule.asks.pick == "next" else (f"-{moment}", "-ref")
        return history.order_by(*order).values_list(moment, flat=True).first()
    values = history.annotate(found=_column(question, rule, "")).values_list("found", flat=True)
    if moment:
        values = values.order_by(f"-{moment}")
    shown = list(values[:SHOWN_VALUES])
    return shown[0] if len(shown) == 1 else shown or None


def _own_value(question: Question, row: Model, rule: Rule) -> Any:
    prefix = "" if rule.about.record == question.subject else f"{rule.about.record}__"
    rows = type(row).objects.of(question.dealer).filter(pk=row.pk)  # type: ignore[attr-defined]
    return rows.annotate(found=_column(question, rule, prefix)).values_list("found", flat=True).first()


def _column(question: Question, rule: Rule, prefix: str) -> Any:
    attribute = rule.asks
    if callable(attribute.column):
        return attribute.column(asked_of(question, prefix))
    return F(prefix + (attribute.shown or attribute.column))
