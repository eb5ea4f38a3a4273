"""Rules as other systems print them are taken as they are, with a hint at the shorter form."""

import pytest

from relance.plan.apply import apply_definitions
from relance.plan.definition import read_definition
from relance.plan.shipped import definition_of
from relance.plan.switching.better_form import hints
from tests.builders import A_DAY, a_dealer

WEEK = "7 rules with a day each: `days_ago_between: [174, 180]` says the same."
ONE = "One automation instead of two: run it daily with `closed_day: next_open_day` and 1 day ago."


def said(code, **changes):
    return hints(read_definition({**definition_of(code), **changes}, code))


@pytest.mark.parametrize(
    ("code", "hint"),
    [("R_SIX", [WEEK]), ("R_CSI_WEEK", [ONE]), ("R_CSI_MONDAY", [ONE]), ("R_REVIEW_WEEK", [ONE])],
)
def test_a_recipe_of_another_system_gets_its_hint(code, hint):
    assert said(code) == hint


@pytest.mark.parametrize("code", ["J_SIX", "J_CSI", "V03", "C_NOSHOW", "J_MISSED", "L_THANKS_SERVICE"])
def test_an_entry_of_ours_needs_none(code):
    assert said(code) == []


@pytest.mark.parametrize("days", [(180, 178), (180,), (180, 180)])
def test_days_with_a_gap_are_no_week(days):
    rules = [
        {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": day}
        for day in days
    ]
    assert said("J_SIX", audience=[{"any": rules}] if len(rules) > 1 else rules) == []


@pytest.mark.django_db
def test_apply_takes_it_and_tells():
    applied = apply_definitions(a_dealer(), [definition_of("R_SIX")], at=A_DAY, by="operator")
    assert applied.added == ["R_SIX"]
    assert f"R_SIX: audience: {WEEK}" in applied.warnings
