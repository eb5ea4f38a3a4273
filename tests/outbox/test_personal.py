"""A salesperson's own reminder becomes messages at its moment, through the same gate and outbox."""

import json
from datetime import timedelta

import pytest

from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.jobs.stages import plan
from relance.lib.errors import BadInput
from relance.outbox.models import Message
from relance.outbox.recheck import Go, recheck
from relance.outbox.runs.personal import KINDS, Wish, cancel_reminder, remind
from relance.plan.models import Automation, PersonalReminder
from tests.builders import A_DAY, a_customer, a_dealer, a_staff_member
from tests.conftest import Relance

pytestmark = pytest.mark.django_db
AT = A_DAY + timedelta(days=1)


@pytest.fixture
def dealer() -> Dealer:
    dealer = a_dealer()
    a_staff_member(dealer, "S1", roles=("salesperson",), name="Sam Seller")
    a_staff_member(dealer, "M1", roles=("sales_manager",), name="Mo Manager")
    return dealer


@pytest.fixture
def customer(dealer: Dealer) -> Customer:
    return a_customer(dealer, salesperson="S1", first_name="Ann")


def kept(customer: Customer, **values: object) -> PersonalReminder:
    said = {"at": AT, "text": "The blue one is in.", "author": "S1", **values}
    return remind(customer, Wish(**said), at=A_DAY)  # type: ignore[arg-type]


def messages(dealer: Dealer) -> dict[str, Message]:
    return {message.recipient: message for message in Message.objects.of(dealer)}


def test_nothing_is_said_before_its_moment_and_once_at_it(dealer: Dealer, customer: Customer) -> None:
    kept(customer)
    assert plan(dealer, at=AT - timedelta(minutes=1)).made == 0
    assert plan(dealer, at=AT).made == 2
    assert plan(dealer, at=AT + timedelta(minutes=1)).made == 0


def test_a_reminder_goes_to_the_staff_alone(dealer: Dealer, customer: Customer) -> None:
    kept(customer)
    plan(dealer, at=AT)
    found = messages(dealer)
    assert set(found) == {"staff:S1", "staff:M1"}
    assert found["staff:S1"].body and found["staff:S1"].body.endswith("The blue one is in.")
    assert found["staff:S1"].subject_line == "Your reminder: Ann Lee"


def test_a_communication_goes_to_the_customer_too_in_his_language(dealer: Dealer, customer: Customer) -> None:
    customer.language = "fr"
    customer.save()
    kept(customer, to=KINDS["communication"], channel="email")
    plan(dealer, at=AT)
    said = messages(dealer)["customer"]
    assert (said.state, said.channel, said.language) == ("ready", "email", "fr")
    assert said.subject_line == "The blue one is in." and "Bonjour Ann" in (said.body or "")
    assert "[" not in (said.body or "") and "The blue one is in." in (said.body or "")


def test_the_gate_stands_before_it(dealer: Dealer, customer: Customer) -> None:
    customer.do_not_mail = True
    customer.save()
    kept(customer, to=["customer"])
    plan(dealer, at=AT)
    assert messages(dealer)["customer"].reason == "do_not_mail"


def test_it_is_asked_again_at_hand_over(dealer: Dealer, customer: Customer) -> None:
    kept(customer, to=["customer"])
    plan(dealer, at=AT)
    message = messages(dealer)["customer"]
    assert isinstance(recheck(dealer, [message], at=AT)[message.pk], Go)


def test_two_reminders_for_one_customer_on_one_day_both_go(dealer: Dealer, customer: Customer) -> None:
    kept(customer, to=["salesperson"])
    kept(customer, to=["salesperson"], text="And the red one.")
    assert plan(dealer, at=AT).made == 2


def test_whoever_writes_for_himself_is_meant_himself(dealer: Dealer, customer: Customer) -> None:
    a_staff_member(dealer, "S2", roles=("salesperson",))
    assert kept(customer, author="s2").to == ["user:S2", "sales_manager"]


def test_a_reminder_whose_grace_has_passed_is_missed_and_shown(dealer: Dealer, customer: Customer) -> None:
    kept(customer)
    planned = plan(dealer, at=AT + timedelta(days=3))
    assert planned.made == 0 and [run.state for run in planned.missed] == ["missed"]
    assert PersonalReminder.objects.of(dealer).get().status == "missed"


def test_a_reminder_is_taken_back_before_and_after_its_moment(dealer: Dealer, customer: Customer) -> None:
    cancel_reminder(kept(customer), by="Sam", at=A_DAY)
    later = kept(customer, to=["customer"])
    assert plan(dealer, at=AT).made == 1
    later.refresh_from_db()
    cancel_reminder(later, by="Sam", at=AT)
    assert messages(dealer)["customer"].state == "canceled"
    with pytest.raises(BadInput, match="canceled: there is nothing to cancel"):
        cancel_reminder(later, by="Sam", at=AT)


def test_while_v18_is_off_nothing_is_kept(dealer: Dealer, customer: Customer) -> None:
    kept(customer)
    Automation.objects.of(dealer).update(status="off")
    assert plan(dealer, at=AT).made == 0
    with pytest.raises(BadInput, match="V18 is off"):
        kept(customer)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"at": A_DAY}, "lies ahead"),
        ({"text": " "}, "has a text"),
        ({"text": "{ customer.first_nam }"}, "did you mean"),
        ({"to": ["customers"]}, "did you mean 'customer'"),
        ({"to": []}, "goes to somebody"),
        ({"channel": "emial"}, "did you mean 'email'"),
    ],
)
def test_what_cannot_be_kept_is_told(customer: Customer, values: dict[str, object], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        kept(customer, **values)


def test_on_the_command_line(relance: Relance, customer: Customer) -> None:
    words = ("remind", "north", customer.ref)
    answer = relance(*words, "--at", "2099-05-05T09:00", "--text", "Call Ann", "--by", "S1", "--json")
    made = json.loads(answer.out)
    assert (made["to"], made["status"]) == (["user:S1", "sales_manager"], "waits")
    assert "Call Ann" in relance("remind", "north").out
    assert "canceled" in relance("remind", "north", "--cancel", made["number"]).out
    assert "there is no customer C0" in relance("remind", "north", "C0", "--at", "2099-05-05", "--text", "x").err
