"""Whom the contact settings are for, and whom they leave alone."""

from tests.journeys.library.worlds import (
    Case,
    and_came_again,
    by_post,
    came_again,
    missed,
    order,
    somebody,
    visit,
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
