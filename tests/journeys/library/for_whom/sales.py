"""Whom the sales recalls (V) are for, and whom they leave alone."""

from tests.builders import a_dealer, a_vehicle
from tests.journeys.library.worlds import Case, a_lease, bought, somebody

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
