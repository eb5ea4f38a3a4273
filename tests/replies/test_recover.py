"""Each message from outside is one row, from however many sides it comes; what was missed is read again."""

from datetime import timedelta
from email.utils import format_datetime
from threading import Thread

import pytest
from django.conf import settings
from django.db import connection

from relance.delivery.channel import Hears, Sending
from relance.delivery.channels.sms.twilio import TwilioChannel
from relance.delivery.deliver import deliver
from relance.delivery.senders import keep_sender
from relance.facts.models import ConsentEntry, Touch
from relance.lib.clock import now
from relance.outbox.models import Message
from relance.replies.models import Inbound
from relance.replies.receive import Came, receive
from relance.replies.recover import recover
from tests.builders import a_customer, a_dealer, a_message, an_automation
from tests.delivery.sms.twilio_server import TOKEN, Twilio, said, twilio_server


def number_of(at):
    return f"+1514555{at:04}"


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_each_message_is_taken_in_once_from_eight_threads_five_times_over():
    dealer = a_dealer()
    for at in range(5):
        a_customer(dealer, mobile=number_of(at))
    moment, faults = now(), []

    def post(order):
        try:
            for at in order * 5:
                receive(dealer, sender=number_of(at), text="STOP", at=moment, ref=f"SM{at}", came=Came("twilio"))
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    orders = [[(start + step) % 5 for step in range(5)] for start in range(8)]
    threads = [Thread(target=post, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert Inbound.objects.of(dealer).count() == Touch.objects.of(dealer).count() == 5
    assert Message.objects.of(dealer).filter(purpose="answer").count() == 5
    assert ConsentEntry.objects.of(dealer).count() == 5 * 4


class TwilioWithLog(Twilio):
    """An account whose log has what customers wrote."""

    def __init__(self):
        super().__init__()
        self.written = []

    def listed(self, number):
        rows = [
            {"sid": sid, "from": sender, "to": number, "body": text, "direction": "inbound",
             "date_sent": format_datetime(at), "date_created": format_datetime(at)}
            for sid, sender, text, at in self.written
        ]  # fmt: skip
        return said(200, {"messages": rows, "next_page_uri": None})


@pytest.fixture
def log(monkeypatch):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_PRIVATE_HOSTS", ["127.0.0.1"])
    account = TwilioWithLog()
    with twilio_server(account):
        yield account


def a_dealer_with(log):
    dealer = a_dealer(quiet_hours={"may_send": ["00:00", "23:59"]}, stop_answer="provider")
    sending = Sending("twilio", log.settings, {"password": TOKEN})
    keep_sender(dealer, "sms", sending, at=now() - timedelta(days=3))
    assert isinstance(TwilioChannel(sending), Hears)
    return dealer


@pytest.mark.django_db
def test_what_came_while_we_were_down_is_obeyed_before_anything_leaves(log):
    dealer = a_dealer_with(log)
    begun = now() - timedelta(days=2)
    automation = an_automation(dealer)
    for at in range(10):
        customer = a_customer(dealer, mobile=number_of(at), mobile_zones="")
        a_message(customer, automation, at=now() - timedelta(minutes=5), address=customer.mobile)
        text = "STOP" if at % 5 == 0 else "Thanks"
        log.written.append((f"SM{at}", number_of(at), text, (begun + timedelta(minutes=at)).replace(microsecond=0)))
    assert recover(dealer, at=now()) == 10
    assert recover(dealer, at=now()) == 0
    done = {m.address: m.state for m in deliver(dealer, at=now())}
    assert {address for address, state in done.items() if state == "refused"} == {number_of(0), number_of(5)}
    assert Inbound.objects.of(dealer).count() == 10


@pytest.mark.django_db
def test_what_the_hook_has_taken_in_is_not_taken_in_again(log):
    dealer = a_dealer_with(log)
    moment = (now() - timedelta(minutes=30)).replace(microsecond=0)
    log.written.append(("SM1", number_of(1), "Hello", moment))
    receive(dealer, sender=number_of(1), text="Hello", at=now(), ref="SM1", came=Came("twilio"))
    assert recover(dealer, at=now()) == 0


@pytest.mark.django_db
def test_a_start_after_a_stop_wins_whatever_order_the_log_has(log):
    dealer = a_dealer_with(log)
    ann = a_customer(dealer, mobile=number_of(1))
    moment = (now() - timedelta(hours=5)).replace(microsecond=0)
    log.written += [
        ("SM2", number_of(1), "START", moment + timedelta(minutes=1)),
        ("SM1", number_of(1), "STOP", moment),
    ]
    recover(dealer, at=now())
    entries = ConsentEntry.objects.of(dealer).filter(customer=ann).order_by("at")
    assert [entry.status for entry in entries] == ["withdrawn"] * 2 + ["granted"] * 2
