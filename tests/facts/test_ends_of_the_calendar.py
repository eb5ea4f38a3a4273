"""Business systems write 0001-01-01 and 9999-12-31 where they know no day: nothing falls over on it."""

from datetime import date

import pytest

from relance.audience.compile import Question, subjects
from relance.audience.tree import Rule
from relance.facts.consent import ledger_of, standing_withdrawal
from relance.facts.models import Customer, Vehicle
from tests.builders import A_DAY, a_customer, a_dealer, a_repair_order
from tests.intake.feed_files import AT, a_feed, reasons, taken_in

pytestmark = pytest.mark.django_db
ZONES = ("America/Toronto", "Europe/Tallinn")
DAYS = ("0001-01-01", "9999-12-31")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", DAYS)
def test_a_feed_full_of_them_is_taken_in(tmp_path, day, zone):
    dealer = a_dealer(timezone=zone)
    feed = a_feed(
        tmp_path,
        customers=f"id,birth_date,created_at\n1,{day},{day}\n",
        vehicles=f"id,customer_id,kind,in_service_on,warranty_end_on,odometer,odometer_on\nV1,1,car,{day},{day},9,{day}\n",
        sales=f"id,customer_id,vehicle_id,delivered_on,term_end_on\nS1,1,V1,{day},{day}\n",
        repair_orders=f"id,customer_id,vehicle_id,opened_at,next_visit_on\nR1,1,V1,2026-05-01T10:00,{day}\n",
    )
    run = taken_in(dealer, feed)
    assert reasons(run) == []
    assert str(Vehicle.objects.of(dealer).get().warranty_end_on) == day


@pytest.mark.parametrize("zone", ZONES)
def test_an_opt_out_that_never_ends_is_heard(tmp_path, zone):
    dealer = a_dealer(timezone=zone)
    columns = "customer_id,channel,purpose,status,at,expires_at\n"
    consents = columns + "1,any,any,withdrawn,2026-01-01T00:00,9999-12-31T23:59:59\n"
    run = taken_in(dealer, a_feed(tmp_path, customers="id\n1\n", consents=consents))
    assert reasons(run) == []
    (entries,) = ledger_of(dealer, Customer.objects.of(dealer).values_list("pk", flat=True)).values()
    assert standing_withdrawal(entries, channel="sms", purpose="service", at=AT)


@pytest.mark.parametrize("attribute", ["happened_at", "last_time"])
@pytest.mark.parametrize(
    ("operator", "day", "holds"),
    [
        ("on", "0001-01-01", False),
        ("on", "9999-12-31", False),
        ("before", "0001-01-01", False),
        ("before", "9999-12-31", True),
        ("after", "0001-01-01", True),
        ("after", "9999-12-31", False),
    ],
)
@pytest.mark.parametrize("zone", ZONES)
def test_a_rule_may_name_them(zone, operator, day, holds, attribute):
    dealer = a_dealer(timezone=zone)
    a_repair_order(a_customer(dealer), "2026-05-01T10:00")
    rule = Rule("repair_order_closed", attribute, operator, date.fromisoformat(day))
    question = Question(dealer, (rule,), "repair_order", "customer", A_DAY)
    assert subjects(question).exists() == holds
