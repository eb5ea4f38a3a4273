"""Rules go into the fields of the builder and come out again as they were; what is badly typed is kept and marked."""

import json

import pytest
from django.http import QueryDict

from relance.audience.tree import read_tree
from relance.plan.shipped import definition_of, entries
from relance.web.desk.automations.rules_typed import EntryField, change_rules, new_rule, read_rules, rule_fields

MAZDA = {"category": "vehicle", "attribute": "make", "operator": "contains", "value": "mazda"}
UNKNOWN = {"category": "vehicle", "attribute": "make", "operator": "is_unknown"}
VISIT = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 180}


def as_sent(fields: list[EntryField]) -> QueryDict:
    """What a browser sends of these fields."""
    sent = QueryDict(mutable=True)
    for entry in fields:
        for rule in entry.rules:
            sent[f"{rule.name}-field"] = rule.path
            sent[f"{rule.name}-operator"] = rule.operator.name
            sent[f"{rule.name}-of"] = rule.of
            sent.update(dict(rule.inputs))
    return sent


@pytest.mark.parametrize("code", [entry.code for entry in entries()])
def test_every_rule_of_the_library_survives_the_form(code: str) -> None:
    audience = json.loads(json.dumps(definition_of(code)["audience"]).replace("work_order", "repair_order_opened"))
    assert read_tree(read_rules(as_sent(rule_fields(audience)))) == read_tree(audience)


def test_what_cannot_be_read_keeps_its_text_and_says_what_is_needed() -> None:
    (entry,) = rule_fields([{**VISIT, "value": "soon"}])
    assert entry.rules[0].inputs == [("rule-0-0-value", "soon")]
    assert "a whole number of days" in entry.rules[0].fault


def test_an_operator_that_the_attribute_does_not_understand_is_marked() -> None:
    (entry,) = rule_fields([{**MAZDA, "operator": "less_than"}])
    assert "cannot be asked" in entry.rules[0].fault and entry.rules[0].operator.name == "is"


def test_a_rule_of_nothing_that_we_know_is_left_out() -> None:
    assert rule_fields([{"category": "weather", "attribute": "rain", "operator": "is_true"}])[0].rules == []


@pytest.mark.parametrize(
    ("act", "after"),
    [
        ("or-0-0", [{"any": [VISIT, VISIT]}, MAZDA]),
        ("remove-0-0", [MAZDA]),
        ("down-0", [MAZDA, VISIT]),
        ("up-1", [MAZDA, VISIT]),
        ("up-0", [VISIT, MAZDA]),
        ("remove-7-0", [VISIT, MAZDA]),
        ("dance", [VISIT, MAZDA]),
    ],
)
def test_an_act_changes_the_rules(act: str, after: list[dict[str, object]]) -> None:
    assert change_rules([dict(VISIT), dict(MAZDA)], act) == after


def test_taking_one_of_two_alternatives_away_leaves_a_rule() -> None:
    assert change_rules([{"any": [dict(MAZDA), dict(UNKNOWN)]}], "remove-0-1") == [MAZDA]


def test_a_condition_that_was_looked_for_begins_with_its_first_operator() -> None:
    assert new_rule("vehicle.make") == {"category": "vehicle", "attribute": "make", "operator": "is"}
    assert new_rule("weather.rain") == new_rule()


def test_another_question_begins_anew_with_what_can_be_asked_of_it() -> None:
    typed = QueryDict("rule-0-0-field=vehicle.make&rule-0-0-operator=exactly_days_ago&rule-0-0-value=180")
    (rule,) = read_rules(typed)
    assert rule == {"category": "vehicle", "attribute": "make", "operator": "is", "value": ""}
    assert not rule_fields([rule])[0].rules[0].is_begun


def test_another_question_without_a_value_has_none() -> None:
    typed = QueryDict("rule-0-0-field=customer.do_not_mail&rule-0-0-operator=is&rule-0-0-value=180")
    (rule,) = read_rules(typed)
    assert rule == {"category": "customer", "attribute": "do_not_mail", "operator": "is_true"}


def test_a_word_that_was_typed_while_the_question_changed_is_kept() -> None:
    typed = QueryDict("rule-0-0-field=vehicle.make&rule-0-0-operator=exactly_days_ago&rule-0-0-value=Mazda")
    (rule,) = read_rules(typed)
    assert (rule["operator"], rule["value"]) == ("is", "Mazda")
