"""Who is spoken to: the customer, or the people who fill a role towards the subject."""

import pytest

from relance.plan.recipients import Roster
from tests.builders import a_dealer, a_staff_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer():
    dealer = a_dealer()
    a_staff_member(dealer, "A1", roles=("advisor",))
    a_staff_member(dealer, "S1", roles=("salesperson",))
    a_staff_member(dealer, "S2", roles=("salesperson", "sales_manager"))
    a_staff_member(dealer, "M1", roles=("sales_manager", "general_manager"))
    return dealer


CASES = [
    (["customer"], {}, ["customer"]),
    (["advisor"], {"repair_order.advisor": "a1"}, ["staff:A1"]),
    (["advisor"], {"appointment.advisor": "A1"}, ["staff:A1"]),
    (["advisor"], {"repair_order.advisor": "GONE"}, ["role:advisor"]),
    (["advisor"], {}, ["role:advisor"]),
    (["salesperson"], {"sale.salesperson": "S1", "customer.salesperson": "S2"}, ["staff:S1"]),
    (["salesperson"], {"sale.salesperson": "GONE", "customer.salesperson": "S2"}, ["staff:S2"]),
    (["salesperson"], {"customer.salesperson": "S2"}, ["staff:S2"]),
    (["salesperson"], {}, ["role:salesperson"]),
    (["sales_manager"], {"sale.sales_manager": "S2"}, ["staff:S2"]),
    (["sales_manager"], {"sale.sales_manager": "GONE"}, ["role:sales_manager"]),
    (["sales_manager"], {}, ["staff:M1", "staff:S2"]),
    (["general_manager"], {}, ["staff:M1"]),
    (["service_manager"], {}, ["role:service_manager"]),
    (["user:a1"], {}, ["staff:A1"]),
    (["user:NOBODY"], {}, ["role:user:NOBODY"]),
    (["general_manager", "sales_manager", "user:M1"], {}, ["staff:M1", "staff:S2"]),
    (["customer", "general_manager"], {}, ["customer", "staff:M1"]),
]


@pytest.mark.parametrize(("words", "values", "expected"), CASES)
def test_a_role_is_filled_as_the_contract_says(dealer, words, values, expected):
    assert [recipient for recipient, _ in Roster(dealer).recipients(words, values)] == expected


def test_staff_of_another_dealer_fill_no_role(dealer):
    a_staff_member(a_dealer("south"), "X1", roles=("service_manager",))
    assert [r for r, _ in Roster(dealer).recipients(["service_manager", "user:X1"], {})] == [
        "role:service_manager", "role:user:X1",
    ]  # fmt: skip
