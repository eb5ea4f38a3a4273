"""The query finds whom the rules mean: compared with plain Python over the same records (oracle.py)."""

from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from relance.audience.compile import Question, holding, subjects
from relance.audience.fields import CATEGORIES, SUBJECTS
from relance.audience.tree import Tree
from relance.dealers.models import Dealer
from tests.audience.oracle import Oracle
from tests.audience.rules import PAIRS, a_rule, a_tree, any_of_few, rule_of
from tests.audience.worlds import Maker, World, store
from tests.builders import a_dealer

SCOPES = ("customer", "vehicle")


def found(dealer: Dealer, world: World, tree: Tree, subject: str, scope: str) -> set[str]:
    return set(subjects(Question(dealer, tree, subject, scope, world.at)).values_list("ref", flat=True))


def check(dealer: Dealer, world: World, tree: Tree, subject: str, scope: str) -> int:
    oracle = Oracle(world, subject, scope)
    expected = oracle.due(tree)
    assert found(dealer, world, tree, subject, scope) == expected, (
        f"{subject}/{scope} at {world.at.astimezone(world.zone)}: {tree}"
    )
    gone = {row["ref"] for row in getattr(world, subject) if oracle.gone(row)}
    known = set(holding(Question(dealer, tree, subject, scope, world.at)).values_list("ref", flat=True))
    assert known - gone == expected, f"of those that are known, {subject}/{scope}: {tree}"
    return len(expected)


@pytest.mark.django_db
@pytest.mark.parametrize("category", list(CATEGORIES))
def test_every_attribute_with_every_operator_finds_the_right_people(category):
    """Each pair is asked of its own subjects and of others, in both scopes by turns."""
    dealer, pick, people = a_dealer(), Random(category), 0
    world = Maker(7, dealer.zone).make(customers=6)
    store(world, dealer)
    for number, (attribute, operator) in enumerate(PAIRS[category]):
        rule = rule_of(pick, world.day, category, attribute, operator)
        own = CATEGORIES[category].record if CATEGORIES[category].record in SUBJECTS else "customer"
        subject = own if number % 2 else list(SUBJECTS)[number // 2 % len(SUBJECTS)]
        people += check(dealer, world, (rule,), subject, pick.choice(SCOPES))
    assert people > 0


class TestGenerated(TestCase):
    """Whatever world, whatever tree, whatever night."""

    @settings(max_examples=40, deadline=None)
    @given(
        seed=st.integers(0, 10**6),
        pick=st.randoms(use_true_random=False),
        zone=st.sampled_from(["America/Toronto", "America/Toronto", "America/St_Johns", "America/Santiago"]),
    )
    def test_a_tree_finds_the_right_people(self, seed: int, pick: Random, zone: str) -> None:
        dealer = a_dealer(timezone=zone)
        world = Maker(seed, ZoneInfo(zone)).make()
        store(world, dealer)
        for _ in range(8):
            tree = a_tree(pick, world.day)
            check(dealer, world, tree, pick.choice(list(SUBJECTS)), pick.choice(SCOPES))

    @settings(max_examples=40, deadline=None)
    @given(seed=st.integers(0, 10**6), pick=st.randoms(use_true_random=False))
    def test_alternatives_in_several_tables_find_the_right_people(self, seed: int, pick: Random) -> None:
        dealer = a_dealer()
        world = Maker(seed, dealer.zone).make()
        store(world, dealer)
        for _ in range(8):
            tree: Tree = (any_of_few(pick, world.day),)
            tree = (*tree, a_rule(pick, world.day)) if pick.random() < 0.3 else tree
            check(dealer, world, tree, pick.choice(list(SUBJECTS)), pick.choice(SCOPES))
