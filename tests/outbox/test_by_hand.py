"""A person may send what our own caution refused, never what the law or the customer refused."""

from datetime import timedelta

import pytest

from relance.jobs.stages import messages_of, plan
from relance.lib.errors import BadInput
from relance.outbox.hold_back import hold_back
from relance.outbox.models import Message
from relance.outbox.recheck import Go, Refusal, recheck
from relance.outbox.runs.by_hand import send_by_hand
from relance.outbox.states import move
from relance.plan.models import Run
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation, consent

MINUTE = timedelta(minutes=1)
LATER = A_DAY + timedelta(hours=1)


@pytest.fixture
def dealer(db):
    return a_dealer(frequency_cap={"messages": 1, "days": 1})


def refused(dealer, reason, **definition):
    """The message of a run, which the gate refused for this reason."""
    an_automation(dealer, purpose="marketing", **definition)
    (message,) = messages_of(dealer, plan(dealer, at=A_DAY, since=A_DAY - MINUTE))
    assert message.reason == reason
    return message


def by_hand(dealer, message):
    return send_by_hand(dealer, message, by="Kim", at=LATER)


def capped(dealer):
    customer = a_customer(dealer)
    a_message(customer, an_automation(dealer, "OTHER", status="off", purpose="marketing"), state="sent")
    return refused(dealer, "frequency_cap")


def held_out(dealer):
    for number in range(40):
        a_customer(dealer, ref=f"C{number}")
    an_automation(dealer, purpose="marketing", holdout_percent=50)
    messages = messages_of(dealer, plan(dealer, at=A_DAY, since=A_DAY - MINUTE))
    return next(m for m in messages if m.reason == "holdout")


def held_back(dealer):
    customer = a_customer(dealer)
    hold_back(dealer, an_automation(dealer, "HELD"), customer, reference_on=None, by="Robin", at=A_DAY - MINUTE)
    (message,) = messages_of(dealer, plan(dealer, at=A_DAY, since=A_DAY - MINUTE))
    assert message.reason == "held_back"
    return message


@pytest.mark.parametrize("case", [capped, held_out, held_back])
def test_our_own_caution_is_overruled_now_and_at_hand_over(dealer, case):
    message = case(dealer)
    sent = by_hand(dealer, message)
    assert (sent.state, sent.occurrence.key, sent.reference_at) == ("ready", "by-hand:1", message.reference_at)
    assert isinstance(recheck(dealer, [sent], at=LATER)[sent.pk], Go)
    assert Run.objects.of(dealer).get(pk=sent.run_id).cause == "by hand, by Kim"
    message.refresh_from_db(from_queryset=Message.objects.of(dealer))
    assert message.state == "refused"


LAWFUL = {
    "do_not_mail": lambda customer: type(customer).objects.of(customer.dealer).update(do_not_mail=True),
    "no_channel .sms: opted_out": lambda customer: consent(customer, "withdrawn"),
    "no_channel .sms: no_address": lambda customer: type(customer).objects.of(customer.dealer).update(mobile=None),
    "customer_gone": lambda customer: type(customer).objects.of(customer.dealer).update(status="moved"),
}


@pytest.mark.parametrize("reason", LAWFUL)
def test_what_the_law_or_the_customer_refuses_no_person_sends(dealer, reason):
    message = capped(dealer)
    LAWFUL[reason](message.customer)
    with pytest.raises(BadInput, match=f"not sent: {reason}"):
        by_hand(dealer, message)
    assert not Message.objects.of(dealer).filter(occurrence__key__startswith="by-hand").exists()


def test_an_opt_out_after_the_decision_still_stops_it(dealer):
    sent = by_hand(dealer, capped(dealer))
    consent(sent.customer, "withdrawn")
    assert isinstance(recheck(dealer, [sent], at=LATER)[sent.pk], Refusal)


def test_the_rules_are_not_asked_again_because_a_person_was(dealer):
    rule = {"category": "customer", "attribute": "first_name", "operator": "is", "value": "Ann"}
    customer = a_customer(dealer)
    a_message(customer, an_automation(dealer, "OTHER", status="off", purpose="marketing"), state="sent")
    sent = by_hand(dealer, refused(dealer, "frequency_cap", audience=[rule]))
    type(customer).objects.of(dealer).update(first_name="Anna", first_name_folded="anna")
    assert isinstance(recheck(dealer, [sent], at=LATER)[sent.pk], Go)


def test_asked_twice_it_is_one_message_and_after_it_went_a_second(dealer):
    message = capped(dealer)
    first = by_hand(dealer, message)
    assert by_hand(dealer, message) == first
    move(dealer, [first], to="canceled", at=LATER, cause="test")
    assert by_hand(dealer, message).occurrence.key == "by-hand:2"


def test_what_goes_or_waits_is_not_sent_by_hand(dealer):
    message = a_message(a_customer(dealer), an_automation(dealer), state="ready")
    with pytest.raises(BadInput, match="Only a refused, canceled or failed message"):
        by_hand(dealer, message)


def test_quiet_hours_hold_for_people_too(dealer):
    message = capped(dealer)
    night = A_DAY + timedelta(hours=13)  # 23:00 in Toronto
    assert send_by_hand(dealer, message, by="Kim", at=night).send_at == A_DAY + timedelta(hours=22)
