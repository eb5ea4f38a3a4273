"""A customer with several vehicles hears once, when the words speak of all of them; each vehicle has its key."""

import pytest

from relance.dealers.models import Dealer
from relance.facts.models import Customer, Vehicle
from relance.jobs.stages import plan
from relance.outbox.models import Message
from relance.outbox.recheck import Go, Refusal, recheck
from relance.plan.models import Occurrence
from tests.builders import A_DAY, a_customer, a_dealer, a_vehicle, an_automation

pytestmark = pytest.mark.django_db
MAZDAS = [{"category": "vehicle", "attribute": "make", "operator": "is", "value": "Mazda"}]
ALL = "Hello, your { vehicles.list } may need a look."


@pytest.fixture
def dealer() -> Dealer:
    return a_dealer(frequency_cap={"messages": 1, "days": 1})


def two_mazdas(dealer: Dealer) -> Customer:
    customer = a_customer(dealer)
    a_vehicle(customer, ref="V-A", model="CX-5")
    a_vehicle(customer, ref="V-B", model="3")
    return customer


def planned(dealer: Dealer, body: str = ALL) -> list[Message]:
    an_automation(
        dealer, subject="vehicle", audience=MAZDAS, purpose="marketing", wording={"sms": {"en": {"body": body}}}
    )
    plan(dealer, at=A_DAY, since=A_DAY.replace(hour=13))
    return list(Message.objects.of(dealer).order_by("pk"))


def test_one_message_and_a_key_per_vehicle(dealer: Dealer) -> None:
    two_mazdas(dealer)
    [message] = planned(dealer)
    assert message.state == "ready" and message.body and "Mazda 3 and 2022 Mazda CX-5" in message.body
    assert Occurrence.objects.of(dealer).count() == 2
    assert plan(dealer, at=A_DAY.replace(day=5)).made == 0


def test_a_fleet_of_a_hundred_hears_in_one_email(dealer: Dealer) -> None:
    customer = a_customer(dealer)
    for number in range(100):
        a_vehicle(customer, ref=f"V{number}", make="Volkswagen", model="Transporter Kombi")
    wording = {"email": {"en": {"subject": "Your vehicles", "body": ALL}}}
    an_automation(dealer, subject="vehicle", purpose="marketing", channels=["email"], wording=wording)
    plan(dealer, at=A_DAY, since=A_DAY.replace(hour=13))
    [message] = Message.objects.of(dealer)
    assert message.reason is None and str(message.body).count("Volkswagen Transporter Kombi") == 100


def test_customers_do_not_join_each_other(dealer: Dealer) -> None:
    two_mazdas(dealer)
    a_vehicle(a_customer(dealer), ref="V-C")
    assert len(planned(dealer)) == 2


def test_without_the_list_each_vehicle_has_its_own_message(dealer: Dealer) -> None:
    two_mazdas(dealer)
    assert len(planned(dealer, "Hello, your { vehicle.model | car } may need a look.")) == 2


def test_a_vehicle_that_is_refused_does_not_silence_the_other(dealer: Dealer) -> None:
    customer = two_mazdas(dealer)
    Vehicle.objects.of(dealer).filter(customer=customer, ref="V-B").update(plate="A1B 2C3")
    found = planned(dealer, f"{ALL} Plate: {{ vehicle.plate }}.")
    assert [(m.subject_ref, m.reason) for m in found] == [("V-A", "text_incomplete"), ("V-B", None)]


def test_at_hand_over_one_true_vehicle_is_enough(dealer: Dealer) -> None:
    two_mazdas(dealer)
    [message] = planned(dealer)
    mine = Vehicle.objects.of(dealer)
    mine.filter(ref="V-A").update(status="sold")
    assert isinstance(recheck(dealer, [message], at=A_DAY)[message.pk], Go)
    mine.update(make="Ford", make_folded="ford")
    assert recheck(dealer, [message], at=A_DAY) == {message.pk: Refusal("no_longer_true")}
