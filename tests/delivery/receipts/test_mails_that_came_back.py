"""Mails that came back and complaints: known by the Message-ID that is our key, by pipe or out of a mailbox."""

import io
import logging
from datetime import timedelta
from uuid import uuid4

import pytest

from relance.delivery.channel import Sending
from relance.delivery.models import Receipt
from relance.delivery.receipts.bounce_mail import news_of
from relance.delivery.receipts.mailbox import look_into, look_into_mailboxes, take_in_mail
from relance.delivery.senders import keep_sender
from relance.facts.models import ConsentEntry, Suppression
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation
from tests.delivery.receipts.imap_server import imap_server
from tests.delivery.receipts.mails import a_bounce, a_complaint

pytestmark = pytest.mark.django_db
LATER = A_DAY + timedelta(hours=1)


@pytest.fixture
def message():
    dealer = a_dealer()
    customer, automation = a_customer(dealer), an_automation(dealer)
    return a_message(customer, automation, state="sent", channel="email", address="ann@example.org", attempts=1)


def state_of(message):
    return Message.objects.of(message.dealer).values_list("state", flat=True).get(pk=message.pk)


def reason(message):
    return Suppression.objects.of(message.dealer).values_list("reason", flat=True).first()


@pytest.mark.parametrize("headers_only", [False, True])
@pytest.mark.parametrize(
    ("action", "status", "state", "suppressed"),
    [
        ("failed", "5.1.1", "failed", "hard_bounce"),
        ("failed", "5.2.2", "failed", None),  # a full mailbox
        ("failed", "4.4.7", "failed", None),
        ("failed", "5.7.1", "failed", None),  # their policy, not a dead address
        ("delayed", "4.4.1", "sent", None),
        ("delivered", "2.0.0", "delivered", None),
        ("expanded", "2.0.0", "sent", None),
    ],
)
def test_a_report_means_what_its_action_and_status_say(action, status, state, suppressed, headers_only, message):
    mail = a_bounce(message.key, action=action, status=status, headers_only=headers_only)
    take_in_mail(message.dealer, mail, at=LATER)
    assert (state_of(message), reason(message)) == (state, suppressed)


def test_the_same_mail_is_news_once(message):
    mail = a_bounce(message.key)
    assert [take_in_mail(message.dealer, mail, at=LATER) for _ in range(3)] == [1, 0, 0]


def test_a_complaint_suppresses_the_address_that_it_does_not_name(message):
    assert take_in_mail(message.dealer, a_complaint(message.key), at=LATER) == 1
    assert reason(message) == "complaint" and Suppression.objects.of(message.dealer).get().address == "ann@example.org"


def test_an_opt_out_by_report_is_an_opt_out(message):
    assert take_in_mail(message.dealer, a_complaint(message.key, "opt-out"), at=LATER) == 1
    said = ConsentEntry.objects.of(message.dealer).values_list("status", flat=True)
    assert list(said) == ["withdrawn", "withdrawn"] and reason(message) is None  # for the person and for the address


def test_a_report_about_no_message_of_ours_changes_nothing(message):
    take_in_mail(message.dealer, a_bounce(uuid4()), at=LATER)
    take_in_mail(a_dealer("south"), a_bounce(message.key), at=LATER)
    assert state_of(message) == "sent" and not Suppression.objects.across_dealers("the test's").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: Out of office\r\n\r\nBack on Monday.",
        b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\nno parts",
        a_bounce("not-a-key"),
        a_bounce(uuid4())[:300],
        a_bounce(uuid4()).replace(b"message/delivery-status", b"text/plain"),
        b"Content-Type: multipart/report; report-type=\xff; boundary=b\r\n\r\n--b--",
    ],
    ids=range(8),
)
def test_what_is_no_report_is_no_news(content):
    assert news_of(content, A_DAY) == []


def test_a_mailbox_is_read_once_and_other_mail_stays_unread(message):
    other = b"From: ann@example.org\r\nSubject: Thank you\r\n\r\nSee you on Monday."
    with imap_server([other, a_bounce(message.key)]) as box:
        url = f"imap://desk:right@127.0.0.1:{box.port}/INBOX"
        assert [look_into(message.dealer, url, at=LATER) for _ in range(2)] == [1, 0]
    assert box.flags == {1: {"relance"}, 2: {"relance", "\\Seen"}}
    assert state_of(message) == "failed" and Receipt.objects.of(message.dealer).count() == 1


def test_a_mailbox_that_does_not_open_is_one_line_in_the_log_and_stops_nobody(message, caplog):
    south = a_dealer("south")
    with imap_server([a_bounce(message.key)]) as box, caplog.at_level(logging.WARNING):
        for dealer, login in ((south, "desk:wrong"), (message.dealer, "desk:right")):
            secrets = {"bounces": f"imap://{login}@127.0.0.1:{box.port}"}
            keep_sender(dealer, "email", Sending("smtp", {"host": "mail.example"}, secrets), at=A_DAY)
        look_into_mailboxes(LATER)
    assert state_of(message) == "failed"
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("south: the mailbox for bounces cannot be read") and "wrong" not in line.partition(":")[0]


def test_a_mail_server_may_pipe_it_in(message, relance, monkeypatch):
    for mail, says in ((a_bounce(message.key), "1 news"), (b"Subject: hello\r\n\r\n", "nothing new")):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(mail)))
        answer = relance("bounce", "north")
        assert answer.status == 0 and says in answer.err
    assert state_of(message) == "failed"
