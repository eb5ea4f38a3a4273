"""Whom each entry of the library speaks to, asked of real rows: one who must hear, and one who must not."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from relance.audience.compile import Question, subjects
from relance.facts.models import Recall
from relance.plan.definition import read_definition
from relance.plan.shipped import definition_of, entries
from tests.builders import a_customer, a_dealer, a_repair_order, a_row, a_sale, a_vehicle, an_appointment, deferred_work

AT = datetime(2026, 5, 5, 14, tzinfo=UTC)  # a Tuesday, 10:00 in Toronto
VIN = "JM3KFBCM1M0123456"


def asked(dealer, code, **numbers):
    definition = read_definition(definition_of(code, **numbers), code)
    return set(subjects(Question(dealer, definition.tree, definition.subject, definition.scope, AT)))


def somebody(dealer, **values):
    return a_customer(dealer, **{"created_at": "2020-01-01T10:00", "kind": "customer", **values})


def by_post(dealer):
    return somebody(dealer, email=None, email_usable=None)


def order(customer, closed_at, **values):
    return a_repair_order(customer, closed_at, **{"vehicle": a_vehicle(customer), **values})


def opened(customer, at, **values):
    return a_repair_order(customer, None, opened_at=at, **values)


def with_open_work(customer, status="open"):
    done = order(customer, "2026-04-05T16:00")
    deferred_work(done, status=status)
    return done


def recalled(dealer, **values):
    a_row(Recall, dealer, vin=VIN, campaign="R-77", title="Airbag")
    return a_vehicle(somebody(dealer), vin=VIN, **values)


def missed(dealer, came_at=None):
    customer = somebody(dealer)
    if came_at:
        opened(customer, came_at)
    return an_appointment(customer, "2026-05-04T09:00")


def serviced_since(vehicle):
    a_repair_order(vehicle.customer, "2026-04-20T10:00", vehicle=vehicle)
    return vehicle


HEARS: dict[str, Callable[[Any], Any]] = {
    "C_REM1": lambda d: an_appointment(somebody(d), "2026-05-19T09:00", status="proposed"),
    "C_REM1_P": lambda d: an_appointment(by_post(d), "2026-05-19T09:00"),
    "C_REM2": lambda d: an_appointment(somebody(d), "2026-05-12T09:00", status="confirmed"),
    "C_REM2_P": lambda d: an_appointment(by_post(d), "2026-05-12T09:00"),
    "C_NOSHOW": missed,
    "C_NOSHOW_P": lambda d: an_appointment(by_post(d), "2026-05-04T09:00"),
    "C_THANKS": lambda d: order(somebody(d), "2026-05-03T16:00"),
    "C_THANKS_P": lambda d: order(by_post(d), "2026-05-03T16:00"),
    "C_DEFER": lambda d: with_open_work(somebody(d)),
    "C_DEFER_P": lambda d: with_open_work(by_post(d)),
    "C_INACT": lambda d: order(somebody(d), "2025-11-06T16:00"),
    "C_INACT_P": lambda d: order(by_post(d), "2026-02-04T16:00"),
    "V03": lambda d: a_sale(somebody(d), "2023-05-05", deal="lease", term_end_on="2026-08-05"),
    "V04": lambda d: a_vehicle(somebody(d), warranty_end_on="2026-07-04"),
    "V05": lambda d: a_sale(somebody(d), "2026-04-30"),
    "V06": lambda d: a_sale(somebody(d), "2024-05-05"),
    "V07": lambda d: somebody(d),
    "V08": lambda d: a_vehicle(somebody(d), accessories=["TOW"]),
    "V18": lambda d: somebody(d),
    "E01": lambda d: a_vehicle(somebody(d), next_service_on="2026-06-01"),
    "E02": lambda d: a_vehicle(somebody(d), next_service_on="2026-05-10"),
    "E03": lambda d: a_vehicle(somebody(d), next_service_on="2026-04-02"),
    "E04": lambda d: a_sale(somebody(d), "2025-12-06"),
    "E05": recalled,
    "P01": lambda d: somebody(d, created_at="2026-05-04T10:00"),
    "P02": lambda d: somebody(d, created_at="2026-05-03T10:00", kind="visitor"),
    "P03": lambda d: somebody(d, birth_date="1980-05-05"),
    "P04": lambda d: an_appointment(somebody(d), "2026-05-08T09:00").customer,
    "L_ORDER": lambda d: a_sale(somebody(d), None, ordered_at="2026-05-04T12:00"),
    "L_ORDER_USED": lambda d: a_sale(somebody(d), None, ordered_at="2026-05-05T09:00", condition="used"),
    "L_WELCOME": lambda d: a_sale(somebody(d), "2026-05-02"),
    "L_SERVICE": lambda d: a_vehicle(somebody(d), next_service_on="2026-06-01"),
    "L_WARRANTY": lambda d: a_vehicle(somebody(d), warranty_end_on="2026-06-19"),
    "L_NEWS": lambda d: somebody(d),
    "L_THANKS_SALE": lambda d: a_sale(somebody(d), "2026-05-03"),
    "L_THANKS_SERVICE": lambda d: order(somebody(d), "2026-05-03T16:00", packages=["Vidange d'huile"]),
    "L_THANKS_REPAIR": lambda d: order(somebody(d), "2026-05-03T16:00", packages=["Brake pads"]),
    "L_HOLIDAY": lambda d: a_sale(somebody(d), "2021-05-03").customer,
    "J_ADVISOR": lambda d: opened(somebody(d), "2026-05-05T08:00"),
    "J_PROGRESS": lambda d: opened(somebody(d), "2026-05-05T08:15", warranty_sale=0),
    "J_PROGRESS_CODE": lambda d: opened(somebody(d), "2026-05-05T08:15", raw_status="I98", reference="4711"),
    "J_READY": lambda d: opened(somebody(d), "2026-05-04T08:15", state="ready"),
    "J_CSI": lambda d: order(somebody(d), "2026-05-04T16:00"),
    "J_REVIEW": lambda d: order(somebody(d), "2026-05-02T16:00"),
    "J_SIX": lambda d: order(somebody(d), "2025-11-09T16:00"),
    "J_BOOKED": lambda d: an_appointment(somebody(d), "2026-05-08T09:00", created_at="2026-05-05T09:30"),
    "J_TOMORROW": lambda d: an_appointment(somebody(d), "2026-05-06T09:00"),
    "J_MISSED": lambda d: an_appointment(somebody(d), "2026-05-05T07:55"),
    "J_UPSELL": lambda d: a_sale(somebody(d), "2026-04-21"),
    "J_FIRST": lambda d: a_sale(somebody(d), "2026-04-21"),
    "J_WARRANTY": lambda d: a_vehicle(somebody(d), warranty_end_on="2026-06-08"),
    "J_CSI_SALE": lambda d: a_sale(somebody(d), "2026-05-01"),
}
SILENT = {
    "C_REM1": lambda d: an_appointment(somebody(d), "2026-05-19T09:00", status="canceled"),
    "C_REM1_P": lambda d: an_appointment(somebody(d), "2026-05-19T09:00"),
    "C_REM2": lambda d: an_appointment(by_post(d), "2026-05-12T09:00"),
    "C_NOSHOW": lambda d: missed(d, came_at="2026-05-04T09:20"),
    "C_THANKS": lambda d: order(somebody(d), "2026-05-03T16:00", billing="internal"),
    "C_DEFER": lambda d: with_open_work(somebody(d), status="done"),
    "C_INACT": lambda d: order(somebody(d), "2025-05-05T16:00"),  # 365 days: dead
    "V03": lambda d: a_sale(somebody(d), "2023-05-05", deal="cash", term_end_on="2026-08-05"),
    "V04": lambda d: a_vehicle(somebody(d), warranty_end_on="2026-07-04", extended_warranty_end_on="2028-01-01"),
    "V06": lambda d: a_sale(somebody(d), "2026-05-05"),
    "V07": lambda d: somebody(d, kind="visitor"),
    "E01": lambda d: a_vehicle(somebody(d), next_service_on="2026-06-01", status="sold"),
    "E03": lambda d: serviced_since(a_vehicle(somebody(d), next_service_on="2026-04-02")),
    "E04": lambda d: a_sale(somebody(d), "2025-12-05"),
    "P02": lambda d: somebody(d, created_at="2026-05-03T10:00", kind="customer"),
    "P04": lambda d: an_appointment(somebody(d), "2026-05-30T09:00").customer,
    "L_ORDER": lambda d: a_sale(somebody(d), None, ordered_at="2026-05-04T12:00", condition="used"),
    "L_ORDER_USED": lambda d: a_sale(somebody(d), "2026-05-05", ordered_at="2026-05-05T09:00", condition="used"),
    "L_THANKS_SERVICE": lambda d: order(somebody(d), "2026-05-03T16:00", packages=["Brake pads"]),
    "L_THANKS_REPAIR": lambda d: order(somebody(d), "2026-05-03T16:00", packages=["Oil and filter"]),
    "L_HOLIDAY": lambda d: somebody(d),
    "J_ADVISOR": lambda d: opened(somebody(d), "2026-05-05T08:00", billing="internal"),
    "J_PROGRESS": lambda d: opened(somebody(d), "2026-05-05T08:15"),  # no amount is known: perhaps internal
    "J_PROGRESS_CODE": lambda d: opened(somebody(d), "2026-05-05T08:15", raw_status="I98", reference="C4711"),
    "J_READY": lambda d: opened(somebody(d), "2026-03-04T08:15", state="ready"),
    "J_SIX": lambda d: an_appointment(order(somebody(d), "2025-11-09T16:00").customer, "2026-05-20T09:00").customer,
    "J_BOOKED": lambda d: an_appointment(somebody(d), "2026-05-05T16:00", created_at="2026-05-05T09:30"),
    "J_TOMORROW": lambda d: an_appointment(somebody(d), "2026-05-06T09:00", status="canceled"),
    "J_MISSED": lambda d: an_appointment(somebody(d), "2026-05-05T07:55", status="arrived"),
    "J_FIRST": lambda d: a_sale(somebody(d), "2026-04-21", condition="used"),
}
NUMBERS = {"V08": {"accessory": "tow", "having": "is_present"}}


@pytest.mark.django_db
@pytest.mark.parametrize("code", HEARS)
def test_it_speaks_to_those_it_is_for(code):
    dealer = a_dealer()
    subject = HEARS[code](dealer)
    assert subject in asked(dealer, code, **NUMBERS.get(code, {}))


@pytest.mark.django_db
@pytest.mark.parametrize("code", SILENT)
def test_it_leaves_others_alone(code):
    dealer = a_dealer()
    SILENT[code](dealer)
    assert asked(dealer, code) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("code", [entry.code for entry in entries()])
def test_every_entry_can_be_asked(code):
    assert asked(a_dealer(), code) == set()


@pytest.mark.parametrize("code", [entry.code for entry in entries() if not entry.better])
def test_no_entry_is_forgotten_here(code):
    assert code in HEARS or "V08" < code <= "V17"


@pytest.mark.django_db
@pytest.mark.parametrize("days", [90, 180, 270, 360])
def test_the_inactive_hear_every_ninety_days_until_they_are_dead(days):
    dealer = a_dealer()
    order(somebody(dealer), datetime.fromordinal(AT.toordinal() - days).replace(hour=16, tzinfo=UTC))
    assert len(asked(dealer, "C_INACT")) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "heard"), [(90, True), (150, True), (180, False), (210, False)])
def test_another_series_of_the_inactive(days, heard):
    dealer = a_dealer()
    order(somebody(dealer), datetime.fromordinal(AT.toordinal() - days).replace(hour=16, tzinfo=UTC))
    assert bool(asked(dealer, "C_INACT", interval=60, dead=180)) is heard
