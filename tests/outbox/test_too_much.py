"""What counts against one more message is what has really left, and when: not what was planned (R15)."""

from datetime import timedelta
from typing import Any

import pytest

from relance.delivery.deliver import deliver
from relance.jobs.stages import messages_of, plan
from relance.lib.errors import BadInput
from relance.outbox.decide import approve, bring_back, cancel
from relance.outbox.models import Message
from relance.outbox.runs.by_hand import send_by_hand
from relance.outbox.runs.merged import merge
from relance.plan.models import Automation
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BY_EMAIL = {"channels": ["email"], "wording": {"email": {"en": {"subject": "News", "body": "Hello."}}}}
ONE_A_DAY = {"messages": 1, "days": 1}


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = tmp_path


@pytest.fixture
def dealer():
    return a_dealer(frequency_cap=ONE_A_DAY)


def news(dealer, code, at="10:00", **definition: Any):
    own = {"schedule": {"kind": "daily", "at": at}, "repeat": "each_time", "grace_hours": 60, **definition}
    return an_automation(dealer, code, purpose="marketing", **own)


def planned(dealer, at):
    return messages_of(dealer, plan(dealer, at=at, since=A_DAY - timedelta(minutes=1)))


def left(dealer, at):
    """Who left now, and what stood against the others."""
    return {m.automation.code: m.reason or m.state for m in deliver(dealer, at=at)}


def test_one_that_is_brought_back_waits_no_more_when_another_has_left_that_day(dealer):
    a_customer(dealer)
    news(dealer, "A")
    news(dealer, "B", at="11:00", **BY_EMAIL)
    first = planned(dealer, A_DAY)
    cancel(dealer, first, at=A_DAY, by="Kim")
    planned(dealer, A_DAY + HOUR)
    assert left(dealer, A_DAY + HOUR) == {"B": "sent"}
    bring_back(dealer, Message.objects.of(dealer).filter(state="canceled"), at=A_DAY + 2 * HOUR, by="Kim")
    assert left(dealer, A_DAY + 2 * HOUR) == {"A": "frequency_cap"}


def test_what_a_person_sends_by_hand_is_that_days_one(dealer):
    a_customer(dealer)
    news(dealer, "A")
    news(dealer, "B", at="11:00")
    first, second = planned(dealer, A_DAY + HOUR)
    assert second.reason == "frequency_cap"
    # the first one is held up: its sender is closed
    send_by_hand(dealer, second, by="Kim", at=A_DAY + HOUR)
    Message.objects.of(dealer).filter(pk=first.pk).update(send_at=A_DAY + 2 * HOUR)
    assert left(dealer, A_DAY + HOUR) == {"B": "sent"}
    assert left(dealer, A_DAY + 2 * HOUR) == {"A": "frequency_cap"}


def test_the_plans_of_two_days_do_not_leave_on_one(dealer):
    """A worker that stood still, a halt, an outage: yesterday's is due beside today's."""
    a_customer(dealer)
    news(dealer, "A")
    planned(dealer, A_DAY)
    planned(dealer, A_DAY + DAY)
    assert sorted(m.reason or m.state for m in deliver(dealer, at=A_DAY + DAY)) == ["frequency_cap", "sent"]


def test_one_that_left_a_day_late_counts_on_the_day_on_which_it_left(dealer):
    a_message(a_customer(dealer), an_automation(dealer, "A", purpose="marketing", status="off"))
    assert left(dealer, A_DAY + DAY) == {"A": "sent"}
    news(dealer, "B", at="11:00")
    assert [m.reason for m in messages_of(dealer, plan(dealer, at=A_DAY + DAY + HOUR, since=A_DAY + DAY))] == [
        "frequency_cap"
    ]


def test_one_that_is_approved_a_day_later_meets_what_has_left_meanwhile(dealer):
    a_customer(dealer)
    news(dealer, "A", status="approval", schedule={"kind": "once", "at": "2026-05-04T10:00"})
    news(dealer, "B", at="11:00", **BY_EMAIL)
    waiting = planned(dealer, A_DAY)
    planned(dealer, A_DAY + DAY + HOUR)
    approve(dealer, waiting, at=A_DAY + DAY + HOUR, by="Kim")
    assert sorted(left(dealer, A_DAY + DAY + HOUR).values()) == ["frequency_cap", "sent"]


def test_words_that_were_accepted_as_marketing_stay_it_whatever_their_automation_becomes(dealer):
    customer = a_customer(dealer)
    first, second = news(dealer, "A"), news(dealer, "B")
    a_message(customer, first, state="sent")
    a_message(customer, second, at=A_DAY + HOUR)
    Automation.objects.of(dealer).filter(pk=second.pk).update(definition=second.definition | {"purpose": "service"})
    assert left(dealer, A_DAY + HOUR) == {"B": "frequency_cap"}


def test_two_records_that_become_one_have_one_for_both(dealer):
    keep, gone = a_customer(dealer), a_customer(dealer)
    news(dealer, "A")
    news(dealer, "B", at="11:00", **BY_EMAIL)
    planned(dealer, A_DAY + HOUR)
    merge(dealer, keep, gone, by="Kim", at=A_DAY + HOUR)
    planned(dealer, A_DAY + HOUR)
    assert list(left(dealer, A_DAY + HOUR).values()).count("sent") == 1


@pytest.mark.parametrize("cap", ["none", {"messages": 50, "days": 1}])
def test_nobody_gets_a_fourth_in_24_hours_whatever_the_cap(cap):
    dealer = a_dealer(frequency_cap=cap, guards="on")
    a_customer(dealer)
    for number in range(6):
        news(dealer, f"A{number}", at=f"{10 + number}:00")
    made = planned(dealer, A_DAY + 5 * HOUR)
    assert [(m.reason, m.detail) for m in made] == [(None, None)] * 3 + [
        ("person_ceiling", "3 marketing messages in 24 hours")
    ] * 3
    again = planned(dealer, A_DAY + DAY + 5 * HOUR)  # 24 hours after the three
    assert [m.reason for m in again] == [None] * 3 + ["person_ceiling"] * 3


def test_without_guards_the_cap_alone_counts():
    dealer = a_dealer(frequency_cap={"messages": 5, "days": 1}, guards="off")
    a_customer(dealer)
    for number in range(6):
        news(dealer, f"A{number}")
    assert [m.reason for m in planned(dealer, A_DAY)] == [None] * 5 + ["frequency_cap"]


def test_not_even_by_hand():
    dealer = a_dealer(frequency_cap="none", guards="on")
    a_customer(dealer)
    for number in range(4):
        news(dealer, f"A{number}", at=f"{10 + number}:00")
    *others, last = planned(dealer, A_DAY + 3 * HOUR)
    with pytest.raises(BadInput, match="person_ceiling"):
        send_by_hand(dealer, last, by="Kim", at=A_DAY + 3 * HOUR)
    cancel(dealer, others[:1], at=A_DAY + 3 * HOUR, by="Kim")
    send_by_hand(dealer, last, by="Kim", at=A_DAY + 3 * HOUR)
    bring_back(dealer, Message.objects.of(dealer).filter(pk=others[0].pk), at=A_DAY + 3 * HOUR, by="Kim")
    list(deliver(dealer, at=A_DAY + 3 * HOUR))
    assert Message.objects.of(dealer).filter(state="sent").count() == 3


def test_service_is_not_counted_as_marketing():
    dealer = a_dealer(frequency_cap="none")
    a_customer(dealer)
    for number in range(3):
        news(dealer, f"A{number}")
    an_automation(dealer, "SERVICE")
    assert [m.reason for m in planned(dealer, A_DAY)] == [None] * 4
