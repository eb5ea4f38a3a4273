"""The numbers of a library entry: they stand where the entry says, 0 switches off, nonsense is refused."""

from typing import Any

import pytest

from relance.lib.errors import BadInput
from relance.plan.definition import read_definition
from relance.plan.shipped import definition_of, demo_entries, entries, entry_of, library_line
from tests.builders import a_dealer

WITH_NUMBERS = [(entry.code, parameter) for entry in entries() for parameter in entry.parameters]
NUMBER_IDS = [f"{code}-{parameter.name}" for code, parameter in WITH_NUMBERS]
NUMBERED = ("days", "months", "minutes")


def rule(definition, attribute):
    return next(rule for rule in definition["audience"] if rule.get("attribute") == attribute)


def numbered(code, parameter, value, **others):
    """The entry's definition with one of its numbers changed."""
    words: dict[str, Any] = {parameter.name: value, **others}
    return definition_of(code, **words)


@pytest.mark.parametrize(("code", "parameter"), WITH_NUMBERS, ids=NUMBER_IDS)
def test_a_number_changes_the_definition(code, parameter):
    if parameter.kind in NUMBERED:
        changed = numbered(code, parameter, parameter.default + 1)
        assert changed != definition_of(code)
        read_definition(changed, code)


@pytest.mark.parametrize(("code", "parameter"), WITH_NUMBERS, ids=NUMBER_IDS)
def test_no_number_makes_a_definition_that_cannot_be_read(code, parameter):
    if parameter.kind in NUMBERED:
        for value in (0, max(parameter.min, 1), parameter.max):
            read_definition(numbered(code, parameter, value), code)


@pytest.mark.parametrize(("code", "parameter"), WITH_NUMBERS, ids=NUMBER_IDS)
def test_zero_switches_off_where_it_says_so(code, parameter):
    if parameter.kind in NUMBERED:
        zero = numbered(code, parameter, 0, status="on")
        assert zero["status"] == ("off" if parameter.zero == "switches_off" else "on")


def test_one_number_may_stand_in_several_places():
    definition = definition_of("C_NOSHOW", days=3)
    assert rule(definition, "date")["value"] == 3
    assert definition["audience"][2]["any"][0]["value"] == 3


def test_a_week_is_counted_from_the_number():
    assert rule(definition_of("J_SIX", days=365), "last_time")["value"] == [359, 365]
    assert rule(definition_of("E01", days=40), "next_service_on")["value"] == [33, 40]


def test_an_inactive_series_keeps_its_zeros():
    value = rule(definition_of("C_INACT", status="on", inactive=30, interval=0, dead=0), "last_time")["value"]
    assert value == {"first": 30, "every": 0, "before": 0}


def test_a_renewal_list_can_be_left_out():
    definition = definition_of("V03", status="on", months_2=0)
    assert [alternative["value"] for alternative in definition["audience"][1]["any"]] == [6, 1]


def test_without_any_renewal_list_the_entry_is_off():
    assert definition_of("V03", status="on", months_1=0, months_2=0, months_3=0)["status"] == "off"


def test_makes_are_alternatives():
    definition = definition_of("J_UPSELL", makes=["Mazda", "Ford"])
    assert [make["value"] for make in definition["audience"][1]["any"]] == ["Mazda", "Ford"]


def test_one_make_is_a_plain_rule():
    assert rule(definition_of("J_UPSELL", makes=["Mazda"]), "make")["value"] == "Mazda"


def test_without_makes_everyone_is_asked():
    assert [rule["attribute"] for rule in definition_of("J_UPSELL")["audience"]] == ["delivered_on"]


def test_words_that_must_not_stand_there_all_count():
    rules = definition_of("L_THANKS_REPAIR", service_words=["oil", "vidange"])["audience"][2:]
    assert [(rule["operator"], rule["value"]) for rule in rules] == [
        ("does_not_contain", "oil"),
        ("does_not_contain", "vidange"),
    ]


def test_an_accessory_is_had_or_not():
    has = definition_of("V09", accessory="TOW", having="is_present")["audience"][0]
    assert (has["operator"], has["value"]) == ("is_present", "TOW")


def test_accessory_entries_are_numbered():
    assert [entry_of(code).name["en"] for code in ("V08", "V17")] == ["Accessory promotion 1", "Accessory promotion 10"]


@pytest.mark.parametrize(
    ("code", "given", "says"),
    [
        ("C_REM9", {}, "C_REM"),
        ("C_REM1", {"day": 3}, "'days'"),
        ("C_REM1", {"days": 900}, "from 0 to 365"),
        ("C_REM1", {"days": "soon"}, "whole number"),
        ("V08", {"having": "present"}, "is_present"),
    ],
)
def test_nonsense_is_refused_in_one_line(code, given, says):
    with pytest.raises(BadInput, match=says):
        definition_of(code, **given)


def test_a_recipe_keeps_the_words_of_the_better_entry():
    literal, better = definition_of("R_SIX"), definition_of("J_SIX")
    assert literal["wording"] == better["wording"]
    assert len(literal["audience"][0]["any"]) == 7
    assert library_line(entry_of("R_SIX"))["better"] == "J_SIX"


def test_the_week_of_a_survey_is_two_recipes():
    week, monday = definition_of("R_CSI_WEEK"), definition_of("R_CSI_MONDAY")
    assert (week["schedule"]["days"], rule(week, "last_time")["value"]) == (["tue", "wed", "thu", "fri"], 1)
    assert (monday["schedule"]["days"], rule(monday, "last_time")["value"]) == (["mon"], 3)


@pytest.mark.django_db
def test_the_demo_is_switched_on_and_named_in_the_dealers_language():
    found = {definition["code"]: definition for definition in demo_entries(a_dealer(language="fr"))}
    assert found["J_SIX"]["status"] == "on"
    assert found["J_SIX"]["name"] == "Relance après six mois"
