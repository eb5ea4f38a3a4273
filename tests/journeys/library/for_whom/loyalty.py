"""Whom the loyalty programmes (L) are for, and whom they leave alone."""

from tests.builders import a_sale, a_vehicle
from tests.journeys.library.worlds import Case, bought, order, ordered, somebody

INTERNAL = {"billing": "internal"}
SERVICE_DONE = {"packages": ["Vidange d'huile"]}
REPAIRED = {"packages": ["Brake pads"]}
LOYALTY = {
    "L_ORDER": Case(
        lambda d: ordered(d, "2026-05-04T12:00"),
        {
            "condition": lambda d: ordered(d, "2026-05-04T12:00", condition="used"),
            "delivered_on": lambda d: ordered(d, "2026-05-04T12:00", delivered_on="2026-05-05"),
            "happened_at": lambda d: ordered(d, "2026-05-03T12:00"),
        },
    ),
    "L_ORDER_USED": Case(
        lambda d: ordered(d, "2026-05-05T09:00", condition="used"),
        {
            "condition": lambda d: ordered(d, "2026-05-05T09:00"),
            "delivered_on": lambda d: ordered(d, "2026-05-05T09:00", condition="used", delivered_on="2026-05-05"),
            "happened_at": lambda d: ordered(d, "2026-05-03T09:00", condition="used"),
        },
    ),
    "L_WELCOME": Case(lambda d: bought(d, "2026-05-02"), {"delivered_on": lambda d: bought(d, "2026-05-01")}),
    "L_WARRANTY": Case(
        lambda d: a_vehicle(somebody(d), warranty_end_on="2026-06-19"),
        {"warranty_end_on": lambda d: a_vehicle(somebody(d), warranty_end_on="2026-06-20")},
    ),
    "L_NEWS": Case(somebody, {"kind": lambda d: somebody(d, kind="visitor")}),
    "L_THANKS_SALE": Case(lambda d: bought(d, "2026-05-03"), {"delivered_on": lambda d: bought(d, "2026-05-02")}),
    "L_THANKS_SERVICE": Case(
        lambda d: order(somebody(d), "2026-05-03T16:00", **SERVICE_DONE),
        {
            "package": lambda d: order(somebody(d), "2026-05-03T16:00", **REPAIRED),
            "billing": lambda d: order(somebody(d), "2026-05-03T16:00", **SERVICE_DONE, **INTERNAL),
        },
    ),
    "L_THANKS_REPAIR": Case(
        lambda d: order(somebody(d), "2026-05-03T16:00", **REPAIRED),
        {
            "package": lambda d: order(somebody(d), "2026-05-03T16:00", **SERVICE_DONE),
            "last_time": lambda d: order(somebody(d), "2026-05-02T16:00", **REPAIRED),
        },
    ),
    "L_HOLIDAY": Case(lambda d: a_sale(somebody(d), "2021-05-03").customer, {"last_time": somebody}),
}
