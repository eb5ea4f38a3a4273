"""Hold-backs and other decisions of a person about waiting messages."""

from datetime import date, timedelta

import pytest

from relance.dealers.models import Dealer
from relance.outbox.decide import approve, bring_back, cancel, may_be_brought_back
from relance.outbox.hold_back import hold_back, undo
from relance.outbox.models import HoldBack, Message, Move
from relance.plan.models import Automation
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

pytestmark = pytest.mark.django_db
LATER = A_DAY + timedelta(hours=1)
TOMORROW = A_DAY + timedelta(days=1)


@pytest.fixture
def dealer() -> Dealer:
    return a_dealer()


@pytest.fixture
def automation(dealer: Dealer) -> Automation:
    return an_automation(dealer)


def held(message: Message, *, on: date | None) -> HoldBack:
    return hold_back(message.dealer, message.automation, message.customer, reference_on=on, by="Kim Manager", at=LATER)


def state_of(message: Message) -> str:
    return Message.objects.of(message.dealer).values_list("state", flat=True).get(pk=message.pk)


def test_held_back_once_the_waiting_message_of_that_day_is_canceled(dealer: Dealer, automation: Automation) -> None:
    customer = a_customer(dealer)
    today, tomorrow = a_message(customer, automation), a_message(customer, automation, at=TOMORROW)
    held(today, on=A_DAY.date())
    assert (state_of(today), state_of(tomorrow)) == ("canceled", "ready")


def test_held_back_for_ever_every_waiting_message_is_canceled(dealer: Dealer, automation: Automation) -> None:
    customer = a_customer(dealer)
    messages = [a_message(customer, automation), a_message(customer, automation, at=TOMORROW, state="approval")]
    held(messages[0], on=None)
    assert [state_of(message) for message in messages] == ["canceled", "canceled"]


@pytest.mark.parametrize("state", ["sending", "sent", "delivered", "refused", "failed", "unsure"])
def test_what_has_left_stays_as_it_is(dealer: Dealer, automation: Automation, state: str) -> None:
    message = a_message(a_customer(dealer), automation, state=state)
    held(message, on=None)
    assert state_of(message) == state


def test_other_people_and_other_automations_are_left_alone(dealer: Dealer, automation: Automation) -> None:
    customer = a_customer(dealer)
    message = a_message(customer, automation)
    others = [a_message(a_customer(dealer), automation), a_message(customer, an_automation(dealer, "OTHER"))]
    held(message, on=None)
    assert [state_of(other) for other in others] == ["ready", "ready"]


def test_holding_back_twice_is_one_hold_back(dealer: Dealer, automation: Automation) -> None:
    message = a_message(a_customer(dealer), automation)
    assert held(message, on=None).pk == held(message, on=None).pk


@pytest.mark.parametrize("state", ["ready", "approval"])
def test_undone_the_message_is_what_it_was(dealer: Dealer, automation: Automation, state: str) -> None:
    message = a_message(a_customer(dealer), automation, state=state)
    undo(dealer, held(message, on=None), by="Kim Manager", at=LATER)
    assert state_of(message) == state
    assert not HoldBack.objects.of(dealer).filter(undone_at=None).exists()


def test_undoing_brings_back_only_what_this_hold_back_canceled(dealer: Dealer, automation: Automation) -> None:
    customer = a_customer(dealer)
    by_hand, by_hold = a_message(customer, automation), a_message(customer, automation)
    cancel(dealer, [by_hand], at=LATER, by="Kim Manager")
    undo(dealer, held(by_hold, on=None), by="Kim Manager", at=LATER)
    assert (state_of(by_hand), state_of(by_hold)) == ("canceled", "ready")


def test_what_has_expired_meanwhile_does_not_come_back(dealer: Dealer, automation: Automation) -> None:
    message = a_message(a_customer(dealer), automation, expires_at=LATER)
    undo(dealer, held(message, on=None), by="Kim Manager", at=LATER)
    assert state_of(message) == "canceled"


def test_every_decision_says_who_and_what_was(dealer: Dealer, automation: Automation) -> None:
    message = a_message(a_customer(dealer), automation, state="approval")
    cancel(dealer, [message], at=LATER, by="Kim " * 60)
    bring_back(dealer, Message.objects.of(dealer).filter(pk=message.pk), at=LATER, by="Kim")
    approve(dealer, Message.objects.of(dealer).filter(pk=message.pk), at=LATER, by="Kim")
    causes = list(Move.objects.of(dealer).order_by("id").values_list("state", "cause"))
    assert causes[0][0] == "canceled" and causes[0][1].endswith("(was approval)")
    assert causes[1:] == [("approval", "brought back by Kim"), ("ready", "approved by Kim")]


def test_only_a_persons_own_cancellation_may_be_undone(dealer: Dealer, automation: Automation) -> None:
    by_person, by_nobody = (a_message(a_customer(dealer), automation) for _ in range(2))
    cancel(dealer, [by_person], at=LATER, by="Kim")
    Message.objects.of(dealer).filter(pk=by_nobody.pk).update(state="canceled")
    by_nobody.refresh_from_db()
    assert may_be_brought_back(dealer, by_person, at=LATER)
    assert not may_be_brought_back(dealer, by_nobody, at=LATER)
