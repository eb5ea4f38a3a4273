"""Whom the other messages (P) are for, and whom they leave alone."""

from tests.builders import a_sale
from tests.journeys.library.worlds import Case, somebody, visit

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
