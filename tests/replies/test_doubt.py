"""A doubtful wish that a person reads: an opt-out with its evidence, or none; once, and for good where it must be."""

from datetime import timedelta

import pytest

from relance.dealers.models import Dealer
from relance.facts.consent import ledger_of, ledger_of_addresses
from relance.facts.models import ConsentEntry, Customer
from relance.outbox.models import Message, Task
from relance.outbox.recheck import Refusal, recheck
from relance.outbox.tasks import reopen_task
from relance.replies.doubt import NO_OPT_OUT, OPT_OUT, decide, wish_of
from relance.replies.receive import receive
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation, consent

pytestmark = pytest.mark.django_db
NUMBER = "+15145550001"
SAID, READ = A_DAY + timedelta(minutes=1), A_DAY + timedelta(hours=3)
DOUBTFUL = "don't text me before 9"


@pytest.fixture
def dealer() -> Dealer:
    return a_dealer()


@pytest.fixture
def customer(dealer: Dealer) -> Customer:
    one = a_customer(dealer, mobile=NUMBER)
    consent(one, "granted", at=A_DAY - timedelta(days=9))
    return one


def the_task(dealer: Dealer) -> Task:
    receive(dealer, sender=NUMBER, text=DOUBTFUL, at=SAID, ref="in-1")
    return Task.objects.of(dealer).get()


def decided(task: Task, outcome: str) -> bool:
    return decide(task.dealer, task, outcome, by="Kim", at=READ)


def against(dealer: Dealer, customer: Customer) -> str | None:
    """What the hand-over would have against an offer."""
    automation = an_automation(dealer, f"T{Message.objects.of(dealer).count()}", purpose="marketing")
    message = a_message(customer, automation, at=A_DAY, channel="sms", purpose="marketing")
    said = recheck(dealer, [message], at=READ)[message.pk]
    return (said.detail or said.reason) if isinstance(said, Refusal) else None


def test_until_somebody_has_read_it_offers_wait(dealer: Dealer, customer: Customer) -> None:
    task = the_task(dealer)
    assert wish_of(dealer, task)
    assert against(dealer, customer) == A_DAY.date().isoformat()  # since when the complaint is open


def test_an_opt_out_is_the_customers_own_from_when_he_said_it_with_who_read_it(
    dealer: Dealer, customer: Customer
) -> None:
    assert decided(the_task(dealer), OPT_OUT)
    entries = [e for e in ledger_of(dealer, [customer.pk])[customer.pk] if e.status == "withdrawn"]
    assert [(e.channel, e.purpose, e.at, e.by, e.words) for e in entries] == [
        (channel, "any", SAID, "person", DOUBTFUL) for channel in ("sms", "phone")
    ]
    assert "in-1" in (entries[0].proof or "") and "read as an opt-out by Kim" in (entries[0].proof or "")
    assert ledger_of_addresses(dealer, [NUMBER])[NUMBER][0].status == "withdrawn"
    assert against(dealer, customer) == "sms: opted_out"


def test_none_leaves_the_ledger_alone_and_offers_go_on(dealer: Dealer, customer: Customer) -> None:
    before = ConsentEntry.objects.of(dealer).count()
    task = the_task(dealer)
    assert decided(task, NO_OPT_OUT)
    assert (ConsentEntry.objects.of(dealer).count(), against(dealer, customer)) == (before, None)
    task.refresh_from_db()
    assert reopen_task(dealer, task)
    assert decided(task, OPT_OUT)  # looked at again


def test_it_is_decided_once(dealer: Dealer, customer: Customer) -> None:
    task = the_task(dealer)
    assert decided(task, NO_OPT_OUT)
    assert not decided(task, OPT_OUT)
    assert not ConsentEntry.objects.of(dealer).filter(status="withdrawn").exists()


def test_a_later_start_of_his_own_stands(dealer: Dealer, customer: Customer) -> None:
    task = the_task(dealer)
    consent(customer, "granted", channel="any", by="person", at=SAID + timedelta(hours=1))
    assert decided(task, OPT_OUT)
    entries = ledger_of(dealer, [customer.pk])[customer.pk]
    assert [e.status for e in entries][-1] == "granted"  # said later than what was read as an opt-out


def test_another_task_asks_for_no_such_decision(dealer: Dealer, customer: Customer) -> None:
    receive(dealer, sender=NUMBER, text="This is terrible service, I am furious", at=SAID, ref="in-2")
    task = Task.objects.of(dealer).get()
    assert wish_of(dealer, task) is None
    assert not decided(task, OPT_OUT)
