"""Whom the journey messages (J) are for, and whom they leave alone."""

from tests.builders import a_vehicle
from tests.journeys.library.worlds import Case, booked, bought, came_again, opened, order, somebody, visit, with_a_visit

INTERNAL = {"billing": "internal"}
LAST_AUTUMN = "2025-11-09T16:00"
JOURNEY = {
    "J_ADVISOR": Case(
        lambda d: opened(somebody(d), "2026-05-05T08:00"),
        {
            "billing": lambda d: opened(somebody(d), "2026-05-05T08:00", **INTERNAL),
            "happened_at": lambda d: opened(somebody(d), "2026-05-04T08:00"),
        },
    ),
    "J_PROGRESS": Case(
        lambda d: opened(somebody(d), "2026-05-05T08:15", warranty_sale=0),
        {
            # No amount is known: perhaps it is internal.
            "customer_sale warranty_sale": lambda d: opened(somebody(d), "2026-05-05T08:15"),
            "state": lambda d: opened(somebody(d), "2026-05-05T08:15", warranty_sale=0, state="ready"),
            "happened_at": lambda d: opened(somebody(d), "2026-05-05T09:15", warranty_sale=0),
        },
    ),
    "J_PROGRESS_CODE": Case(
        lambda d: opened(somebody(d), "2026-05-05T08:15", raw_status="I98", reference="4711"),
        {
            "reference": lambda d: opened(somebody(d), "2026-05-05T08:15", raw_status="I98", reference="C4711"),
            "status": lambda d: opened(somebody(d), "2026-05-05T08:15", raw_status="C97", reference="4711"),
        },
    ),
    "J_READY": Case(
        lambda d: opened(somebody(d), "2026-05-04T08:15", state="ready"),
        {
            "happened_at": lambda d: opened(somebody(d), "2026-03-04T08:15", state="ready"),
            "state": lambda d: opened(somebody(d), "2026-05-04T08:15"),
        },
    ),
    "J_CSI": Case(
        lambda d: order(somebody(d), "2026-05-04T16:00"),
        {
            "last_time": lambda d: came_again(somebody(d), "2026-05-04T16:00"),
            "billing": lambda d: order(somebody(d), "2026-05-04T16:00", **INTERNAL),
        },
    ),
    "J_REVIEW": Case(
        lambda d: order(somebody(d), "2026-05-02T16:00"),
        {
            "last_time": lambda d: order(somebody(d), "2026-05-03T16:00"),
            "billing": lambda d: order(somebody(d), "2026-05-02T16:00", **INTERNAL),
        },
    ),
    "J_SIX": Case(
        lambda d: order(somebody(d), LAST_AUTUMN),
        {
            "last_time": lambda d: order(somebody(d), "2025-11-05T16:00"),
            "next_one": lambda d: visit(order(somebody(d), LAST_AUTUMN).customer, "2026-05-20T09:00"),
            "billing": lambda d: order(somebody(d), LAST_AUTUMN, **INTERNAL),
        },
    ),
    "J_BOOKED": Case(
        booked,
        {
            "date": lambda d: booked(d, "2026-05-05T16:00"),
            "status": lambda d: booked(d, status="proposed"),
            "created_at": lambda d: booked(d, created_at="2026-05-04T09:30"),
        },
    ),
    "J_TOMORROW": Case(
        lambda d: visit(somebody(d), "2026-05-06T09:00"),
        {
            "status": lambda d: visit(somebody(d), "2026-05-06T09:00", status="canceled"),
            "date": lambda d: visit(somebody(d), "2026-05-07T09:00"),
        },
    ),
    "J_MISSED": Case(
        lambda d: visit(somebody(d), "2026-05-05T07:55"),
        {
            "status": lambda d: visit(somebody(d), "2026-05-05T07:55", status="arrived"),
            "time": lambda d: visit(somebody(d), "2026-05-05T08:30"),
            "last_time times": lambda d: visit(opened(somebody(d), "2026-05-05T08:05").customer, "2026-05-05T07:55"),
        },
    ),
    "J_UPSELL": Case(
        lambda d: bought(d, "2026-04-21", make="Mazda"),
        {
            "delivered_on": lambda d: bought(d, "2026-04-20", make="Mazda"),
            "make": lambda d: bought(d, "2026-04-21", make="Ford"),
        },
        {"makes": ["Mazda"]},
    ),
    "J_FIRST": Case(
        lambda d: bought(d, "2026-04-21"),
        {
            "condition": lambda d: bought(d, "2026-04-21", condition="used"),
            "next_one": lambda d: with_a_visit(bought(d, "2026-04-21").vehicle),
            "delivered_on": lambda d: bought(d, "2026-04-22"),
        },
    ),
    "J_WARRANTY": Case(
        lambda d: a_vehicle(somebody(d), warranty_end_on="2026-06-08"),
        {
            "warranty_end_on": lambda d: a_vehicle(somebody(d), warranty_end_on="2026-06-12"),
            "vehicle_gone": lambda d: a_vehicle(somebody(d), warranty_end_on="2026-06-08", status="scrapped"),
        },
    ),
    "J_CSI_SALE": Case(lambda d: bought(d, "2026-05-01"), {"delivered_on": lambda d: bought(d, "2026-04-30")}),
}
