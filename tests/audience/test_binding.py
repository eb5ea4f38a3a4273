"""What the rules are about (docs/audience.md): the reading of each sentence of the contract, by hand."""

from datetime import UTC, datetime

import pytest

from relance.audience.compile import Question, subjects
from relance.audience.tree import read_tree
from relance.facts.models import Touch
from tests.builders import (
    a_customer,
    a_dealer,
    a_repair_order,
    a_row,
    a_sale,
    a_vehicle,
    an_appointment,
    deferred_work,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 4, 14, tzinfo=UTC)
NO_NEXT = {"category": "appointment", "attribute": "next_one", "operator": "does_not_exist"}


@pytest.fixture
def dealer():
    return a_dealer()


def rule(category, attribute, operator, value=None, of=None):
    words = {"category": category, "attribute": attribute, "operator": operator, "value": value, "of": of}
    return {key: word for key, word in words.items() if word is not None}


def due(dealer, *audience, subject="customer", scope="customer", at=AT):
    question = Question(dealer, read_tree(audience), subject, scope, at)
    return sorted(subjects(question).values_list("ref", flat=True))


def test_one_record_satisfies_all_rules_of_its_category(dealer):
    split, whole = a_customer(dealer, ref="split"), a_customer(dealer, ref="whole")
    a_repair_order(split, "2026-05-02T10:00", customer_sale=10)
    a_repair_order(split, "2026-03-01T10:00", customer_sale=500)
    a_repair_order(whole, "2026-05-02T10:00", customer_sale=500)
    dear = rule("repair_order_closed", "customer_sale", "at_least", 100)
    lately = rule("repair_order_closed", "happened_at", "exactly_days_ago", 2)
    assert due(dealer, dear, lately) == ["whole"]
    assert due(dealer, {"any": [dear]}, lately) == ["whole"]
    assert due(dealer, {"any": [dear, rule("vehicle", "make", "is", "Kia")]}, lately) == ["split", "whole"]


def test_opened_and_closed_bind_apart_and_work_order_is_opened(dealer):
    split = a_customer(dealer, ref="split")
    a_repair_order(split, "2026-05-02T10:00", customer_sale=10)
    a_repair_order(split, None, opened_at="2026-03-01T10:00", customer_sale=500)
    lately = rule("repair_order_opened", "happened_at", "exactly_days_ago", 2)
    paid = rule("repair_order_closed", "customer_sale", "at_least", 1)
    assert due(dealer, rule("work_order", "customer_sale", "at_least", 100), lately) == []
    assert due(dealer, paid, rule("work_order", "state", "is", "open")) == ["split"]


def test_own_conditions_read_the_subject_even_where_its_history_does_not_list_it(dealer):
    a_sale(a_customer(dealer), None, ref="S-open", ordered_at="2026-05-01T10:00")
    a_sale(a_customer(dealer), "2026-05-02", ref="S-done", ordered_at="2026-05-01T10:00")
    assert due(dealer, rule("sale", "delivered_on", "is_unknown"), subject="sale") == ["S-open"]


def test_an_own_pick_demands_that_the_subject_is_the_picked_record(dealer):
    customer = a_customer(dealer)
    a_repair_order(customer, "2026-05-01T10:00", ref="R-old")
    a_repair_order(customer, "2026-05-02T10:00", ref="R-new")
    old = rule("repair_order_closed", "last_time", "exactly_days_ago", 3)
    new = rule("repair_order_closed", "last_time", "exactly_days_ago", 2)
    assert due(dealer, old, subject="repair_order") == []
    assert due(dealer, new, subject="repair_order") == ["R-new"]
    assert due(dealer, rule("work_order", "last_time", "exists"), subject="repair_order") == ["R-new"]


def test_an_own_pick_that_must_not_exist_is_true_of_every_subject_when_nothing_is_picked(dealer):
    a_repair_order(a_customer(dealer), None, opened_at="2026-06-01T10:00", ref="R-ahead")
    last = rule("repair_order_opened", "last_time", "does_not_exist")
    assert due(dealer, last, subject="repair_order") == ["R-ahead"]


def test_of_two_records_of_one_moment_the_greater_id_as_text_is_picked(dealer):
    customer = a_customer(dealer)
    a_repair_order(customer, "2026-05-02T10:00", ref="10")
    a_repair_order(customer, "2026-05-02T10:00", ref="9")
    assert due(dealer, rule("repair_order_closed", "last_time", "exists"), subject="repair_order") == ["9"]


def test_a_pick_of_another_category_is_not_bound_to_the_record_that_rules_agree_on(dealer):
    customer = a_customer(dealer, ref="C")
    a_repair_order(customer, "2026-01-02T10:00", customer_sale=500)
    a_repair_order(customer, "2026-05-02T10:00", customer_sale=10)
    dear = rule("repair_order_closed", "customer_sale", "at_least", 100)
    last = rule("repair_order_closed", "last_time", "exactly_days_ago", 2)
    assert due(dealer, dear, last) == ["C"]


def test_counting_is_zero_and_never_unknown_and_looks_at_the_reference_moment(dealer):
    customer = a_customer(dealer, ref="C")
    a_customer(dealer, ref="D")
    an_appointment(customer, "2026-05-01T10:00")
    an_appointment(customer, "2026-05-02T10:00", status="canceled")
    an_appointment(customer, "2026-05-09T10:00")
    assert due(dealer, rule("appointment", "times", "equal", 1)) == ["C"]
    assert due(dealer, rule("appointment", "times", "equal", 0)) == ["D"]


def test_the_next_one_is_neither_canceled_nor_over_and_starts_after_the_moment(dealer):
    for status in ("canceled", "no_show", "completed"):
        an_appointment(a_customer(dealer, ref=status), "2026-05-05T10:00", status=status)
    an_appointment(a_customer(dealer, ref="now"), "2026-05-04T10:00")
    an_appointment(a_customer(dealer, ref="unknown code"), "2026-05-05T10:00", status=None)
    assert due(dealer, rule("appointment", "next_one", "exists")) == ["unknown code"]


def test_with_scope_vehicle_the_history_is_the_vehicles(dealer):
    customer = a_customer(dealer)
    one, two = a_vehicle(customer, ref="V1"), a_vehicle(customer, ref="V2")
    an_appointment(customer, "2026-05-09T10:00", vehicle=one)
    an_appointment(customer, "2026-05-09T10:00")
    for vehicle in (one, two):
        a_repair_order(customer, "2026-05-02T10:00", vehicle=vehicle, ref=f"R-{vehicle.ref}")
    a_repair_order(customer, "2026-05-02T10:00", ref="R-none")
    closed = rule("repair_order_closed", "happened_at", "exactly_days_ago", 2)
    assert due(dealer, closed, NO_NEXT, subject="repair_order", scope="vehicle") == ["R-V2", "R-none"]
    assert due(dealer, closed, NO_NEXT, subject="repair_order") == []


def test_with_scope_vehicle_a_subject_without_a_vehicle_is_never_the_picked_one(dealer):
    a_repair_order(a_customer(dealer), "2026-05-02T10:00")
    last = rule("repair_order_closed", "last_time", "exactly_days_ago", 2)
    assert due(dealer, last, subject="repair_order", scope="vehicle") == []


def test_deferred_work_of_a_repair_order_is_that_orders(dealer):
    customer = a_customer(dealer)
    with_work, without = (a_repair_order(customer, "2026-05-02T10:00", ref=ref) for ref in ("R-with", "R-without"))
    deferred_work(with_work, "Front brakes")
    brakes = rule("deferred_work", "description", "contains", "brakes")
    assert due(dealer, brakes, subject="repair_order") == ["R-with"]
    assert due(dealer, rule("deferred_work", "times", "equal", 0), subject="repair_order") == [without.ref]
    assert due(dealer, brakes) == [customer.ref]


def test_one_active_vehicle_of_a_customer_fits_all_rules(dealer):
    split, whole, gone = (a_customer(dealer, ref=ref) for ref in ("split", "whole", "gone"))
    a_vehicle(split, make="Mazda", year=2010)
    a_vehicle(split, make="Kia", year=2022)
    a_vehicle(whole, make="Mazda", year=2022)
    a_vehicle(gone, make="Mazda", year=2022, status="sold")
    assert due(dealer, rule("vehicle", "make", "is", "mazda"), rule("vehicle", "year", "equal", 2022)) == ["whole"]


def test_without_a_vehicle_its_values_are_unknown(dealer):
    a_repair_order(a_customer(dealer), "2026-05-02T10:00", ref="R")
    for operator, value in (("is_not", "Mazda"), ("is_unknown", None), ("does_not_contain", "a")):
        assert due(dealer, rule("vehicle", "make", operator, value), subject="repair_order") == ["R"]
    for operator, value in (("is", "Mazda"), ("is_known", None), ("contains", "a")):
        assert due(dealer, rule("vehicle", "make", operator, value), subject="repair_order") == []
    assert due(dealer, rule("vehicle", "in_shop", "is_unknown"), subject="repair_order") == ["R"]
    assert due(dealer, rule("vehicle", "in_shop", "is_false"), subject="repair_order") == []


@pytest.mark.parametrize("status", ["sold", "scrapped"])
def test_gone_vehicles_and_appointments_of_them_are_never_subjects(dealer, status):
    customer = a_customer(dealer)
    vehicle = a_vehicle(customer, status=status)
    an_appointment(customer, "2026-05-05T10:00", vehicle=vehicle)
    a_repair_order(customer, "2026-05-02T10:00", vehicle=vehicle, ref="R")
    assert due(dealer, subject="vehicle") == due(dealer, subject="appointment") == []
    assert due(dealer, subject="repair_order") == ["R"]


def test_messages_sent_can_be_asked_of_one_automation(dealer):
    asked, other = a_customer(dealer, ref="asked"), a_customer(dealer, ref="other")
    for customer, code in ((asked, "J_CSI"), (other, "SR180")):
        a_row(Touch, dealer, customer=customer, kind="sent", ref=code, happened_at=AT, channel="sms", code=code)
    csi = rule("message_sent", "times", "equal", 1, of="J_CSI")
    assert due(dealer, csi) == ["asked"]
    assert due(dealer, rule("message_sent", "last_time", "does_not_exist", of="J_CSI")) == ["other"]
    assert due(dealer, rule("message_sent", "channel", "is", "sms", of="SR180")) == ["other"]


def test_sent_received_and_survey_are_three_histories(dealer):
    customer = a_customer(dealer, ref="C")
    a_row(Touch, dealer, customer=customer, kind="survey", ref="x", happened_at=AT, channel="email", score=3)
    assert due(dealer, rule("survey", "score", "less_than", 3.5)) == ["C"]
    assert due(dealer, rule("message_sent", "times", "equal", 0), rule("message_received", "times", "equal", 0)) == [
        "C"
    ]


def test_a_series_reaches_back_for_years_by_the_day_of_the_dealer(dealer):
    a_repair_order(a_customer(dealer, ref="day"), "2016-06-25T23:59")
    a_repair_order(a_customer(dealer, ref="beside"), "2016-06-26T00:00")
    every_thirty = {"first": 30, "every": 30}
    assert due(dealer, rule("repair_order_closed", "happened_at", "days_ago_in_series", every_thirty)) == ["day"]


def test_nobody_of_another_dealer_is_found(dealer):
    other = a_dealer("south")
    a_repair_order(a_customer(other), "2026-05-02T10:00")
    assert due(dealer, rule("repair_order_closed", "happened_at", "exactly_days_ago", 2)) == []
    assert due(dealer) == []
