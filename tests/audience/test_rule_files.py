"""Rules as written in a file are understood, or refused with the path to the fault and the nearest allowed word."""

from datetime import date

import pytest
from django.utils import translation

from relance.audience.operators import (
    DAY_SYNONYMS,
    MINUTE_SYNONYMS,
    NUMBER_SYNONYMS,
    OPERATORS,
    SYNONYMS,
    TEXT_SYNONYMS,
)
from relance.audience.sentence import entry_in_words, sentence
from relance.audience.tree import AnyOf, read_rule, read_tree
from relance.lib.errors import BadInput

MAZDA = {"category": "vehicle", "attribute": "make", "operator": "contains", "value": "mazda"}
CLOSED = {"category": "repair_order_closed", "attribute": "last_time"}
A_DAY = {"category": "appointment", "attribute": "date"}
AMOUNT = {"category": "deferred_work", "attribute": "amount"}

FAULTS = [
    ("make is mazda", "audience: must be a list of rules"),
    (["make is mazda"], "audience[0]: must be a rule {category, attribute, operator, value} or {any: […]}"),
    ([MAZDA | {"catgory": "x"}], "audience[0]: unknown key 'catgory', did you mean 'category'?"),
    ([MAZDA, {"category": "vehicle", "attribute": "make"}], "audience[1]: `operator` is missing"),
    ([MAZDA | {"category": "vehicel"}], "audience[0].category: unknown category 'vehicel', did you mean 'vehicle'?"),
    ([MAZDA | {"attribute": "mke"}], "audience[0].attribute: unknown attribute 'mke', did you mean 'make'?"),
    ([MAZDA | {"operator": "contain"}], "audience[0].operator: unknown operator 'contain', did you mean 'contains'?"),
    ([MAZDA | {"operator": "exactly_days_ago"}], "audience[0].operator: `exactly_days_ago` cannot be asked of `make`"),
    ([{"any": [MAZDA, MAZDA | {"value": None}]}], "audience[0].any[1].value: `contains` needs a text (found None)"),
    ([{"any": []}], "audience[0].any: must be a list of at least one rule"),
    ([{"any": [{"any": [MAZDA]}]}], "audience[0].any[0]: unknown key 'any'"),
    ([{"any": [MAZDA], "category": "x"}], "audience[0]: `any` stands alone, beside it nothing is allowed"),
    ([MAZDA | {"of": "J_CSI"}], "audience[0].of: only message_sent and message_received can name an automation"),
    ([MAZDA | {"attribute": "meta_"}], "audience[0].attribute: unknown attribute 'meta_'"),
    ([AMOUNT | {"attribute": "meta_x", "operator": "is", "value": "a"}], "audience[0].attribute: unknown attribute"),
    ([MAZDA] * 201, "audience: more than 200 rules"),
    (
        [{"category": "sale", "attribute": "last_time", "operator": "at_most_minutes_ago", "value": 5}],
        "audience[0].operator: of a sale only the day is known",
    ),
]


@pytest.mark.parametrize(("entries", "line"), FAULTS, ids=[line[:60] for _, line in FAULTS])
def test_a_fault_is_told_with_its_path_and_the_nearest_word(entries, line):
    with pytest.raises(BadInput) as fault:
        read_tree(entries)
    assert str(fault.value).startswith(line)


BAD_VALUES = [
    (CLOSED, "exactly_days_ago", -1, "a whole number of days, 0 or more"),
    (CLOSED, "exactly_days_ago", 1.5, "a whole number of days, 0 or more"),
    (CLOSED, "exactly_days_ago", "soon", "a whole number of days, 0 or more"),
    (CLOSED, "exactly_days_ago", True, "a whole number of days, 0 or more"),
    (CLOSED, "exactly_days_ago", 10**9, "a whole number of days, 0 or more"),
    (CLOSED, "exactly_days_ago", float("inf"), "a whole number of days, 0 or more"),
    (CLOSED, "days_ago_between", [180, 174], "the smaller first"),
    (CLOSED, "days_ago_between", [1, 2, 3], "the smaller first"),
    (CLOSED, "days_ago_between", 5, "the smaller first"),
    (CLOSED, "at_most_minutes_ago", None, "a whole number of minutes"),
    (CLOSED, "exactly_months_ago", 1201, "a whole number of months"),
    (CLOSED, "days_ago_in_series", {"every": 2}, "{first: days, every: days, before: days}"),
    (CLOSED, "days_ago_in_series", {"first": 1, "evry": 2}, "{first: days, every: days, before: days}"),
    (CLOSED, "days_ago_in_series", 3, "{first: days, every: days, before: days}"),
    (CLOSED, "exists", 1, "no value"),
    (A_DAY, "before", "next week", "a day like 2026-03-01"),
    (A_DAY, "before", 5, "a day like 2026-03-01"),
    (AMOUNT, "more_than", "much", "a number"),
    (AMOUNT, "more_than", "NaN", "a number"),
    (AMOUNT, "more_than", 10**15, "a number of at most nine digits"),
    (AMOUNT, "between", [10], "two numbers"),
    (AMOUNT, "between", [20, 10], "two numbers"),
    (MAZDA, "is", ["a"], "a text"),
    (MAZDA, "is", "  ", "a text"),
    (MAZDA, "is_one_of", [], "a list of texts"),
    (MAZDA, "is_one_of", [None], "a list of texts"),
]


@pytest.mark.parametrize(("rule", "operator", "value", "form"), BAD_VALUES)
def test_a_value_of_the_wrong_form_is_refused_with_the_form_expected(rule, operator, value, form):
    with pytest.raises(BadInput, match=r"^audience\.value: `") as fault:
        read_rule(rule | {"operator": operator, "value": value}, "audience")
    assert form in str(fault.value)


def test_a_custom_column_is_asked_whatever_its_case():
    assert read_rule(MAZDA | {"attribute": "Meta_Club Level"}, "r").attribute == "meta_club level"


KINDS = {"text": MAZDA, "number": AMOUNT, "day": CLOSED}
VALUES = {
    "days": 3, "months": 3, "minutes": 3, "text": "a", "texts": ["a"], "number": 3, "pair": [1, 3], "none": None,
    "days_pair": [1, 3], "date": "2026-03-01",
}  # fmt: skip


@pytest.mark.parametrize(("word", "meant"), [*SYNONYMS.items()])
def test_words_of_other_systems_are_understood(word, meant):
    kinds = OPERATORS[meant].kinds
    rule = next(rule for kind, rule in [*KINDS.items(), ("pick", CLOSED), ("moment", A_DAY)] if kind in kinds)
    spoken = word.replace("_", " ").upper()
    assert read_rule(rule | {"operator": spoken, "value": VALUES[OPERATORS[meant].value]}, "r").operator == meant


@pytest.mark.parametrize(("word", "meant"), [*DAY_SYNONYMS.items()])
def test_words_for_numbers_mean_days_when_asked_of_a_day(word, meant):
    value = VALUES[OPERATORS[meant].value]
    assert read_rule(A_DAY | {"operator": word, "value": value}, "r").operator == meant
    assert read_rule(CLOSED | {"operator": word, "value": value}, "r").operator == meant


@pytest.mark.parametrize(("word", "meant"), [*MINUTE_SYNONYMS.items()])
def test_words_for_numbers_mean_minutes_when_asked_of_the_time_of_a_visit(word, meant):
    time = {"category": "appointment", "attribute": "time", "operator": word, "value": 130}
    assert read_rule(time, "r").operator == meant


@pytest.mark.parametrize(("rule", "words"), [(MAZDA, TEXT_SYNONYMS), (AMOUNT, NUMBER_SYNONYMS)])
def test_words_for_texts_and_numbers_are_understood_of_each_other(rule, words):
    for word, meant in words.items():
        assert read_rule(rule | {"operator": word, "value": 3}, "r").operator == meant


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("Less than or equal (minutes)", "at_most_minutes_ago"),
        ("More than … days ago", "more_than_days_ago"),
        ("Does not exist", "does_not_exist"),
        ("doesn’t exist", "does_not_exist"),
    ],
)
def test_operators_are_read_as_other_systems_print_them(printed, meant):
    value = {"value": 3} if "than" in printed else {}
    last = {"category": "repair_order_opened", "attribute": "last_time", "operator": printed}
    assert read_rule(last | value, "r").operator == meant


def test_a_bare_on_that_yaml_read_as_true_is_the_operator():
    rule = read_rule(A_DAY | {"operator": True, "value": date(2026, 3, 1)}, "r")
    assert (rule.operator, rule.value) == ("on", date(2026, 3, 1))


def test_work_order_keeps_its_name_and_is_another_name_of_repair_order_opened():
    rule = read_rule({"category": "work_order", "attribute": "times", "operator": "equal", "value": 0}, "r")
    assert rule.category == "work_order"
    assert rule.about.name == "repair_order_opened"


def test_one_text_is_a_list_of_one():
    assert read_rule(MAZDA | {"operator": "is_one_of", "value": "kia"}, "r").value == ("kia",)


def test_alternatives_stay_together():
    (entry,) = read_tree([{"any": [MAZDA, MAZDA | {"value": "kia"}]}])
    assert isinstance(entry, AnyOf)
    assert [rule.value for rule in entry.rules] == ["mazda", "kia"]


SENTENCES = [
    (MAZDA, "vehicle: make contains “mazda”"),
    (CLOSED | {"operator": "exactly_days_ago", "value": 2}, "repair order (closed): the last visit 2 days ago"),
    (
        CLOSED | {"operator": "days_ago_between", "value": [1, 2]},
        "repair order (closed): the last visit between 1 and 2 days ago",
    ),
    (
        CLOSED | {"operator": "days_ago_in_series", "value": {"first": 180, "every": 90, "before": 720}},
        "repair order (closed): the last visit 180, then every 90 until 720 days ago",
    ),
    (MAZDA | {"operator": "is_one_of", "value": ["a", "b"]}, "vehicle: make is one of “a”, “b”"),
    (
        {"category": "message_sent", "attribute": "times", "operator": "equal", "value": 0, "of": "J_CSI"},
        "message sent: number of messages (J_CSI) equals 0",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "read"), SENTENCES, ids=[read for _, read in SENTENCES])
def test_a_rule_reads_as_a_sentence(rule, read):
    assert sentence(read_rule(rule, "r")) == read


def test_alternatives_are_joined_by_or():
    (entry,) = read_tree([{"any": [MAZDA, MAZDA | {"value": "kia"}]}])
    assert entry_in_words(entry) == "vehicle: make contains “mazda” or vehicle: make contains “kia”"


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("fr", "véhicule\u00a0: marque contient «\u00a0mazda\u00a0»"),
        ("es", "vehículo: marca contiene «mazda»"),
        ("et", "sõiduk: mark sisaldab „mazda“"),
    ],
)
def test_a_rule_is_quoted_as_the_language_does(language, says):
    with translation.override(language):
        assert sentence(read_rule(MAZDA, "r")) == says
