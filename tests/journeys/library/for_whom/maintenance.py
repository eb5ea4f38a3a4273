"""Whom the maintenance messages (E) are for, and whom they leave alone."""

from tests.builders import a_vehicle
from tests.journeys.library.worlds import Case, bought, due, in_the_shop, recalled, serviced, somebody, with_a_visit

NEXT_SERVICE = Case(
    due,
    {
        "next_service_on": lambda d: due(d, "2026-06-20"),
        "next_one": lambda d: with_a_visit(due(d)),
        "in_shop": lambda d: in_the_shop(due(d)),
        "vehicle_gone": lambda d: due(d, status="sold"),
    },
)
MAINTENANCE = {
    "E01": NEXT_SERVICE,
    "L_SERVICE": NEXT_SERVICE,
    "E02": Case(
        lambda d: due(d, "2026-05-10"),
        {
            "next_service_on": lambda d: due(d, "2026-05-07"),
            "next_one": lambda d: with_a_visit(due(d, "2026-05-10")),
            "in_shop": lambda d: in_the_shop(due(d, "2026-05-10")),
        },
    ),
    "E03": Case(
        lambda d: due(d, "2026-04-02"),
        {
            "last_time": lambda d: serviced(due(d, "2026-04-02")),
            "next_service_on": lambda d: due(d, "2026-03-01"),
            "next_one": lambda d: with_a_visit(due(d, "2026-04-02")),
        },
    ),
    "E04": Case(
        lambda d: bought(d, "2025-12-06"),
        {
            "delivered_on": lambda d: bought(d, "2025-12-05"),
            "last_time": lambda d: serviced(bought(d, "2025-12-06").vehicle),
            "next_one": lambda d: with_a_visit(bought(d, "2025-12-06").vehicle),
        },
    ),
    "E05": Case(
        recalled,
        {
            "open_recall": lambda d: a_vehicle(somebody(d), vin="JM3KFBCM1M0999999"),
            "do_not_mail": lambda d: recalled(d, do_not_mail=True),
        },
    ),
}
