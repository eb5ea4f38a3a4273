"""The builders make rows that look like imported ones."""

from datetime import UTC, date, datetime

import pytest

from tests import builders

pytestmark = pytest.mark.django_db


def test_texts_become_moments_and_days_of_the_dealer():
    customer = builders.a_customer(builders.a_dealer(), birth_date="1980-02-29")
    visit = builders.an_appointment(customer, "2026-05-04T10:00")
    assert (customer.birth_date, visit.start_at) == (date(1980, 2, 29), datetime(2026, 5, 4, 14, tzinfo=UTC))


def test_folded_columns_are_filled():
    vehicle = builders.a_vehicle(builders.a_customer(builders.a_dealer(), city="Québec"), accessories=["TOW"])
    assert (vehicle.customer.city_folded, vehicle.accessories_folded) == ("quebec", ";tow;")


def test_deferred_work_belongs_to_its_order():
    order = builders.a_repair_order(builders.a_customer(builders.a_dealer()), "2026-05-04T10:00")
    assert builders.deferred_work(order).recommended_at == order.closed_at


def test_a_message_is_ready_and_can_be_found():
    customer = builders.a_customer(builders.a_dealer())
    message = builders.a_message(customer, builders.an_automation(customer.dealer))
    assert type(message).objects.of(customer.dealer).get().state == "ready"
