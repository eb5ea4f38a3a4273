"""Two dealers with the same ids side by side: each sees its own rows."""

import pytest

from relance.dealers.access import DealerRow
from tests import builders
from tests.contracts.test_tables import ROWS

pytestmark = pytest.mark.django_db


def everything_of(slug):
    dealer = builders.a_dealer(slug)
    builders.a_staff_member(dealer)
    builders.a_user(dealer, email=f"manager@{slug}.example")
    customer = builders.a_customer(dealer, ref="C1")
    vehicle = builders.a_vehicle(customer, ref="V1")
    builders.an_appointment(customer, "2026-05-04T10:00", ref="A1", vehicle=vehicle)
    builders.deferred_work(builders.a_repair_order(customer, "2026-05-04T10:00", ref="R1", vehicle=vehicle), ref="D1")
    builders.a_sale(customer, "2026-05-04", ref="S1", vehicle=vehicle)
    builders.consent(customer)
    builders.a_message(customer, builders.an_automation(dealer))
    return dealer


def test_each_dealer_sees_its_own_rows():
    north, south = everything_of("north"), everything_of("south")
    seen = {model: [set(model.objects.of(d).values_list("pk", "dealer_id")) for d in (north, south)] for model in ROWS}
    for model, (of_north, of_south) in seen.items():
        assert len(of_north) == len(of_south), model
        assert {dealer for _, dealer in of_north} <= {north.pk}
        assert {dealer for _, dealer in of_south} <= {south.pk}
    assert sum(bool(of_north) for of_north, _ in seen.values()) >= 13


def test_a_new_row_names_its_dealer():
    dealer = builders.a_dealer()
    customer = builders.a_customer(dealer)
    assert isinstance(customer, DealerRow)
    assert customer.dealer_id == dealer.pk
