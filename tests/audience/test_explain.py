"""What `why` tells of a rule is what planning asks: the same question, rule by rule."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from relance.audience.compile import Question, holding
from relance.audience.explain import explain
from relance.audience.fields import SUBJECTS
from relance.audience.tree import read_tree
from tests.audience.oracle import Oracle
from tests.audience.rules import a_tree
from tests.audience.worlds import Maker, store
from tests.builders import A_DAY, a_customer, a_dealer, a_repair_order, a_vehicle, an_appointment


class TestGenerated(TestCase):
    """For every subject: `holds` is membership, each finding is the rule by itself."""

    @settings(max_examples=15, deadline=None)
    @given(
        seed=st.integers(0, 10**6),
        pick=st.randoms(use_true_random=False),
        scope=st.sampled_from(["customer", "vehicle"]),
    )
    def test_findings_are_the_rules_and_holds_is_the_question(self, seed: int, pick: Random, scope: str) -> None:
        dealer = a_dealer()
        world = Maker(seed, dealer.zone).make(customers=3)
        store(world, dealer)
        tree, subject = a_tree(pick, world.day), pick.choice(list(SUBJECTS))
        question, oracle = Question(dealer, tree, subject, scope, world.at), Oracle(world, subject, scope)
        refs = {row.pk: row.ref for row in holding(Question(dealer, (), subject, scope, world.at))}  # type: ignore[attr-defined]

        explained = explain(question, list(refs))

        assert {pk for pk, e in explained.items() if e.holds} == set(holding(question).values_list("pk", flat=True))
        rows = {row["ref"]: row for row in getattr(world, subject)}
        for pk, found in explained.items():
            for finding in found.findings:
                assert finding.holds == oracle.single(finding.rule, rows[refs[pk]]), (tree, finding)


def explained(dealer, customer, *audience, subject="customer", row=None):
    rules = [dict(zip(("category", "attribute", "operator", "value"), words, strict=False)) for words in audience]
    question = Question(dealer, read_tree(rules), subject, "customer", A_DAY)
    pk = (row or customer).pk
    return [(finding.value, finding.holds) for finding in explain(question, [pk])[pk].findings]


@pytest.mark.django_db
def test_each_rule_shows_the_value_that_it_found():
    dealer = a_dealer()
    customer = a_customer(dealer, city="Québec", meta={"club": "Gold"}, meta_folded={"club": "gold"})
    a_vehicle(customer, make="Mazda")
    order = a_repair_order(customer, "2026-05-02T10:00", packages=["Oil change"])
    assert explained(
        dealer,
        customer,
        ("customer", "city", "is", "quebec"),
        ("customer", "meta_club", "is", "silver"),
        ("customer", "birth_date", "is_unknown"),
        ("vehicle", "make", "is", "kia"),
        ("repair_order_closed", "last_time", "exactly_days_ago", 2),
        ("repair_order_closed", "times", "equal", 1),
        ("repair_order_closed", "package", "contains", "oil"),
        ("appointment", "next_one", "does_not_exist"),
    ) == [
        ("Québec", True),
        ("gold", False),
        (None, True),
        ("Mazda", False),
        (order.closed_at, True),
        (1, True),
        (["Oil change"], True),
        (None, True),
    ]


@pytest.mark.django_db
def test_the_picked_record_is_shown_as_it_is_picked():
    dealer = a_dealer()
    customer = a_customer(dealer)
    an_appointment(customer, "2026-05-06T10:00", status="canceled")
    soon = an_appointment(customer, "2026-05-07T10:00")
    an_appointment(customer, "2026-05-09T10:00")
    assert explained(dealer, customer, ("appointment", "next_one", "in_exactly_days", 3)) == [(soon.start_at, True)]


@pytest.mark.django_db
def test_of_a_longer_history_the_latest_values_are_shown():
    dealer = a_dealer()
    customer = a_customer(dealer)
    for day, amount in ((1, 10), (2, 20), (3, 30), (4, 40)):
        a_repair_order(customer, f"2026-04-0{day}T10:00", customer_sale=amount)
    assert explained(dealer, customer, ("repair_order_closed", "customer_sale", "more_than", 25)) == [
        ([40, 30, 20], True)
    ]


@pytest.mark.django_db
def test_record_rules_may_each_hold_while_no_one_record_fits_all():
    dealer = a_dealer()
    customer = a_customer(dealer)
    a_repair_order(customer, "2026-05-02T10:00", customer_sale=10)
    a_repair_order(customer, "2026-03-01T10:00", customer_sale=500)
    rules = read_tree(
        [
            {"category": "repair_order_closed", "attribute": "customer_sale", "operator": "at_least", "value": 100},
            {"category": "repair_order_closed", "attribute": "happened_at", "operator": "exactly_days_ago", "value": 2},
        ]
    )
    found = explain(Question(dealer, rules, "customer", "customer", A_DAY), [customer.pk])[customer.pk]
    assert (found.holds, [f.holds for f in found.findings]) == (False, [True, True])
