"""E-mail leaves over a real mail server, and whatever the server does has one meaning for each message."""

import logging
from contextlib import closing
from pathlib import Path
from threading import get_ident
from time import monotonic, sleep

import pytest
from django.conf import settings
from django.db import DatabaseError

from relance.delivery import claim, hand_over
from relance.delivery.channel import Sending
from relance.delivery.channels.email import smtp
from relance.delivery.channels.email.compose import compose
from relance.delivery.channels.email.smtp import SmtpChannel
from relance.delivery.deliver import deliver
from relance.delivery.hand_over import HandOver, parcels_of
from relance.delivery.models import Attempt, Sender
from relance.delivery.senders import sending_of
from relance.facts.models import Suppression
from relance.lib.seal import seal
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation
from tests.delivery.mail_server import Mailbox, certificate, mail_server, password_check

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_has_changed(monkeypatch):
    monkeypatch.setattr(claim, "recheck", lambda dealer, messages, at: {})


@pytest.fixture(params=[True, False], ids=["pipelining", "step by step"])
def box(request):
    with mail_server(Mailbox(pipelining=request.param)) as opened:
        yield opened


def a_dealer_who_mails(port: int, *, password: str = "", **kept: object):
    dealer = a_dealer()
    kept = {"host": "127.0.0.1", "port": port, "tls": "none", "timeout": 5, **kept}
    secrets = seal({"password": password} if password else {}, settings.SECRET_KEY)
    Sender.objects.create(dealer=dealer, channel="email", kind="smtp", settings=kept, secrets=secrets, updated_at=A_DAY)
    return dealer


def mails(dealer, *addresses: str) -> None:
    automation = an_automation(dealer)
    for address in addresses:
        a_message(a_customer(dealer), automation, channel="email", address=address, subject_line="Your visit")


def states(dealer) -> dict[str, str]:
    return {m.address or "": m.state for m in Message.objects.of(dealer)}


def test_messages_leave_over_one_connection(box):
    dealer = a_dealer_who_mails(box.port)
    mails(dealer, *(f"a{n}@example.org" for n in range(50)))

    assert [m.state for m in deliver(dealer, at=A_DAY)] == ["sent"] * 50
    assert sorted(box.recipients) == sorted(f"a{n}@example.org" for n in range(50))
    assert len(box.sessions) == 1


def test_a_dead_address_fails_alone_and_is_never_used_again(box):
    box.at_rcpt["dead@example.org"] = "550 5.1.1 no such user"
    dealer = a_dealer_who_mails(box.port)
    mails(dealer, "a@example.org", "dead@example.org", "b@example.org")

    list(deliver(dealer, at=A_DAY))

    assert states(dealer) == {"a@example.org": "sent", "dead@example.org": "failed", "b@example.org": "sent"}
    assert Message.objects.of(dealer).get(state="failed").reason == "undeliverable"
    assert Suppression.objects.of(dealer).get().address == "dead@example.org"


def test_a_refused_text_fails_alone_and_the_address_stays_good(box):
    box.at_data["a@example.org"] = "554 5.7.1 looks like spam"
    dealer = a_dealer_who_mails(box.port)
    mails(dealer, "a@example.org", "b@example.org")

    list(deliver(dealer, at=A_DAY))

    assert states(dealer) == {"a@example.org": "failed", "b@example.org": "sent"}
    assert not Suppression.objects.of(dealer).exists()


@pytest.mark.parametrize("step", ["at_rcpt", "at_data"])
def test_a_busy_mailbox_is_tried_again_later(box, step):
    getattr(box, step)["a@example.org"] = "450 4.2.1 greylisted"
    dealer = a_dealer_who_mails(box.port)
    mails(dealer, "a@example.org", "b@example.org")

    list(deliver(dealer, at=A_DAY))

    waiting = Message.objects.of(dealer).get(address="a@example.org")
    assert (waiting.state, waiting.attempts, waiting.owner) == ("ready", 1, "")
    assert waiting.send_at is not None and waiting.send_at > A_DAY
    assert states(dealer)["b@example.org"] == "sent"


def test_an_answer_that_does_not_come_leaves_the_message_unsure(box):
    box.hang_up_after_data.add("a@example.org")
    dealer = a_dealer_who_mails(box.port)
    mails(dealer, "a@example.org", "b@example.org", "c@example.org")

    list(deliver(dealer, at=A_DAY))

    assert states(dealer) == {"a@example.org": "unsure", "b@example.org": "sent", "c@example.org": "sent"}
    assert list(deliver(dealer, at=A_DAY)) == []
    assert sorted(box.recipients) == ["a@example.org", "b@example.org", "c@example.org"]


def test_a_connection_lost_before_the_text_costs_nothing(box):
    box.hang_up_at_rcpt.append("b@example.org")
    dealer = a_dealer_who_mails(box.port)
    mails(dealer, "a@example.org", "b@example.org")

    list(deliver(dealer, at=A_DAY))

    assert set(states(dealer).values()) == {"sent"}
    assert sorted(box.recipients) == ["a@example.org", "b@example.org"]


def test_a_server_slower_than_our_patience_leaves_the_message_unsure(box):
    box.wait = 3
    dealer = a_dealer_who_mails(box.port, timeout=1)
    mails(dealer, "a@example.org")
    assert [m.state for m in deliver(dealer, at=A_DAY)] == ["unsure"]
    assert Attempt.objects.of(dealer).get().result == "lost"


def test_an_address_that_is_none_is_refused_before_it_leaves(box):
    dealer = a_dealer_who_mails(box.port)
    mails(dealer, "a@example.org>\r\nRCPT TO:<victim@example.org", "b@example.org")

    list(deliver(dealer, at=A_DAY))

    assert box.recipients == ["b@example.org"]
    assert sorted(states(dealer).values()) == ["failed", "sent"]


def test_an_email_that_cannot_be_composed_fails_alone_and_nobody_gets_an_empty_one(box, monkeypatch):
    def composed(parcel, sender):
        if parcel.message.address == "b@example.org":
            raise ValueError("a broken frame")
        return compose(parcel, sender)

    monkeypatch.setattr(smtp, "compose", composed)
    dealer = a_dealer_who_mails(box.port)
    mails(dealer, "a@example.org", "b@example.org", "c@example.org")

    list(deliver(dealer, at=A_DAY))

    assert states(dealer) == {"a@example.org": "sent", "b@example.org": "failed", "c@example.org": "sent"}
    assert box.recipients == ["a@example.org", "c@example.org"]
    assert all(mail["Subject"] == "Your visit" for mail in box.mails)


def test_what_the_server_took_is_known_although_the_next_one_cannot_be_brought(box, monkeypatch):
    written, portions = HandOver._write, []

    def full(self, portion):
        portions.append(portion)
        if len(portions) == 2:
            raise DatabaseError("the disk is full")
        return written(self, portion)

    monkeypatch.setattr(hand_over, "IN_HAND", 1)
    monkeypatch.setattr(HandOver, "_write", full)
    dealer = a_dealer_who_mails(box.port)
    mails(dealer, "a@example.org", "b@example.org")

    list(deliver(dealer, at=A_DAY, limit=2))

    assert states(dealer) == {"a@example.org": "sent", "b@example.org": "ready"}
    assert box.recipients == ["a@example.org"]


def test_an_email_has_left_while_the_next_one_waits_for_its_turn(box):
    dealer = a_dealer_who_mails(box.port)
    mails(dealer, "a@example.org", "b@example.org")
    messages = list(Message.objects.of(dealer).select_related("automation"))
    left: list[int] = []

    def in_turn():
        for parcel in parcels_of(dealer, messages, {m.automation_id: m.automation.code for m in messages}, A_DAY):
            ends = monotonic() + 5
            while len(box.taken) < len(left) and monotonic() < ends:
                sleep(0.01)
            left.append(len(box.taken))
            yield parcel

    with closing(SmtpChannel(sending_of(dealer, "email"))) as channel:
        channel.open()
        assert len(list(channel.send(in_turn()))) == 2
    assert left == [0, 1]


def test_emails_for_several_connections_are_composed_in_the_thread_that_has_the_database(box, monkeypatch):
    threads = set()

    def composed(parcel, sender):
        threads.add(get_ident())
        return compose(parcel, sender)

    monkeypatch.setattr(smtp, "compose", composed)
    dealer = a_dealer_who_mails(box.port, connections=2)
    mails(dealer, *(f"a{n}@example.org" for n in range(10)))

    assert [m.state for m in deliver(dealer, at=A_DAY)] == ["sent"] * 10
    assert threads == {get_ident()}


def test_several_connections_carry_every_message_once(box):
    dealer = a_dealer_who_mails(box.port, connections=4)
    mails(dealer, *(f"a{n}@example.org" for n in range(60)))

    assert [m.state for m in deliver(dealer, at=A_DAY)] == ["sent"] * 60
    assert len(set(box.recipients)) == len(box.recipients) == 60


def test_a_server_that_is_away_costs_no_message_an_attempt(caplog):
    dealer = a_dealer_who_mails(1)
    mails(dealer, "a@example.org")

    with caplog.at_level(logging.WARNING):
        assert list(deliver(dealer, at=A_DAY)) == []

    row = Message.objects.of(dealer).get()
    assert (row.state, row.attempts) == ("ready", 0)
    assert "127.0.0.1:1 cannot be reached" in caplog.text


def test_a_server_that_does_not_relay_for_us_costs_no_message_its_life(box):
    for letter in "abc":
        box.at_rcpt[f"{letter}@example.org"] = "554 5.7.1 relay access denied"
    dealer = a_dealer_who_mails(box.port)
    mails(dealer, "a@example.org", "b@example.org", "c@example.org")

    list(deliver(dealer, at=A_DAY))

    assert set(states(dealer).values()) == {"ready"}


def test_starttls_and_a_password_are_used_when_the_certificate_is_trusted(tmp_path: Path):
    context, public = certificate(tmp_path)
    options = {"tls_context": context, "authenticator": password_check, "auth_required": True}
    with mail_server(Mailbox(), **options) as box:
        dealer = a_dealer_who_mails(box.port, password="right", user="north", tls="starttls", ca=str(public))
        mails(dealer, "a@example.org")
        assert [m.state for m in deliver(dealer, at=A_DAY)] == ["sent"]


def test_tls_from_the_first_byte(tmp_path: Path):
    context, public = certificate(tmp_path)
    with mail_server(Mailbox(), ssl_context=context) as box:
        dealer = a_dealer_who_mails(box.port, tls="tls", ca=str(public))
        mails(dealer, "a@example.org")
        assert [m.state for m in deliver(dealer, at=A_DAY)] == ["sent"]


def test_a_strangers_certificate_gets_nothing(tmp_path: Path):
    context, _ = certificate(tmp_path)
    with mail_server(Mailbox(), tls_context=context) as box:
        channel = SmtpChannel(Sending("smtp", {"host": "127.0.0.1", "port": box.port, "tls": "starttls"}))
        (fault,) = channel.check()
        assert "cannot be trusted" in fault


def test_a_wrong_password_is_said_in_words_and_nothing_is_lost(tmp_path: Path, caplog):
    context, public = certificate(tmp_path)
    with mail_server(Mailbox(), tls_context=context, authenticator=password_check) as box:
        dealer = a_dealer_who_mails(box.port, password="wrong", user="north", tls="starttls", ca=str(public))
        mails(dealer, "a@example.org")
        assert list(deliver(dealer, at=A_DAY)) == []
    assert "does not take user and password" in caplog.text
    assert states(dealer) == {"a@example.org": "ready"}
