"""Whom the recipes of other systems (R) are for, and whom they leave alone."""

from tests.journeys.library.for_whom.journey import JOURNEY, LAST_AUTUMN
from tests.journeys.library.worlds import Case, booked, bought, opened, order, somebody, visit, with_a_visit

RECIPES = {
    "R_ADVISOR": JOURNEY["J_ADVISOR"]._replace(silent={"happened_at": JOURNEY["J_ADVISOR"].silent["happened_at"]}),
    "R_PROGRESS": Case(
        lambda d: opened(somebody(d), "2026-05-05T08:15", raw_status="n", customer_sale=0),
        {"status": lambda d: opened(somebody(d), "2026-05-05T08:15", raw_status="X", customer_sale=0)},
    ),
    "R_PROGRESS_CODE": JOURNEY["J_PROGRESS_CODE"],
    "R_READY": Case(
        lambda d: opened(somebody(d), "2026-05-05T08:15", raw_status="C97"),
        {
            "status": lambda d: opened(somebody(d), "2026-05-05T08:15", raw_status="C98"),
            "last_time": lambda d: opened(somebody(d), "2026-05-04T08:15", raw_status="C97"),
        },
    ),
    "R_CSI_WEEK": JOURNEY["J_CSI"]._replace(silent={"last_time": JOURNEY["J_CSI"].silent["last_time"]}),
    "R_CSI_MONDAY": JOURNEY["J_REVIEW"]._replace(silent={"last_time": JOURNEY["J_REVIEW"].silent["last_time"]}),
    "R_REVIEW_WEEK": JOURNEY["J_CSI"]._replace(silent={"last_time": JOURNEY["J_CSI"].silent["last_time"]}),
    "R_REVIEW_MONDAY": JOURNEY["J_REVIEW"]._replace(silent={"last_time": JOURNEY["J_REVIEW"].silent["last_time"]}),
    "R_SIX": Case(
        lambda d: visit(order(somebody(d), LAST_AUTUMN).customer, LAST_AUTUMN, status="completed"),
        {
            "last_time": lambda d: visit(
                order(somebody(d), "2025-11-05T16:00").customer, LAST_AUTUMN, status="completed"
            ),
            "last_one": lambda d: order(somebody(d), LAST_AUTUMN),
        },
    ),
    "R_BOOKED": Case(
        booked,
        {
            "created_at": lambda d: booked(d, created_at="2026-05-04T09:30"),
            "next_one": lambda d: booked(d, "2026-05-06T09:00"),
        },
    ),
    "R_TOMORROW": JOURNEY["J_TOMORROW"],
    "R_MISSED": Case(
        lambda d: visit(somebody(d), "2026-05-05T07:55"),
        {
            "status": lambda d: visit(somebody(d), "2026-05-05T07:55", status="canceled"),
            "time": lambda d: visit(somebody(d), "2026-05-05T08:00"),  # 120 minutes are not more than 120
        },
    ),
    "R_UPSELL": JOURNEY["J_UPSELL"]._replace(
        silent={
            "vehicle_delivery_date": lambda d: bought(d, "2026-04-20", make="Mazda"),
            "make": lambda d: bought(d, "2026-04-21", make="Ford"),
        }
    ),
    "R_FIRST": JOURNEY["J_FIRST"]._replace(
        silent={
            "condition": lambda d: bought(d, "2026-04-21", condition="used"),
            "next_one": lambda d: with_a_visit(bought(d, "2026-04-21").vehicle),
        }
    ),
    "R_WARRANTY": Case(
        lambda d: bought(d, "2024-06-04"),
        {
            "vehicle_delivery_date": lambda d: bought(d, "2024-06-05"),
            "condition": lambda d: bought(d, "2024-06-04", condition="used"),
        },
    ),
    "R_CSI_SALE": Case(lambda d: bought(d, "2026-05-01"), {"vehicle_delivery_date": lambda d: bought(d, "2026-04-30")}),
}
