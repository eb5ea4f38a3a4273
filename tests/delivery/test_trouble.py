"""A way that is closed is seen, costs no message, and is forgotten as soon as something leaves by it again."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from relance.dealers.models import Dealer
from relance.delivery.channel import Sending
from relance.delivery.deliver import deliver
from relance.delivery.models import Attempt, SenderTrouble
from relance.delivery.safety.trouble import troubles_of
from relance.delivery.senders import keep_sender
from relance.measures.health import health_of_dealers
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation
from tests.delivery.mail_server import Mailbox, mail_server, password_check
from tests.delivery.web_server import Asked, Said, web_server

pytestmark = pytest.mark.django_db
LATER = A_DAY + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def with_messages(channel: str, number: int = 2) -> Dealer:
    dealer = a_dealer()
    automation = an_automation(dealer, channels=[channel])
    for _ in range(number):
        customer = a_customer(dealer)
        address = customer.email if channel == "email" else customer.mobile
        a_message(customer, automation, channel=channel, address=address, subject_line="Hello", body="Hello")
    return dealer


def states(dealer: Dealer, at: Any) -> list[str]:
    return [message.state for message in deliver(dealer, at=at)]


def because(dealer: Dealer) -> list[str]:
    return [one.because for one in troubles_of(dealer)]


def by_mail(dealer: Dealer, port: int, password: str) -> None:
    settings = {"host": "127.0.0.1", "port": port, "tls": "none", "user": "north"}
    keep_sender(dealer, "email", Sending("smtp", settings, {"password": password}), at=A_DAY)


def test_a_wrong_password_is_told_costs_nothing_and_is_over_when_it_is_right() -> None:
    dealer = with_messages("email")
    options = {"authenticator": password_check, "auth_require_tls": False}
    with mail_server(Mailbox(), **options) as box:
        by_mail(dealer, box.port, "wrong")
        assert states(dealer, A_DAY) == []
        (said,) = because(dealer)
        assert "does not take user and password" in said and not Attempt.objects.of(dealer).exists()
        assert any("none leaves: " in one.says for one in health_of_dealers(LATER) if one.state == "bad")
        by_mail(dealer, box.port, "right")
        assert because(dealer) == [], "it is another way now"
        assert states(dealer, LATER) == ["sent", "sent"]


def test_it_stands_there_since_the_first_time_and_was_seen_last() -> None:
    dealer = with_messages("email")
    by_mail(dealer, 9, "right")
    states(dealer, A_DAY)
    states(dealer, LATER)
    row = SenderTrouble.objects.of(dealer).get()
    assert row.since < row.seen_at - timedelta(minutes=4) and "cannot be reached" in row.because


@pytest.mark.parametrize("number", [1, 3])
def test_a_provider_that_lets_nobody_in_is_told_also_when_one_message_waits(number: int, settings: Any) -> None:
    dealer = with_messages("sms", number)
    answers = [Said(401, b'{"code": 20003, "message": "Authenticate"}')]

    def answer(asked: Asked) -> Said:
        return answers[0]

    settings.ENVIRONMENT = {**settings.ENVIRONMENT, "RELANCE_PRIVATE_HOSTS": ["127.0.0.1"]}
    with web_server(answer) as url:
        kept = {"account": "AC1", "service": "MG1", "url": url}  # no rate of its own: nobody waits for a slot
        keep_sender(dealer, "sms", Sending("twilio", kept, {"password": "wrong"}), at=A_DAY)
        states(dealer, A_DAY)
        assert len(because(dealer)) == 1
        answers[0] = Said(201, b'{"sid": "SM1", "status": "queued"}')
        assert states(dealer, A_DAY + timedelta(hours=2)) == ["sent"] * number
        assert because(dealer) == []


def test_a_mailbox_that_is_full_is_no_trouble_of_the_sender() -> None:
    dealer = with_messages("email", 1)
    address = str(Message.objects.of(dealer).get().address)
    with mail_server(Mailbox(at_rcpt={address: "452 4.2.2 mailbox full"})) as box:
        settings = {"host": "127.0.0.1", "port": box.port, "tls": "none"}
        keep_sender(dealer, "email", Sending("smtp", settings), at=A_DAY)
        assert states(dealer, A_DAY) == ["ready"]
    assert because(dealer) == []


def test_a_folder_that_cannot_be_written_is_told(home: Path) -> None:
    dealer = with_messages("sms")
    (home / "sent").write_text("in the way")
    assert states(dealer, A_DAY) == []
    assert "cannot be written" in because(dealer)[0]
    (home / "sent").unlink()
    assert states(dealer, LATER) == ["sent", "sent"]
    assert because(dealer) == []
