"""Facts of subjects, as wordings and the gate ask for them."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relance.dealers.models import Dealer
from relance.facts.models import MaintenanceSchedule
from relance.plan.gather import REACH, gather
from relance.plan.placeholders import FIELDS
from relance.plan.saying.voice import voice_of
from tests.builders import (
    a_customer,
    a_dealer,
    a_repair_order,
    a_sale,
    a_staff_member,
    a_vehicle,
    an_appointment,
    deferred_work,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 4, 14, 0, tzinfo=UTC)


@pytest.fixture
def dealer() -> Dealer:
    return a_dealer()


def test_columns_are_reached_from_the_subject(dealer: Dealer) -> None:
    customer = a_customer(dealer, first_name="Bob")
    visit = an_appointment(customer, "2026-05-05T10:00", vehicle=a_vehicle(customer, make="Kia"))
    needs = {"customer.first_name", "vehicle.make", "appointment.start_at", "sale.condition"}
    facts = gather(dealer, "appointment", [visit.pk], needs, at=AT)[visit.pk]
    assert facts["customer.first_name"] == "Bob"
    assert facts["vehicle.make"] == "Kia"
    assert facts["appointment.start_at"] == visit.start_at
    assert facts["sale.condition"] is None
    assert facts["subject.ref"] == visit.ref
    assert facts["vehicle.status"] == "active"


def test_a_customer_borrows_the_vehicle_seen_last_but_has_none(dealer: Dealer) -> None:
    customer = a_customer(dealer)
    a_vehicle(customer, make="Ford", last_seen_at=datetime(2026, 1, 1, tzinfo=UTC))
    a_vehicle(customer, make="Kia", last_seen_at=datetime(2026, 2, 1, tzinfo=UTC))
    a_vehicle(customer, make="Ram", last_seen_at=datetime(2026, 3, 1, tzinfo=UTC), status="sold")
    a_vehicle(customer, make="Fiat")
    facts = gather(dealer, "customer", [customer.pk], {"vehicle.make"}, at=AT)[customer.pk]
    assert facts["vehicle.make"] == "Kia"
    assert (facts["vehicle.id"], facts["vehicle.ref"], facts["vehicle.status"]) == (None, None, None)


def test_a_visit_without_a_vehicle_keeps_its_own_values_unknown(dealer: Dealer) -> None:
    customer = a_customer(dealer)
    a_vehicle(customer, make="Kia", last_seen_at=AT)
    visit = a_repair_order(customer, "2026-05-01T10:00")
    facts = gather(dealer, "repair_order", [visit.pk], {"vehicle.make", "last_seen.make"}, at=AT)[visit.pk]
    assert facts["vehicle.make"] is None
    assert facts["last_seen.make"] == "Kia"


def test_custom_columns_are_found_whatever_their_case(dealer: Dealer) -> None:
    customer = a_customer(dealer, meta={"Colour": "red", "size": "XL"})
    needs = {"customer.meta_colour", "customer.meta_size", "customer.meta_other"}
    facts = gather(dealer, "customer", [customer.pk], needs, at=AT)[customer.pk]
    assert [facts[f"customer.meta_{name}"] for name in ("colour", "size", "other")] == ["red", "XL", None]


def test_deferred_items_of_a_repair_order_are_its_own_open_lines(dealer: Dealer) -> None:
    customer = a_customer(dealer)
    order, other = a_repair_order(customer, "2026-04-01T10:00"), a_repair_order(customer, "2026-03-01T10:00")
    deferred_work(order, "Brakes", amount=Decimal("310.00"))
    deferred_work(order, "Filter", status="done")
    deferred_work(order, "Wipers", status=None)
    deferred_work(other, "Belt")
    facts = gather(dealer, "repair_order", [order.pk], {"deferred.items"}, at=AT)[order.pk]
    assert facts["deferred.items"] == [{"description": "Brakes", "amount": "310.00"}]


def test_deferred_items_of_a_vehicle_leave_out_the_customers_other_cars(dealer: Dealer) -> None:
    customer = a_customer(dealer)
    mine, other = a_vehicle(customer), a_vehicle(customer)
    deferred_work(a_repair_order(customer, "2026-04-01T10:00", vehicle=mine), "Brakes")
    deferred_work(a_repair_order(customer, "2026-04-02T10:00", vehicle=other), "Belt")
    of_vehicle = gather(dealer, "vehicle", [mine.pk], {"deferred.items"}, at=AT)[mine.pk]["deferred.items"]
    of_customer = gather(dealer, "customer", [customer.pk], {"deferred.items"}, at=AT)[customer.pk]["deferred.items"]
    assert [line["description"] for line in of_vehicle] == ["Brakes"]
    assert [line["description"] for line in of_customer] == ["Brakes", "Belt"]


def test_the_last_service_is_the_latest_closed_one_by_then(dealer: Dealer) -> None:
    customer = a_customer(dealer)
    vehicle = a_vehicle(customer)
    a_repair_order(customer, "2025-04-01T10:00", vehicle=vehicle, odometer=Decimal("1000"))
    latest = a_repair_order(customer, "2026-04-01T10:00", vehicle=vehicle, odometer=Decimal("2000"))
    a_repair_order(customer, "2026-06-01T10:00", vehicle=vehicle)
    a_repair_order(customer, "2026-05-01T10:00")
    facts = gather(dealer, "vehicle", [vehicle.pk], {"last_service.at", "last_service.odometer"}, at=AT)[vehicle.pk]
    assert (facts["last_service.at"], facts["last_service.odometer"]) == (latest.closed_at, Decimal("2000"))


@pytest.mark.parametrize(
    ("own", "customers", "found"),
    [("s1", "S2", "One"), ("S9", "S2", "Two"), (None, "S2", "Two"), (None, None, None), ("S9", "S8", None)],
)
def test_a_sale_names_its_salesperson_else_the_customers(
    dealer: Dealer, own: str | None, customers: str | None, found: str | None
) -> None:
    a_staff_member(dealer, "S1", name="One")
    a_staff_member(dealer, "S2", name="Two")
    sale = a_sale(a_customer(dealer, salesperson=customers), "2026-04-01", salesperson=own)
    assert gather(dealer, "sale", [sale.pk], {"staff.name"}, at=AT)[sale.pk]["staff.name"] == found


def test_a_visit_names_its_advisor_and_nobody_else(dealer: Dealer) -> None:
    a_staff_member(dealer, "A12", name="Line Roy", mobile="+15145550190")
    customer = a_customer(dealer, salesperson="A12")
    mine, nobodys = (a_repair_order(customer, "2026-04-01T10:00", advisor=ref) for ref in ("a12", None))
    line = deferred_work(mine)
    orders = gather(dealer, "repair_order", [mine.pk, nobodys.pk], {"staff.name", "staff.mobile"}, at=AT)
    assert orders[mine.pk]["staff.mobile"] == "+15145550190"
    assert orders[nobodys.pk]["staff.name"] is None
    assert gather(dealer, "deferred_work", [line.pk], {"staff.name"}, at=AT)[line.pk]["staff.name"] == "Line Roy"


def test_the_list_of_vehicles_leaves_out_what_is_gone(dealer: Dealer) -> None:
    customer = a_customer(dealer)
    a_vehicle(customer, year=2016, make="Ford", model="Edge", last_seen_at=datetime(2025, 1, 1, tzinfo=UTC))
    a_vehicle(customer, year=None, make="Kia", model="Soul", last_seen_at=AT)
    a_vehicle(customer, status="scrapped")
    facts = gather(dealer, "customer", [customer.pk], {"vehicles.list"}, at=AT)[customer.pk]
    assert facts["vehicles.list"] == [[None, "Kia", "Soul"], [2016, "Ford", "Edge"]]


def test_what_is_due_carries_the_names_of_the_schedules(dealer: Dealer) -> None:
    own = {"schedule": "ours", "operations": [{"code": "wash", "name": {"en": "Wash"}}]}
    MaintenanceSchedule.objects.create(dealer=dealer, code="ours", definition=own)
    vehicle = a_vehicle(a_customer(dealer), next_service_operations=["wash", "oil", "odd"])
    facts = gather(dealer, "vehicle", [vehicle.pk], {"next_service.operations"}, at=AT)[vehicle.pk]
    assert FIELDS["next_service.operations"].render(facts, voice_of(dealer, "fr")) == "Wash, Huile et filtre et odd"


def test_facts_can_be_kept_as_json(dealer: Dealer) -> None:
    order = a_repair_order(a_customer(dealer), "2026-04-01T10:00")
    deferred_work(order, amount=Decimal("310.00"))
    facts = gather(dealer, "repair_order", [order.pk], {"deferred.items", "next_service.operations"}, at=AT)[order.pk]
    assert json.loads(json.dumps(facts["deferred.items"])) == facts["deferred.items"]
    assert FIELDS["deferred.total"].render(facts, voice_of(dealer, "en")) == "$310.00"


@pytest.mark.parametrize("subject", REACH)
def test_every_field_can_be_asked_for_every_subject(dealer: Dealer, subject: str) -> None:
    customer = a_customer(dealer)
    vehicle = a_vehicle(customer)
    order = a_repair_order(customer, "2026-04-01T10:00", vehicle=vehicle)
    rows = {
        "customer": customer,
        "vehicle": vehicle,
        "appointment": an_appointment(customer, "2026-05-05T10:00", vehicle=vehicle),
        "repair_order": order,
        "sale": a_sale(customer, "2026-04-01", vehicle=vehicle),
        "deferred_work": deferred_work(order),
    }
    needs = {key for field in FIELDS.values() for key in field.needs} | {"customer.meta_x", "vehicle.kind"}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        facts = gather(dealer, subject, [rows[subject].pk], needs, at=AT)[rows[subject].pk]
    assert needs <= set(facts)
    assert len(queries) <= 8


def test_rows_of_another_dealer_are_not_found(dealer: Dealer) -> None:
    stranger = a_customer(a_dealer("south"))
    assert gather(dealer, "customer", [stranger.pk], set(), at=AT) == {}
