"""At hand-over rules and gate are asked again: the same reference moment, today's facts."""

from datetime import UTC, datetime, timedelta

import pytest

from relance.facts.models import Appointment, Customer, Suppression, Vehicle
from relance.jobs.stages import messages_of, plan
from relance.outbox.models import HoldBack, Message
from relance.outbox.recheck import Go, Later, Refusal, recheck
from relance.plan.models import Automation
from tests.builders import (
    A_DAY,
    a_customer,
    a_dealer,
    a_message,
    a_repair_order,
    a_row,
    a_staff_member,
    a_vehicle,
    an_appointment,
    an_automation,
    consent,
)

pytestmark = pytest.mark.django_db
HELLO = {"en": {"body": "Hello {customer.first_name}."}}
NO_NEXT = {"category": "appointment", "attribute": "next_one", "operator": "does_not_exist"}
LATELY = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 2}


@pytest.fixture
def dealer():
    return a_dealer()


def accepted(dealer):
    return messages_of(dealer, plan(dealer, at=A_DAY, since=A_DAY - timedelta(minutes=1)))


def answer(dealer, at=A_DAY):
    """What hand-over says of the only message; None when it may go, until its hours end."""
    rows = list(Message.objects.of(dealer).filter(state="ready"))
    (found,) = recheck(dealer, rows, at=at).values()
    return None if isinstance(found, Go) else found


def test_what_still_holds_goes(dealer):
    a_customer(dealer)
    an_automation(dealer)
    accepted(dealer)
    assert answer(dealer) is None


def test_a_visit_booked_meanwhile_stops_the_message(dealer):
    customer = a_customer(dealer)
    an_automation(dealer, audience=[NO_NEXT])
    accepted(dealer)
    an_appointment(customer, "2026-05-20T10:00")
    assert answer(dealer) == Refusal("no_longer_true")


def test_a_canceled_appointment_stops_its_reminder(dealer):
    visit = an_appointment(a_customer(dealer), "2026-05-05T10:00")
    booked = {"category": "appointment", "attribute": "status", "operator": "is", "value": "booked"}
    an_automation(dealer, subject="appointment", kind="appointment_reminder", audience=[booked])
    accepted(dealer)
    Appointment.objects.of(dealer).filter(pk=visit.pk).update(status="canceled")
    assert answer(dealer) == Refusal("no_longer_true")


def test_the_reference_moment_stays_the_same_the_next_day(dealer):
    a_repair_order(a_customer(dealer), "2026-05-02T12:00")
    an_automation(dealer, audience=[LATELY])
    accepted(dealer)
    assert answer(dealer, A_DAY + timedelta(days=1)) is None


def test_a_subject_that_another_became_meanwhile_is_no_longer_true(dealer):
    a_repair_order(a_customer(dealer), "2026-05-02T12:00", ref="R1")
    an_automation(dealer, subject="repair_order", audience=[LATELY])
    accepted(dealer)
    a_repair_order(Customer.objects.of(dealer).get(), "2026-05-02T13:00", ref="R2")
    assert answer(dealer) == Refusal("no_longer_true")


@pytest.mark.parametrize(
    ("values", "reason"),
    [({"do_not_mail": True}, "do_not_mail"), ({"status": "deceased"}, "customer_gone")],
)
def test_what_a_person_became_meanwhile_stops_the_message(dealer, values, reason):
    a_customer(dealer)
    an_automation(dealer)
    accepted(dealer)
    Customer.objects.of(dealer).update(**values)
    assert answer(dealer) == Refusal(reason)


def test_a_vehicle_sold_meanwhile_stops_the_message_as_vehicle_gone(dealer):
    a_vehicle(a_customer(dealer))
    an_automation(dealer, subject="vehicle")
    accepted(dealer)
    Vehicle.objects.of(dealer).update(status="sold")
    assert answer(dealer) == Refusal("vehicle_gone")


CHANNEL_GONE = [
    ("opted_out", lambda customer: consent(customer, "withdrawn", channel="sms")),
    ("no_address", lambda customer: Customer.objects.of(customer.dealer).update(mobile=None)),
    ("bad_address", lambda customer: Customer.objects.of(customer.dealer).update(mobile_usable=False)),
    (
        "suppressed",
        lambda customer: a_row(
            Suppression, customer.dealer, channel="sms", address=customer.mobile, reason="x", at=A_DAY
        ),
    ),
]


@pytest.mark.parametrize(("why", "happens"), CHANNEL_GONE, ids=[why for why, _ in CHANNEL_GONE])
def test_the_channel_stays_and_what_stops_it_stops_the_message(dealer, why, happens):
    customer = a_customer(dealer)
    an_automation(dealer, channels=["sms", "email"], wording={"sms": HELLO, "email": HELLO})
    accepted(dealer)
    happens(customer)
    assert answer(dealer) == Refusal("no_channel", f"sms: {why}")


def test_another_preferred_channel_does_not_change_the_channel(dealer):
    a_customer(dealer)
    an_automation(dealer, channels=["sms", "email"], wording={"sms": HELLO, "email": HELLO})
    accepted(dealer)
    Customer.objects.of(dealer).update(preferred_channel="email")
    assert answer(dealer) is None


def test_a_wording_taken_away_or_a_name_that_vanished_changes_nothing_the_text_is_frozen(dealer):
    a_customer(dealer)
    row = an_automation(dealer)
    accepted(dealer)
    Customer.objects.of(dealer).update(first_name=None)
    Automation.objects.of(dealer).update(definition=row.definition | {"wording": {"email": HELLO}})
    assert answer(dealer) is None


def test_who_is_held_back_meanwhile_hears_nothing(dealer):
    customer = a_customer(dealer)
    automation = an_automation(dealer)
    accepted(dealer)
    a_row(HoldBack, dealer, automation=automation, customer=customer, at=A_DAY, by="Kim")
    assert answer(dealer) == Refusal("held_back")


def test_in_quiet_hours_it_waits_for_the_morning(dealer):
    a_customer(dealer)
    an_automation(dealer)
    accepted(dealer)
    assert answer(dealer, datetime(2026, 5, 5, 2, tzinfo=UTC)) == Later(
        datetime(2026, 5, 5, 12, tzinfo=UTC), "held: quiet_hours"
    )


def test_a_reminder_whose_visit_has_begun_is_too_late(dealer):
    an_appointment(a_customer(dealer), "2026-05-04T11:00")
    an_automation(dealer, subject="appointment", kind="appointment_reminder")
    accepted(dealer)
    assert answer(dealer, A_DAY + timedelta(hours=1)) == Refusal("too_late")


def test_the_message_does_not_count_itself_towards_the_cap():
    dealer = a_dealer(frequency_cap={"messages": 1, "days": 7})
    a_customer(dealer)
    an_automation(dealer, purpose="marketing")
    accepted(dealer)
    assert answer(dealer) is None


def test_of_two_that_went_over_the_cap_the_earlier_accepted_goes():
    dealer = a_dealer(frequency_cap={"messages": 1, "days": 7})
    customer = a_customer(dealer)
    automation = an_automation(dealer, purpose="marketing")
    first, second = (a_message(customer, automation, at=A_DAY + timedelta(hours=n)) for n in (1, 0))
    answers = recheck(dealer, [first, second], at=A_DAY + timedelta(hours=1))
    assert isinstance(answers[first.pk], Go) and answers[second.pk] == Refusal("frequency_cap")


def test_staff_hear_of_a_customer_who_must_not_be_mailed(dealer):
    a_staff_member(dealer, "M1", roles=("service_manager",))
    a_customer(dealer)
    an_automation(dealer, recipients=["service_manager"], channels=["staff"], wording={"staff": HELLO})
    accepted(dealer)
    Customer.objects.of(dealer).update(do_not_mail=True)
    assert answer(dealer) is None


def test_another_subject_in_the_edited_automation_stops_what_was_accepted_before(dealer):
    a_customer(dealer)
    row = an_automation(dealer)
    accepted(dealer)
    Automation.objects.of(dealer).update(definition=row.definition | {"subject": "vehicle"})
    assert answer(dealer) == Refusal("no_longer_true")


def test_messages_of_several_runs_are_asked_at_their_own_moments(dealer):
    automation = an_automation(dealer, audience=[LATELY])
    found = []
    for day in (1, 2):
        customer = a_customer(dealer)
        a_repair_order(customer, f"2026-05-0{day}T12:00")
        found.append(a_message(customer, automation, at=datetime(2026, 5, day + 2, 14, tzinfo=UTC)))
    assert {type(answer) for answer in recheck(dealer, found, at=A_DAY).values()} == {Go}


def test_a_text_message_must_have_arrived_when_its_hours_end():
    dealer = a_dealer(quiet_hours={"may_send": ["08:00", "20:30"]})
    a_customer(dealer, mobile_zones="America/Toronto America/Halifax"), an_automation(dealer)
    accepted(dealer)
    (found,) = recheck(dealer, list(Message.objects.of(dealer)), at=A_DAY).values()
    assert found == Go(datetime(2026, 5, 4, 23, 30, tzinfo=UTC))  # 20:30 in Halifax comes first


def test_a_window_that_ends_before_the_hours_do_is_the_end():
    schedule = {"kind": "realtime", "window": ["10:00", "11:15"]}
    dealer = a_dealer()
    a_message(a_customer(dealer), an_automation(dealer, schedule=schedule))
    (found,) = recheck(dealer, list(Message.objects.of(dealer)), at=A_DAY).values()
    assert found == Go(datetime(2026, 5, 4, 15, 15, tzinfo=UTC))


def test_what_belongs_to_somebody_else_meanwhile_is_not_said_to_the_one_before(dealer):
    order = a_repair_order(a_customer(dealer), "2026-05-02T10:00")
    an_automation(dealer, audience=[LATELY], subject="repair_order")
    accepted(dealer)
    type(order).objects.of(dealer).filter(pk=order.pk).update(customer=a_customer(dealer))
    assert answer(dealer) == Refusal("no_longer_true")


def test_who_has_another_number_meanwhile_is_reached_there(dealer):
    customer = a_customer(dealer, mobile="+15145550101")
    an_automation(dealer)
    [message] = accepted(dealer)
    Customer.objects.of(dealer).filter(pk=customer.pk).update(mobile="+15145550109")
    found = recheck(dealer, [message], at=A_DAY)[message.pk]
    assert isinstance(found, Go) and found.address == "+15145550109"
