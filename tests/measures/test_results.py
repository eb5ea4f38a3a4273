"""What was planned, refused, sent and answered, and what followed, beside those who were held out."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from relance.facts.models import Touch
from relance.measures.results.attribution import outcomes
from relance.measures.results.funnel import Period, by_automation, by_channel, by_day, total
from tests.builders import (
    A_DAY,
    a_customer,
    a_dealer,
    a_message,
    a_repair_order,
    a_row,
    an_appointment,
    an_automation,
    consent,
)

pytestmark = pytest.mark.django_db
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
WINDOW = timedelta(days=30)


def a_touch(customer, kind, code, at=A_DAY):
    values = {"kind": kind, "ref": f"{kind}-{customer.pk}", "happened_at": at, "channel": "sms", "code": code}
    return a_row(Touch, customer.dealer, customer=customer, **values)


def test_every_draft_is_counted_once_by_what_became_of_it():
    dealer = a_dealer()
    automation, customer = an_automation(dealer, "J_CSI"), a_customer(dealer)
    for state, reason in (("sent", None), ("delivered", None), ("failed", "expired"), ("ready", None)):
        a_message(customer, automation, state=state, reason=reason)
    a_message(customer, automation, state="refused", reason="held_back", channel=None)
    a_message(customer, automation, state="refused", reason="holdout", channel=None)
    found = by_automation(dealer, MAY)[automation.pk]
    assert (found.planned, found.sent, found.refused, found.held_out) == (6, 2, 1, 1)
    assert found.refused_by == {"held_back": 1, "holdout": 1}


def test_what_was_planned_outside_the_period_or_for_the_staff_is_left_out():
    dealer = a_dealer()
    automation, customer = an_automation(dealer), a_customer(dealer)
    a_message(customer, automation, at=A_DAY - timedelta(days=40))
    a_message(customer, automation, recipient="staff:A12")
    assert by_automation(dealer, MAY) == {}


def test_an_answer_counts_for_the_automation_and_channel_that_it_answers():
    dealer = a_dealer()
    automation, customer = an_automation(dealer, "J_CSI"), a_customer(dealer)
    a_message(customer, automation, state="sent")
    a_touch(customer, "received", "J_CSI")
    a_touch(a_customer(dealer), "received", "GONE")
    assert by_automation(dealer, MAY)[automation.pk].answers == {"answered": 1}
    assert by_channel(dealer, MAY)["sms"].answers["answered"] == 2


def test_a_day_without_messages_stands_there_with_nought():
    dealer = a_dealer()
    a_message(a_customer(dealer), an_automation(dealer), state="sent")
    found = by_day(dealer, MAY)
    assert len(found) == 31
    assert [day for day, counts in found.items() if counts.planned] == [date(2026, 5, 4)]


def test_the_last_row_is_the_sum():
    dealer = a_dealer()
    for code in ("J_CSI", "J_SIX"):
        a_message(a_customer(dealer), an_automation(dealer, code), state="sent")
    assert total(by_automation(dealer, MAY).values()).sent == 2


def test_treated_and_held_out_are_asked_the_same_question():
    dealer = a_dealer()
    automation = an_automation(dealer)
    treated, held_out = a_customer(dealer), a_customer(dealer)
    a_message(treated, automation, state="sent")
    a_message(held_out, automation, state="refused", reason="holdout", channel=None)
    for customer in (treated, held_out):
        a_repair_order(customer, A_DAY + timedelta(days=5))
    found = outcomes(dealer, MAY, window=WINDOW)[automation.pk]
    assert (found.treated.came, found.treated.people) == (1, 1)
    assert (found.held_out.came, found.held_out.people) == (1, 1)
    assert found.difference is not None
    assert found.difference.value == 0


@pytest.mark.parametrize(("days", "came"), [(0, 0), (1, 1), (30, 1), (31, 0)])
def test_a_visit_counts_after_the_message_and_within_the_window(days, came):
    dealer = a_dealer()
    automation, customer = an_automation(dealer), a_customer(dealer)
    a_message(customer, automation, state="sent")
    a_repair_order(customer, A_DAY + timedelta(days=days))
    assert outcomes(dealer, MAY, window=WINDOW)[automation.pk].treated.came == came


def test_revenue_goes_to_the_last_message_before_the_visit_and_only_once():
    dealer = a_dealer()
    early, late = an_automation(dealer, "EARLY"), an_automation(dealer, "LATE")
    customer = a_customer(dealer)
    a_message(customer, early, state="sent")
    a_message(customer, late, state="sent", at=A_DAY + timedelta(days=2))
    a_repair_order(customer, A_DAY + timedelta(days=5), customer_sale=Decimal(200), warranty_sale=Decimal(50))
    found = outcomes(dealer, MAY, window=WINDOW)
    assert [found[early.pk].orders, found[early.pk].revenue] == [0, 0]
    assert [found[late.pk].orders, found[late.pk].revenue] == [1, 250]
    assert found[early.pk].treated.came == 1


def test_internal_work_earns_nothing_and_is_no_visit():
    dealer = a_dealer()
    automation, customer = an_automation(dealer), a_customer(dealer)
    a_message(customer, automation, state="sent")
    a_repair_order(customer, A_DAY + timedelta(days=5), internal_sale=Decimal(80), billing="internal")
    found = outcomes(dealer, MAY, window=WINDOW)[automation.pk]
    assert [found.treated.came, found.revenue] == [0, 0]


def test_bookings_and_opt_outs_follow_a_message():
    dealer = a_dealer()
    automation, customer = an_automation(dealer), a_customer(dealer)
    a_message(customer, automation, state="sent")
    an_appointment(customer, A_DAY + timedelta(days=9), created_at=A_DAY + timedelta(days=1))
    consent(customer, "withdrawn", by="person", at=A_DAY + timedelta(days=2))
    found = outcomes(dealer, MAY, window=WINDOW)[automation.pk]
    assert (found.booked, found.opted_out) == (1, 1)


def test_another_dealer_s_visits_are_not_ours():
    dealer, other = a_dealer(), a_dealer("south")
    automation = an_automation(dealer)
    a_message(a_customer(dealer), automation, state="sent")
    a_repair_order(a_customer(other), A_DAY + timedelta(days=5))
    assert outcomes(dealer, MAY, window=WINDOW)[automation.pk].treated.came == 0
    assert outcomes(other, MAY, window=WINDOW) == {}
