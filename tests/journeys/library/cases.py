"""Every entry of the library with whom it is for and who must be left alone; a new entry needs a line here."""

from tests.builders import a_dealer, a_sale, a_vehicle
from tests.journeys.library.worlds import (
    Case,
    a_lease,
    and_came_again,
    booked,
    bought,
    by_post,
    came_again,
    due,
    in_the_shop,
    missed,
    opened,
    order,
    ordered,
    recalled,
    serviced,
    somebody,
    visit,
    with_a_visit,
    with_open_work,
)

INTERNAL = {"billing": "internal"}


C_REM1 = Case(
    lambda d: visit(somebody(d), status="proposed"),
    {
        "status": lambda d: visit(somebody(d), status="confirmed"),
        "date": lambda d: visit(somebody(d), "2026-05-20T09:00"),
        "email": lambda d: visit(by_post(d)),
    },
)
C_REM2 = Case(
    lambda d: visit(somebody(d), "2026-05-12T09:00", status="confirmed"),
    {
        "status": lambda d: visit(somebody(d), "2026-05-12T09:00", status="canceled"),
        "date": lambda d: visit(somebody(d), "2026-05-13T09:00"),
        "email": lambda d: visit(by_post(d), "2026-05-12T09:00"),
    },
)
C_NOSHOW = Case(
    lambda d: missed(somebody(d)),
    {
        "last_time": lambda d: missed(somebody(d), came_at="2026-05-04T09:20"),
        "status": lambda d: missed(somebody(d), status="completed"),
        "date": lambda d: visit(somebody(d), "2026-05-03T09:00"),
        "email": lambda d: missed(by_post(d)),
    },
)
C_THANKS = Case(
    lambda d: order(somebody(d), "2026-05-03T16:00"),
    {
        "billing": lambda d: order(somebody(d), "2026-05-03T16:00", **INTERNAL),
        "last_time": lambda d: came_again(somebody(d), "2026-05-03T16:00"),
        "email": lambda d: order(by_post(d), "2026-05-03T16:00"),
    },
)
C_DEFER = Case(
    lambda d: with_open_work(somebody(d)),
    {
        "status": lambda d: with_open_work(somebody(d), status="done"),
        "last_time": lambda d: and_came_again(with_open_work(somebody(d))),
        "email": lambda d: with_open_work(by_post(d)),
    },
)
C_INACT = Case(
    lambda d: order(somebody(d), "2025-11-06T16:00"),
    {
        "last_time": lambda d: order(somebody(d), "2025-05-05T16:00"),  # 365 days: dead
        "billing": lambda d: order(somebody(d), "2025-11-06T16:00", **INTERNAL),
        "email": lambda d: order(by_post(d), "2025-11-06T16:00"),
    },
)
CONTACT_SETTINGS = {
    "C_REM1": C_REM1,
    "C_REM1_P": Case(lambda d: visit(by_post(d)), {"email": C_REM1.hears}),
    "C_REM2": C_REM2,
    "C_REM2_P": Case(lambda d: visit(by_post(d), "2026-05-12T09:00"), {"email": C_REM2.hears}),
    "C_NOSHOW": C_NOSHOW,
    "C_NOSHOW_P": Case(lambda d: missed(by_post(d)), {"email": C_NOSHOW.hears}),
    "C_THANKS": C_THANKS,
    "C_THANKS_P": Case(lambda d: order(by_post(d), "2026-05-03T16:00"), {"email": C_THANKS.hears}),
    "C_DEFER": C_DEFER,
    "C_DEFER_P": Case(lambda d: with_open_work(by_post(d)), {"email": C_DEFER.hears}),
    "C_INACT": C_INACT,
    "C_INACT_P": Case(
        lambda d: order(by_post(d), "2026-02-04T16:00"),
        {"email": C_INACT.hears, "no_channel": lambda d: order(by_post(d, address=None), "2026-02-04T16:00")},
    ),
}
ACCESSORY = Case(
    lambda d: a_vehicle(somebody(d), accessories=["TOW"]),
    {"accessory": lambda d: a_vehicle(somebody(d), accessories=["RACK"])},
    {"accessory": "tow", "having": "is_present"},
)
SALES = {
    "V03": Case(
        a_lease,
        {
            "deal": lambda d: a_lease(d, deal="cash"),
            "term_end_on": lambda d: a_lease(d, term_end_on="2026-08-06"),
            "no_recipient": lambda d: a_lease(a_dealer("south")),
        },
    ),
    "V04": Case(
        lambda d: a_vehicle(somebody(d), warranty_end_on="2026-07-04"),
        {
            "warranty_end_on": lambda d: a_vehicle(somebody(d), warranty_end_on="2026-07-05"),
            "extended_warranty_end_on": lambda d: a_vehicle(
                somebody(d), warranty_end_on="2026-07-04", extended_warranty_end_on="2028-01-01"
            ),
        },
    ),
    "V05": Case(lambda d: bought(d, "2026-04-30"), {"delivered_on": lambda d: bought(d, "2026-05-01")}),
    "V06": Case(
        lambda d: bought(d, "2024-05-05"),
        {"delivered_on": lambda d: bought(d, "2026-05-05"), "do_not_mail": lambda d: a_friend_no_more(d)},
    ),
    "V07": Case(somebody, {"kind": lambda d: somebody(d, kind="visitor")}),
    **{f"V{number:02}": ACCESSORY for number in range(8, 18)},
    "V18": Case(somebody, {"do_not_mail": lambda d: somebody(d, do_not_mail=True)}),
}


def a_friend_no_more(dealer):
    """The anniversary of somebody who wants to hear nothing."""
    return bought(dealer, "2024-05-05", customer={"do_not_mail": True})


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
OTHER = {
    "P01": Case(
        lambda d: somebody(d, created_at="2026-05-04T10:00"),
        {
            "created_at": lambda d: somebody(d, created_at="2026-05-03T10:00"),
            "kind": lambda d: somebody(d, created_at="2026-05-04T10:00", kind="visitor"),
        },
    ),
    "P02": Case(
        lambda d: somebody(d, created_at="2026-05-03T10:00", kind="visitor"),
        {
            "kind": lambda d: somebody(d, created_at="2026-05-03T10:00"),
            "times": lambda d: a_sale(somebody(d, created_at="2026-05-03T10:00", kind="visitor"), "2026-05-04"),
        },
    ),
    "P03": Case(
        lambda d: somebody(d, birth_date="1980-05-05"),
        {"birth_date": lambda d: somebody(d, birth_date="1980-05-06")},
    ),
    "P04": Case(
        lambda d: visit(somebody(d), "2026-05-08T09:00").customer,
        {"next_one in_shop": lambda d: visit(somebody(d), "2026-05-30T09:00").customer},
    ),
}
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
CASES: dict[str, Case] = CONTACT_SETTINGS | SALES | MAINTENANCE | OTHER | LOYALTY | JOURNEY | RECIPES
