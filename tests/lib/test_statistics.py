"""A table that has grown is looked at again, so that the database finds a person's rows among all of a dealer's."""

from datetime import timedelta

import pytest
from django.db import connection

from relance.facts.models import Customer, Touch
from relance.lib.database.statistics import WORTH_KNOWING, look_at_grown_tables
from relance.lib.rows import Among
from tests.builders import A_DAY, a_customer, a_dealer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL looks at its tables by itself"),
]


def written_to(dealer, number: int) -> list[int]:
    """So many people who heard from the dealer; their keys."""
    people = Customer.objects.of(dealer).bulk_create(
        Customer(dealer=dealer, ref=f"W{n}", status="active") for n in range(number)
    )
    Touch.objects.of(dealer).bulk_create(
        Touch(dealer=dealer, customer=one, kind="sent", ref=f"w{one.pk}", happened_at=A_DAY) for one in people
    )
    return [one.pk for one in people]


def plan_for(dealer, people: list[int]) -> str:
    lately = {"kind": "sent", "happened_at__gte": A_DAY - timedelta(days=4)}
    return Touch.objects.of(dealer).filter(Among("customer_id", people), **lately).values_list("ref").explain()


def test_what_few_people_heard_is_found_by_the_people_once_the_table_was_looked_at():
    dealer = a_dealer()
    people = written_to(dealer, WORTH_KNOWING + 100)
    assert "facts_touch" in look_at_grown_tables()
    assert "touch_of_customer" in plan_for(dealer, people[:50])


def test_a_table_is_looked_at_once_until_it_has_grown_much():
    dealer = a_dealer()
    written_to(dealer, WORTH_KNOWING + 100)
    look_at_grown_tables()
    a_customer(dealer)
    assert look_at_grown_tables() == []


def test_a_small_table_is_not_worth_it():
    written_to(a_dealer(), 10)
    assert "facts_touch" not in look_at_grown_tables()


def test_a_table_that_was_emptied_meanwhile_is_not_looked_at_for_its_last_key():
    dealer = a_dealer()
    people = written_to(dealer, WORTH_KNOWING + 100)
    Touch.objects.of(dealer).filter(customer__in=people[:-10]).delete()
    assert "facts_touch" not in look_at_grown_tables()
