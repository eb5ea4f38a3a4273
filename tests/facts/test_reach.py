"""Whose customers somebody sees."""

import pytest

from relance.dealers.models import Dealer
from relance.dealers.rights import Reach
from relance.facts.reach import customers_within
from tests.builders import a_customer, a_dealer, a_repair_order, a_sale, an_appointment

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer() -> Dealer:
    dealer = a_dealer()
    a_customer(dealer, ref="hers", salesperson="Éva-7")
    a_sale(a_customer(dealer, ref="sold by her"), "2026-05-04", salesperson="éva-7")
    a_repair_order(a_customer(dealer, ref="repaired"), "2026-05-04T10:00")
    an_appointment(a_customer(dealer, ref="coming"), "2026-05-09T10:00")
    a_customer(dealer, ref="nobody's")
    a_customer(a_dealer("south"), ref="foreign", salesperson="Éva-7")
    return dealer


def seen(dealer: Dealer, reach: Reach, reference: str = "") -> set[str]:
    return set(customers_within(dealer, reach, reference).values_list("ref", flat=True))


def test_all_are_all_of_the_dealer(dealer: Dealer) -> None:
    assert seen(dealer, "all") == {"hers", "sold by her", "repaired", "coming", "nobody's"}


def test_one_s_own_are_named_by_the_customer_or_by_a_sale_in_any_case(dealer: Dealer) -> None:
    assert seen(dealer, "own", "ÉVA-7") == {"hers", "sold by her"}


def test_without_a_reference_nobody_is_one_s_own(dealer: Dealer) -> None:
    assert seen(dealer, "own") == seen(dealer, "own", "  ") == set()


def test_service_are_those_who_came_or_come(dealer: Dealer) -> None:
    assert seen(dealer, "service") == {"repaired", "coming"}
