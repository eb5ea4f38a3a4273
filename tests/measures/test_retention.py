"""Who came back, who is at risk, who is lost; who bought again."""

from datetime import date

import pytest

from relance.measures.results.share import Share
from relance.measures.retention import retention, sales_rate, service_rates
from tests.builders import A_DAY, a_customer, a_dealer, a_repair_order, a_sale, a_vehicle

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 4)


@pytest.mark.parametrize(
    ("last_visit", "in_service_on", "standing"),
    [
        ("2025-06-01T10:00", "2020-01-01", "active"),
        ("2025-05-04T10:00", "2020-01-01", "active"),
        ("2025-05-03T10:00", "2020-01-01", "at_risk"),
        ("2024-05-03T10:00", "2020-01-01", "lost"),
        (None, "2020-01-01", "lost"),
        (None, "2026-01-01", "active"),
        (None, None, "lost"),
    ],
)
def test_a_vehicle_stands_where_its_last_visit_puts_it(last_visit, in_service_on, standing):
    dealer = a_dealer()
    customer = a_customer(dealer)
    vehicle = a_vehicle(customer, in_service_on=in_service_on)
    if last_visit:
        a_repair_order(customer, last_visit, vehicle=vehicle)
    found = retention(dealer, at=A_DAY)
    assert getattr(found.vehicles, standing) == found.vehicles.total == 1
    assert getattr(found.by_model_year[2022], standing) == 1
    assert [getattr(cohort, standing) for cohort in found.by_cohort.values()] == [1]


def test_a_sold_vehicle_is_neither_lost_nor_active():
    dealer = a_dealer()
    a_vehicle(a_customer(dealer), status="sold")
    assert retention(dealer, at=A_DAY).vehicles.total == 0


def test_the_service_rate_asks_who_of_last_year_came_again():
    dealer = a_dealer()
    loyal, gone, new = (a_customer(dealer) for _ in range(3))
    for customer in (loyal, gone):
        a_repair_order(customer, "2024-10-01T10:00")
    for customer in (loyal, new):
        a_repair_order(customer, "2025-10-01T10:00")
    rates = service_rates(dealer, today=TODAY)
    assert [(rate.until, rate.share) for rate in rates] == [(TODAY, Share(1, 2))]


def test_the_sales_rate_asks_who_bought_again():
    dealer = a_dealer()
    again, once = a_customer(dealer), a_customer(dealer)
    for customer in (again, once):
        a_sale(customer, "2022-01-10")
    a_sale(again, "2025-02-01")
    a_sale(a_customer(dealer), "2025-12-01")
    assert sales_rate(dealer, today=TODAY) == Share(1, 2)
