"""A queue is told when it stands still or grows, with what stands in its way; one that waits its turn is no fault."""

from datetime import date, timedelta

import pytest

from relance.delivery.channel import Sending
from relance.delivery.models import Attempt, MarketingPause, Pace
from relance.delivery.safety.halt import halt
from relance.delivery.senders import keep_sender
from relance.lib.leases import LENGTH
from relance.measures.leaving import health_of_leaving
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_row, an_automation

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
NUMBER = {"account": "AC1", "from": "+15145550100", "rate": "1", "daily": "100", "url": "http://127.0.0.1:9"}


@pytest.fixture
def dealer():
    return a_dealer()


def due(dealer, minutes=4, number=3, **values):
    customer = a_customer(dealer)
    automation = an_automation(dealer, f"A{minutes}{values.get('purpose', '')}", status="off")
    return [a_message(customer, automation, at=A_DAY - minutes * MINUTE, **values) for _ in range(number)]


def tried(dealer, result, minutes_ago=1):
    at = A_DAY - minutes_ago * MINUTE
    message = a_message(a_customer(dealer), an_automation(dealer, f"T{result}", status="off"), at=at, state="sent")
    a_row(Attempt, dealer, message=message, number=1, at=at, result=result, answer="503")


def said(dealer, state="bad"):
    return [finding.says for finding in health_of_leaving(dealer, A_DAY) if finding.state == state]


@pytest.mark.parametrize(("minutes", "alarms"), [(2, 0), (4, 1)])
def test_what_is_due_while_nothing_leaves_stands_still(dealer, minutes, alarms):
    due(dealer, minutes)
    assert len(said(dealer)) == alarms


@pytest.mark.parametrize(("result", "alarms"), [("accepted", 0), ("refused", 0), ("busy", 1), ("lost", 1)])
def test_it_leaves_while_the_other_side_takes_or_judges(dealer, result, alarms):
    due(dealer)
    tried(dealer, result)
    assert len(said(dealer)) == alarms


def test_a_long_round_that_renews_its_leases_is_no_standstill_and_one_that_stopped_is(dealer):
    due(dealer, minutes=9)
    (claimed,) = due(dealer, minutes=8, number=1, state="sending", lease_until=A_DAY + LENGTH - MINUTE)
    assert said(dealer) == []
    claimed.lease_until = A_DAY + LENGTH - 5 * MINUTE
    claimed.save()
    assert len(said(dealer)) == 1


@pytest.mark.parametrize(("minutes", "alarms"), [(14, 0), (16, 1)])
def test_what_has_been_due_for_long_though_some_leave_grows(dealer, minutes, alarms):
    due(dealer, minutes)
    tried(dealer, "accepted")
    assert len([one for one in said(dealer) if "grows" in one]) == alarms


def test_a_sender_at_its_rate_is_no_growing_queue(dealer):
    keep_sender(dealer, "sms", Sending("twilio", NUMBER), at=A_DAY)
    due(dealer, 40)
    tried(dealer, "accepted")
    assert len(said(dealer)) == 1
    a_row(Pace, dealer, sender="twilio +15145550100", free_at=A_DAY, used=5, day=date(2026, 5, 4))
    assert said(dealer) == []


def test_a_day_that_is_used_up_is_worth_knowing_and_no_fault(dealer):
    keep_sender(dealer, "sms", Sending("twilio", NUMBER), at=A_DAY)
    due(dealer, 400)
    a_row(Pace, dealer, sender="twilio +15145550100", free_at=None, used=100, day=date(2026, 5, 4))
    assert said(dealer) == [] and "used up" in said(dealer, "note")[0]


def test_who_has_halted_his_sending_knows_it(dealer):
    due(dealer)
    halt(dealer, by="Kim", at=A_DAY)
    assert said(dealer) == [] and "halted by Kim: 3 messages wait" in said(dealer, "note")[0]


def test_marketing_that_stands_still_is_told_as_such_and_not_as_a_queue(dealer):
    a_row(MarketingPause, dealer, channel="email", because="complaints", at=A_DAY)
    due(dealer, purpose="marketing", channel="email")
    assert said(dealer) == []
    due(dealer, purpose="service", channel="email")
    assert len(said(dealer)) == 1


def test_it_says_what_stands_in_the_way(dealer):
    keep_sender(dealer, "email", Sending("smtp", {"host": "127.0.0.1", "port": 9, "tls": "none"}), at=A_DAY)
    due(dealer, channel="email")
    assert "email stands still: 3 messages" in said(dealer)[0] and "127.0.0.1:9 cannot be reached" in said(dealer)[0]
