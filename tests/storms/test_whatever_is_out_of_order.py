"""Whatever relance depends on refuses, hangs, drips, babbles or hangs up: the rest goes on, and it recovers (R58).

Time-outs are short here; what is proven is that there is an end, and what has happened by then.
"""

import socket
import time
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client

from relance.delivery.channel import Sending
from relance.delivery.deliver import deliver
from relance.delivery.receipts import mailbox
from relance.delivery.safety.rests import LONGEST
from relance.delivery.safety.turns import Lately
from relance.delivery.safety.unsure import ask_providers
from relance.delivery.senders import keep_sender
from relance.jobs import listening
from relance.jobs.schedule import TASKS
from relance.outbox.models import Message
from tests.builders import A_DAY, a_dealer, a_user
from tests.delivery.mail_server import Mailbox, mail_server
from tests.delivery.receipts.imap_server import imap_server
from tests.delivery.sms.twilio_server import ACCOUNT, TOKEN, twilio_server
from tests.harness import world
from tests.storms.proxy import FAULTS, in_trouble, proxy

pytestmark = [pytest.mark.django_db]
TIMEOUT, SOON = 0.4, 8.0  # seconds; far more than some time-outs, far less than a drip without an end
STEP = next(task.every for task in TASKS if task.name == "deliver")
RECOVERS = timedelta(seconds=60)
NUMBER = 4


@pytest.fixture(autouse=True)
def _here(monkeypatch):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_PRIVATE_HOSTS", ["127.0.0.1"])


@contextmanager
def by_smtp():
    with mail_server(Mailbox()) as box, proxy(box.port) as between:
        way = {"host": "127.0.0.1", "port": between.port, "tls": "none", "timeout": TIMEOUT}
        yield between, "email", Sending("smtp", way), lambda: box.recipients


@contextmanager
def by_http():
    with twilio_server() as account, proxy(int(account.url.rpartition(":")[2])) as between:
        way = {"account": ACCOUNT, "service": "MG1", "url": f"http://127.0.0.1:{between.port}", "timeout": TIMEOUT}
        yield between, "sms", Sending("twilio", way, {"password": TOKEN}), lambda: [row["to"] for row in account.taken]


WAYS = {"SMTP": by_smtp, "HTTP": by_http}


def states(dealer):
    return Counter(Message.objects.of(dealer).values_list("state", flat=True))


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("way", WAYS)
def test_a_provider_in_trouble_holds_up_nobody_else_and_is_used_again_within_a_minute(way, fault):
    with WAYS[way]() as (between, channel, sending, took), mail_server(Mailbox()) as well:
        dealer = world.fill(channel, NUMBER, A_DAY)
        keep_sender(dealer, channel, sending, at=A_DAY)
        other = world.fill("email", NUMBER, A_DAY, slug="south")
        keep_sender(other, "email", Sending("smtp", {"host": "127.0.0.1", "port": well.port, "tls": "none"}), at=A_DAY)
        lately, at = Lately(), A_DAY
        with in_trouble(between, fault):
            for _ in range(3):
                began = time.monotonic()
                list(deliver(None, at=at, patience=5, lately=lately))
                assert time.monotonic() - began < SOON
                at += STEP
        assert states(other) == {"sent": NUMBER}
        assert set(states(dealer)) <= {"ready", "unsure"}
        back = at
        world.more(dealer, range(NUMBER, 2 * NUMBER))
        while at - back <= RECOVERS and not states(dealer)["sent"]:
            list(deliver(None, at=at, patience=5, lately=lately))
            at += STEP
        assert states(dealer)["sent"], "not within a minute"
        settle(dealer, at, lately)
    assert max(Counter(took()).values()) == 1
    assert set(states(dealer)) <= {"sent", "unsure"}
    assert len(took()) + states(dealer)["unsure"] >= 2 * NUMBER


def settle(dealer, at, lately):
    """An hour later, when whoever waits for another try has had it, and providers have been asked about doubts."""
    for _ in range(3):
        at += timedelta(minutes=20)
        list(ask_providers(at))
        list(deliver(dealer, at=at, lately=lately))


def test_a_provider_that_is_noticed_again_within_a_minute():
    assert timedelta(seconds=LONGEST) + STEP < RECOVERS


@pytest.mark.parametrize("fault", FAULTS)
def test_a_mailbox_for_bounces_in_trouble_ends_and_is_read_afterwards(fault, monkeypatch):
    monkeypatch.setattr(mailbox, "TIMEOUT", TIMEOUT)
    with imap_server([b"Subject: hello\r\n\r\nno report"]) as box, proxy(box.port) as between:
        dealer = a_dealer()
        secrets = {"password": "x", "bounces": f"imap://desk:right@127.0.0.1:{between.port}/INBOX"}
        keep_sender(
            dealer, "email", Sending("smtp", {"host": "127.0.0.1", "port": 9, "tls": "none"}, secrets), at=A_DAY
        )
        with in_trouble(between, fault):
            began = time.monotonic()
            mailbox.look_into_mailboxes(A_DAY)
            assert time.monotonic() - began < SOON
        assert not box.flags
        mailbox.look_into_mailboxes(A_DAY)
        assert box.flags == {1: {"relance"}}


NO_NAMES = (
    socket.gaierror(-3, "Temporary failure in name resolution"),
    TimeoutError("timed out"),
    UnicodeError("label"),
)


@pytest.mark.parametrize("fault", NO_NAMES, ids=lambda fault: type(fault).__name__)
def test_names_that_cannot_be_looked_up_lose_nothing(fault, monkeypatch):
    def no_names(*_, **__):
        raise fault

    with mail_server(Mailbox()) as box:
        dealer = world.fill("email", NUMBER, A_DAY)
        way = {"host": "localhost", "port": box.port, "tls": "none"}
        keep_sender(dealer, "email", Sending("smtp", way), at=A_DAY)
        lately = Lately()
        with monkeypatch.context() as patch:
            patch.setattr("relance.lib.addresses.network.socket.getaddrinfo", no_names)
            list(deliver(None, at=A_DAY, lately=lately))
        assert states(dealer) == {"ready": NUMBER}
        list(deliver(None, at=A_DAY + RECOVERS, lately=lately))
    assert states(dealer) == {"sent": NUMBER}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["facts_consententry", "facts_suppression"])
def test_nothing_is_sent_when_consent_cannot_be_read(table):
    with mail_server(Mailbox()) as box:
        dealer = world.fill("email", NUMBER, A_DAY)
        keep_sender(dealer, "email", Sending("smtp", {"host": "127.0.0.1", "port": box.port, "tls": "none"}), at=A_DAY)
        with renamed(table), pytest.raises(DatabaseError):
            list(deliver(None, at=A_DAY))
        assert box.recipients == [] and states(dealer) == {"ready": NUMBER}
        list(deliver(None, at=A_DAY))
        assert len(box.recipients) == NUMBER


@contextmanager
def renamed(table):
    """A table that is not where it should be."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE elsewhere RENAME TO {table}")


def test_a_log_that_cannot_be_read_is_not_asked_at_every_step(monkeypatch):
    asked = []

    def fails(dealer, *, at):
        asked.append(at)
        raise TimeoutError("timed out")

    monkeypatch.setattr(listening, "recover", fails)
    heard, dealer = listening.Listening(), a_dealer()
    assert [heard.deaf([dealer], A_DAY) for _ in range(3)] == [{dealer.pk}] * 3
    assert len(asked) == 1


@pytest.mark.parametrize("ahead", [timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_was_a_day_off_sends_nothing_twice(ahead):
    with mail_server(Mailbox()) as box:
        dealer = world.fill("email", NUMBER, A_DAY)
        keep_sender(dealer, "email", Sending("smtp", {"host": "127.0.0.1", "port": box.port, "tls": "none"}), at=A_DAY)
        for at in (A_DAY + ahead, A_DAY, A_DAY + ahead, A_DAY + timedelta(minutes=1)):
            list(deliver(None, at=at))
    assert Counter(box.recipients).most_common(1)[0][1] == 1 and len(box.recipients) == NUMBER
    assert states(dealer) == {"sent": NUMBER}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", WAYS)
def test_pages_are_answered_while_a_provider_hangs(way):
    with WAYS[way]() as (between, channel, sending, _), in_trouble(between, "hang"):
        dealer = world.fill(channel, NUMBER, A_DAY)
        keep_sender(dealer, channel, sending, at=A_DAY)
        client = Client()
        client.force_login(a_user(dealer))
        list(deliver(None, at=A_DAY, patience=0, lately=Lately()))
        for page in ("outbox/", "customers/", "tasks/", "settings/senders/"):
            assert client.get(f"/d/north/{page}").status_code == 200
