"""What the business system's own codes mean: appointment status, state and billing of a repair order."""

import pytest

from relance.facts.models import Appointment, DeferredWork, RepairOrder
from tests.builders import a_dealer
from tests.intake.feed_files import a_feed, counts, taken_in

pytestmark = pytest.mark.django_db
MAP = {"appointment": {"NS": "no_show", "Annulé": "canceled"}, "repair_order": {"RDY": "ready"}}


@pytest.mark.parametrize(
    ("code", "status"),
    [("NS", "no_show"), ("annule", "canceled"), ("Booked", "booked"), ("ZZ", None), ("", None)],
)
def test_an_appointment_code_is_read_by_the_map_else_by_the_words(tmp_path, code, status):
    dealer = a_dealer(status_map=MAP)
    head = "id,customer_id,start_at,status\n"
    run = taken_in(dealer, a_feed(tmp_path, customers="id\n1\n", appointments=f"{head}A1,1,2026-05-04T10:00,{code}\n"))
    assert Appointment.objects.of(dealer).get().status == status
    assert bool(run.notes) is (code == "ZZ")


@pytest.mark.parametrize(
    ("closed", "code", "state"),
    [
        ("2026-05-04", "RDY", "closed"),
        ("", "rdy", "ready"),
        ("", "Ready", "ready"),
        ("", "X", "open"),
        ("", "", "open"),
    ],
)
def test_the_state_of_an_order_comes_from_closing_map_or_word(tmp_path, closed, code, state):
    dealer = a_dealer(status_map=MAP)
    head = "id,customer_id,opened_at,closed_at,status\n"
    taken_in(dealer, a_feed(tmp_path, customers="id\n1\n", repair_orders=f"{head}R1,1,2026-05-01,{closed},{code}\n"))
    assert RepairOrder.objects.of(dealer).get().state == state


@pytest.mark.parametrize(
    ("amounts", "billing"),
    [("10,5,5", "customer"), ("0,5,5", "warranty"), (",,1", "internal"), (",,", None), ("-1,0,0", None)],
)
def test_billing_is_the_first_amount_above_zero(tmp_path, amounts, billing):
    dealer = a_dealer()
    head = "id,customer_id,opened_at,customer_sale,warranty_sale,internal_sale\n"
    taken_in(dealer, a_feed(tmp_path, customers="id\n1\n", repair_orders=f"{head}R1,1,2026-05-01,{amounts}\n"))
    assert RepairOrder.objects.of(dealer).get().billing == billing


def test_deferred_work_stays_in_step_with_its_order(tmp_path):
    dealer = a_dealer()
    head = "id,customer_id,opened_at,closed_at\n"
    work = "id,repair_order_id,description\nW1,R1,Brakes\n"
    feed = a_feed(tmp_path, customers="id\n1\n2\n", repair_orders=f"{head}R1,1,2026-05-01,\n", deferred_work=work)
    taken_in(dealer, feed)
    taken_in(dealer, a_feed(tmp_path, "later", repair_orders=f"{head}R1,2,2026-05-01,2026-05-03T12:00\n"))
    line = DeferredWork.objects.of(dealer).get()
    assert (line.customer.ref, line.recommended_at) == ("2", RepairOrder.objects.of(dealer).get().closed_at)


def test_a_repeated_consent_row_is_unchanged_and_a_new_one_is_appended(tmp_path):
    dealer = a_dealer()
    head = "customer_id,channel,purpose,status,at\n"
    row = "1,email,marketing,granted,2026-01-01T10:00\n"
    feed = a_feed(tmp_path, customers="id\n1\n", consents=head + row + row)
    assert counts(taken_in(dealer, feed))["consents"] == (1, 0, 1, 0)
    feed = a_feed(tmp_path, consents=head + row + row.replace("granted", "withdrawn"))
    assert counts(taken_in(dealer, feed))["consents"] == (1, 0, 1, 0)
