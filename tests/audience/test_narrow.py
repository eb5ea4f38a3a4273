"""Leaving out empty runs never leaves out anybody."""

from datetime import date, time, timedelta
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from relance.audience.compile import Question, subjects
from relance.audience.fields import CATEGORIES, SUBJECTS
from relance.audience.narrow import Candidates
from relance.audience.operators import OPERATORS
from relance.audience.tree import read_tree
from relance.lib.moments import DAY, local
from tests.audience.rules import PAIRS, rule_of
from tests.audience.worlds import Maker, store
from tests.builders import A_DAY, a_customer, a_dealer, a_repair_order

BOUNDED = {
    subject: [
        (name, attribute, operator)
        for name, rows in PAIRS.items()
        if CATEGORIES[name].record == subject
        for attribute, operator in rows
        if OPERATORS[operator.name].days and operator.bounded
    ]
    for subject in SUBJECTS
}


class TestGenerated(TestCase):
    """Own rules with few days, any operator: a run that finds somebody is asked."""

    @settings(max_examples=30, deadline=None)
    @given(
        seed=st.integers(0, 10**6),
        pick=st.randoms(use_true_random=False),
        scope=st.sampled_from(["customer", "vehicle"]),
    )
    def test_a_run_that_finds_somebody_is_never_left_out(self, seed: int, pick: Random, scope: str) -> None:
        dealer = a_dealer()
        world = Maker(seed, dealer.zone).make(customers=3)
        store(world, dealer)
        subject = pick.choice([name for name, rows in BOUNDED.items() if rows])
        rule = rule_of(pick, world.day, *pick.choice(BOUNDED[subject]))
        days = [world.day + timedelta(days=n) for n in range(-3, 4)]
        clock = pick.choice([time(0), time(10), time(23, 59)])
        candidates = Candidates(Question(dealer, (rule,), subject, scope, world.at + 4 * DAY), days)
        for day in days:
            at = local(day, clock, dealer.zone)
            if subjects(Question(dealer, (rule,), subject, scope, at)).exists():
                assert candidates.may_be_due(day), (subject, rule, day)


def question(dealer, operator, value):
    rule = {"category": "repair_order_closed", "attribute": "happened_at", "operator": operator, "value": value}
    return Question(dealer, read_tree([rule]), "repair_order", "customer", A_DAY)


@pytest.mark.django_db
def test_days_that_reach_no_record_are_left_out():
    dealer = a_dealer()
    a_repair_order(a_customer(dealer), "2026-05-02T10:00")
    days = [A_DAY.date() + n * DAY for n in range(10)]
    candidates = Candidates(question(dealer, "exactly_days_ago", 4), days)
    assert [day.day for day in days if candidates.may_be_due(day)] == [6]


@pytest.mark.django_db
def test_a_series_that_reaches_no_day_leaves_out_every_run():
    dealer = a_dealer()
    a_repair_order(a_customer(dealer), "2026-05-02T10:00")
    days = [A_DAY.date() + n * DAY for n in range(10)]
    candidates = Candidates(question(dealer, "days_ago_in_series", {"first": 0}), days)
    assert not any(candidates.may_be_due(day) for day in days)


@pytest.mark.django_db
def test_without_such_a_rule_nothing_is_read_and_nothing_left_out():
    dealer = a_dealer()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        candidates = Candidates(question(dealer, "at_least_days_ago", 4), [A_DAY.date(), A_DAY.date() + DAY])
    assert candidates.may_be_due(date.max)
    assert len(queries) == 0
