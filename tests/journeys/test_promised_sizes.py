"""The promises about what comes in, at the sizes that are promised: lost by nobody, counted once, done by no robot.

Small by default; `make proof` runs them in full: INBOUND=200 (R11), EVENTS=10000 (R12), LINKS=1000 (R39, R65).
"""

import os
import sys
from datetime import timedelta
from random import Random
from threading import Thread
from time import perf_counter

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from relance.delivery.channel import Sending
from relance.delivery.deliver import deliver
from relance.delivery.models import Sender
from relance.delivery.safety.turns import Lately
from relance.delivery.senders import keep_sender
from relance.facts.models import ConsentEntry, Customer, Touch
from relance.jobs import schedule
from relance.jobs.listening import Listening
from relance.lib.clock import now
from relance.outbox.models import Message
from relance.replies.models import Inbound
from relance.replies.recover import recover
from tests.builders import a_customer, a_dealer, a_message, an_automation
from tests.delivery.mail_server import Mailbox, mail_server
from tests.delivery.sms.twilio_server import ACCOUNT, TOKEN, twilio_server
from tests.exports.test_restored_and_asked import Account
from tests.web.hooks.test_twilio import PUBLIC, posted

INBOUND = int(os.environ.get("INBOUND", "40"))
EVENTS = int(os.environ.get("EVENTS", "16"))
LINKS = int(os.environ.get("LINKS", "10"))
MOST = 120.0  # seconds after the start in which everything must be taken in
pytestmark = [pytest.mark.process, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def account(monkeypatch):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_PRIVATE_HOSTS", ["127.0.0.1"])
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_URL", f"{PUBLIC}/")
    monkeypatch.setattr(schedule, "LISTENING", Listening())
    monkeypatch.setattr(schedule, "LATELY", Lately())  # a round to its end, in this thread
    account = Account()
    with twilio_server(account):
        yield account


@pytest.fixture
def dealer(account):
    dealer = a_dealer(quiet_hours={"may_send": ["00:00", "23:59"]}, stop_answer="provider")
    way = Sending("twilio", {"account": ACCOUNT, "service": "MG1", "url": account.url}, {"password": TOKEN})
    keep_sender(dealer, "sms", way, at=now() - timedelta(days=3))
    return dealer


def people(dealer, number):
    return [a_customer(dealer, mobile=f"+1416{at:07}") for at in range(2_000_000, 2_000_000 + number)]


def test_two_days_without_an_address_lose_no_reply_and_no_stop_is_too_late(dealer, account):
    """R11: every reply is taken in and every STOP holds before the first message leaves."""
    begun, automation = now() - timedelta(hours=48), an_automation(dealer)
    customers = people(dealer, INBOUND)
    stops = set()
    for at, customer in enumerate(customers):
        if at % 5 == 0:
            stops.add(customer.mobile)
        account.writes(
            customer.mobile, "STOP" if at % 5 == 0 else f"Hello {at}", begun + timedelta(hours=47) * at / INBOUND
        )
        a_message(customer, automation, at=now() - timedelta(minutes=5))
    started = perf_counter()
    schedule.deliver_everyone(now())
    took = perf_counter() - started
    assert Inbound.objects.of(dealer).count() == INBOUND
    assert len(stops) == INBOUND // 5
    assert not stops & set(account.numbers)
    assert len(account.numbers) == INBOUND - len(stops)
    assert took < MOST
    told(f"R11: {INBOUND} replies, {len(stops)} stops, first to last {took:.1f} s")


def test_each_call_five_times_from_eight_threads_with_the_sweeper_is_one_row(dealer, account):
    """R12: no doubles, no fault; out of order, and while the provider's log is read too."""
    numbers = [customer.mobile for customer in people(dealer, min(EVENTS, 500))]
    path = f"/hooks/{Sender.objects.of(dealer).get().hook}/inbound/"
    calls = []
    for event in range(EVENTS):
        number, text = numbers[event % len(numbers)], f"Hello {event}"
        account.writes(number, text, now() - timedelta(minutes=1))
        form = {"MessageSid": account.written[-1]["sid"], "From": number, "To": "+15145550100", "Body": text}
        calls += [{**form, "AccountSid": ACCOUNT}] * 5
    Random(12).shuffle(calls)
    statuses, faults, took = [], [], []

    def post(share):
        client = Client(enforce_csrf_checks=True)  # of this thread, as a server's handler is
        try:
            for form in share:
                began = perf_counter()
                statuses.append(posted(path, form, token=TOKEN, client=client).status_code)
                took.append(perf_counter() - began)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    def sweep():
        try:
            recover(dealer, at=now())
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [Thread(target=post, args=(calls[at::8],)) for at in range(8)]
    threads += [Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert set(statuses) == {200}
    assert len(statuses) == 5 * EVENTS
    assert Inbound.objects.of(dealer).count() == EVENTS
    assert Touch.objects.of(dealer).filter(kind="received").count() == EVENTS
    late, rate = sorted(took)[int(len(took) * 0.99) - 1] * 1000, len(took) / sum(took) * 8
    told(f"R12: {EVENTS} events, {len(statuses)} calls, {rate:.0f} a second, 99 of 100 within {late:.0f} ms")


def test_every_link_of_every_mail_waits_for_a_press_and_one_press_is_enough(monkeypatch):
    """R39, R65: whoever only looks changes nothing; a POST from nowhere withdraws within a second."""
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_URL", f"{PUBLIC}/")
    dealer = a_dealer(quiet_hours={"may_send": ["00:00", "23:59"]})
    wording = {"email": {"en": {"subject": "News", "body": "Hello {customer.first_name}."}}}
    automation = an_automation(dealer, channels=["email"], purpose="marketing", wording=wording)
    for _ in range(LINKS):
        customer = a_customer(dealer)
        a_message(
            customer, automation, channel="email", address=customer.email, subject_line="News", at=now(),
            accepted_at=now(),
        )  # fmt: skip
    with mail_server(Mailbox()) as box:
        keep_sender(dealer, "email", Sending("smtp", {"host": "127.0.0.1", "port": box.port, "tls": "none"}), at=now())
        assert {m.state for m in deliver(dealer, at=now())} == {"sent"}
        mails = box.mails
    assert len(mails) == LINKS
    assert {mail["List-Unsubscribe-Post"] for mail in mails} == {"List-Unsubscribe=One-Click"}
    paths = [mail["List-Unsubscribe"].split("<")[1].split(">")[0].removeprefix(PUBLIC) for mail in mails]
    client, before = Client(enforce_csrf_checks=True), kept(dealer)
    for path in paths:
        assert [client.get(path).status_code, client.head(path).status_code] == [200, 200]
    assert kept(dealer) == before
    slowest = 0.0
    for path in paths:
        began = perf_counter()
        assert Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
        slowest = max(slowest, perf_counter() - began)
    out = ConsentEntry.objects.of(dealer).filter(status="withdrawn", customer__isnull=False)
    assert out.values("customer").distinct().count() == LINKS
    assert slowest < 1.0
    told(f"R65: {LINKS} mails, each withdrawn by one press, slowest {slowest * 1000:.0f} ms")


def told(line):
    """A line for whoever runs it in full (pytest -s)."""
    sys.stderr.write(f"{line}\n")


def kept(dealer):
    """Everything that a robot must not change."""
    return (
        ConsentEntry.objects.of(dealer).count(),
        list(Touch.objects.of(dealer).order_by("pk").values_list("kind", flat=True)),
        list(Message.objects.of(dealer).order_by("pk").values_list("state", flat=True)),
        Customer.objects.of(dealer).filter(do_not_mail=True).count(),
    )
