"""The deck's arithmetic to the cent, the proportional model beside it, and the dealer's own figures."""

from decimal import Decimal

import pytest

from relance.measures.economics import Assumptions, measured, reckon
from relance.measures.results.share import Share
from tests.builders import A_DAY, a_customer, a_dealer, a_repair_order, a_vehicle


def test_two_thousand_vehicles_cost_twelve_thousand_a_year():
    assert reckon(Assumptions()).fee == 12_000


def test_the_deck_s_own_arithmetic():
    found = reckon(Assumptions())
    assert [found.service_revenue, found.as_sold.service_revenue] == [4_500_000, 4_950_000]
    assert [found.as_sold.more, found.as_sold.net] == [450_000, 438_000]


def test_the_proportional_model():
    found = reckon(Assumptions()).proportional
    assert [found.service_revenue, found.more, found.net] == [6_300_000, 1_800_000, 1_788_000]


def test_what_a_visit_brings():
    visit = reckon(Assumptions()).visit
    assert [visit.labour, visit.revenue, visit.parts_cost] == [Decimal("112.50"), 225, Decimal("73.13")]
    assert visit.gross_profit == Decimal("124.87")


def test_a_thousand_web_bookings_and_their_prize():
    found = reckon(Assumptions())
    assert [found.bookings, found.after_prize] == [125_000, 124_500]


def test_no_retention_today_has_no_proportion():
    assert reckon(Assumptions(retention_now=Decimal(0))).proportional.more == 0


@pytest.mark.django_db
def test_the_dealer_s_own_year():
    dealer = a_dealer()
    customer = a_customer(dealer)
    a_vehicle(customer)
    a_vehicle(customer, status="sold")
    a_repair_order(customer, "2024-10-01T10:00", customer_sale=Decimal(999))
    a_repair_order(customer, "2025-10-01T10:00", customer_sale=Decimal(300), warranty_sale=Decimal(100))
    a_repair_order(customer, "2025-11-01T10:00", internal_sale=Decimal(70), billing="internal")
    found = measured(dealer, at=A_DAY)
    assert [found.vehicles, found.service_revenue, found.visits, found.a_visit] == [1, 400, 1, 400]
    assert found.retention == Share(1, 1)
