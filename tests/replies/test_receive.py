"""A reply becomes a fact of whoever has the address, tied to the message that it answers."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relance.facts.models import Touch
from relance.lib.errors import BadInput
from relance.replies.models import Inbound
from relance.replies.receive import LONGEST, receive
from tests.builders import A_DAY, a_customer, a_dealer, a_row, a_vehicle

pytestmark = pytest.mark.django_db
NUMBER = "+15145550001"


@pytest.fixture
def dealer():
    return a_dealer()


def say(dealer, sender=NUMBER, text="Yes please", at=A_DAY, ref="in-1"):
    return receive(dealer, sender=sender, text=text, at=at, ref=ref)


def sent(dealer, code, minutes, address=NUMBER, **values):
    at = A_DAY - timedelta(minutes=minutes)
    values = {"kind": "sent", "ref": f"{code}-{minutes}", "channel": "sms", **values}
    return a_row(Touch, dealer, code=code, happened_at=at, address=address, **values)


@pytest.mark.parametrize("sender", [NUMBER, "514-555-0001", "(514) 555 0001", "1 514 555 0001"])
def test_a_number_is_found_however_it_is_written(dealer, sender):
    customer = a_customer(dealer, mobile=NUMBER)
    (touch,) = say(dealer, sender)
    stored = Touch.objects.of(dealer).get()
    assert (stored.customer_id, stored.kind, stored.channel, stored.address) == (customer.pk, "received", "sms", NUMBER)
    assert (touch.text, stored.text_folded, stored.happened_at) == ("Yes please", "yes please", A_DAY)


def test_an_address_is_found_whatever_its_case(dealer):
    customer = a_customer(dealer, email="Ann@Example.org")
    assert say(dealer, "ANN@example.ORG")[0].customer_id == customer.pk


def test_it_answers_the_last_message_to_that_address_before_it(dealer):
    a_customer(dealer, mobile=NUMBER)
    for code, minutes in (("OLD", 60), ("NEW", 5), ("LATER", -5)):
        sent(dealer, code, minutes)
    sent(dealer, "OTHER", 1, address="+15145550002")
    assert say(dealer)[0].code == "NEW"


def test_the_vehicle_of_the_answered_message_comes_with_it(dealer):
    customer = a_customer(dealer, mobile=NUMBER)
    vehicle = a_vehicle(customer)
    sent(dealer, "CSI", 5, customer=customer, vehicle=vehicle)
    assert say(dealer)[0].vehicle_id == vehicle.pk


def test_a_reply_that_answers_nothing_is_kept_without_an_automation(dealer):
    a_customer(dealer, mobile=NUMBER)
    assert say(dealer)[0].code is None


def test_a_reply_of_nobody_is_kept(dealer):
    (touch,) = say(dealer)
    assert (touch.customer, Touch.objects.of(dealer).get().text) == (None, "Yes please")


def test_everybody_who_has_the_number_said_it(dealer):
    people = {a_customer(dealer, mobile=NUMBER).pk for _ in range(2)}
    say(dealer)
    assert set(Touch.objects.of(dealer).values_list("customer", flat=True)) == people


def test_the_same_reply_is_stored_once(dealer):
    for _ in range(2):
        a_customer(dealer, mobile=NUMBER)
    say(dealer)
    say(dealer)
    assert Touch.objects.of(dealer).count() == 2


def test_what_is_told_again_writes_nothing(dealer):
    """Providers tell five times: whoever only asks waits for nobody who writes."""
    a_customer(dealer, mobile="+15145550101")
    first = receive(dealer, sender="+15145550101", text="Hello", at=A_DAY, ref="SM1")
    with CaptureQueriesContext(connection) as asked:
        again = receive(dealer, sender="+15145550101", text="Hello", at=A_DAY, ref="SM1")
    assert [touch.ref for touch in again] == [touch.ref for touch in first]
    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}


def test_a_customer_of_another_dealer_said_nothing(dealer):
    a_customer(a_dealer("south"), mobile=NUMBER)
    assert say(dealer)[0].customer is None


def test_what_no_database_keeps_is_left_out_of_a_reply(dealer):
    say(dealer, text="Yes\0 please \ud83d", ref="in-\0-\ud800")
    say(dealer, text="Yes\0 please \ud83d", ref="in-\0-\ud800")
    row = Inbound.objects.of(dealer).get()
    assert (row.text, row.ref) == ("Yes please ?", "in- - ")


def test_an_endless_text_is_cut(dealer):
    say(dealer, text="a" * (LONGEST + 5))
    assert Touch.objects.of(dealer).get().text == "a" * LONGEST


@pytest.mark.parametrize("sender", ["", "Ann", "123", "ann@", "@example.org"])
def test_a_sender_that_is_no_address_is_refused(dealer, sender):
    with pytest.raises(BadInput, match=f"'{sender}' is n"):
        say(dealer, sender)
