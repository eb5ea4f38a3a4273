"""What is due leaves the house once, in the right order, and what became of it is written down."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from relance.delivery import claim
from relance.delivery.deliver import deliver
from relance.delivery.models import Attempt
from relance.facts.models import Touch
from relance.outbox.models import Message, Move
from relance.outbox.recheck import Go, Later, Refusal
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_has_changed(monkeypatch):
    """The rules and the gate say yes again; their own tests stand in outbox."""
    monkeypatch.setattr(claim, "recheck", lambda dealer, messages, at: {})


@pytest.fixture
def sent_folder(settings, tmp_path: Path) -> Path:
    settings.HOME = tmp_path
    return tmp_path / "sent"


def test_a_due_message_is_sent_once(sent_folder):
    dealer = a_dealer()
    message = a_message(a_customer(dealer), an_automation(dealer))

    assert [(m.key, m.state) for m in deliver(dealer, at=A_DAY)] == [(message.key, "sent")]
    assert list(deliver(dealer, at=A_DAY)) == []
    assert list(Move.objects.of(dealer).order_by("pk").values_list("state", flat=True)) == ["sending", "sent"]
    assert Attempt.objects.of(dealer).get().result == "accepted"


def test_what_is_not_due_waits(sent_folder):
    dealer = a_dealer()
    a_message(a_customer(dealer), an_automation(dealer), send_at=A_DAY + timedelta(seconds=1))
    assert list(deliver(dealer, at=A_DAY)) == []


def test_what_was_sent_is_a_touch_that_rules_can_ask_about(sent_folder):
    dealer = a_dealer()
    customer = a_customer(dealer)
    message = a_message(customer, an_automation(dealer), channel="email", address="Ann@Example.org")

    list(deliver(dealer, at=A_DAY))

    touch = Touch.objects.of(dealer).get()
    assert (touch.ref, touch.code, touch.channel) == (str(message.key), "SR180", "email")
    assert (touch.customer_id, touch.happened_at, touch.address) == (customer.pk, A_DAY, "ann@example.org")


def test_a_word_to_the_staff_is_no_touch(sent_folder):
    dealer = a_dealer()
    a_message(a_customer(dealer), an_automation(dealer), channel="staff", recipient="staff:A12", address="a@b.example")
    assert [m.state for m in deliver(dealer, at=A_DAY)] == ["sent"]
    assert not Touch.objects.of(dealer).exists()


def test_what_is_no_longer_true_is_refused_with_its_reason(sent_folder, monkeypatch):
    dealer = a_dealer()
    message = a_message(a_customer(dealer), an_automation(dealer))
    refusal = Refusal("no_longer_true", "a visit was booked")
    monkeypatch.setattr(claim, "recheck", lambda dealer, messages, at: {message.pk: refusal})

    assert [m.state for m in deliver(dealer, at=A_DAY)] == ["refused"]
    row = Message.objects.of(dealer).get()
    assert (row.state, row.reason, row.detail) == ("refused", "no_longer_true", "a visit was booked")
    assert not list(sent_folder.rglob("*.txt"))


def test_what_must_wait_longer_is_put_off_and_not_told(sent_folder, monkeypatch):
    dealer = a_dealer()
    message = a_message(a_customer(dealer), an_automation(dealer))
    tomorrow = A_DAY + timedelta(days=1)
    monkeypatch.setattr(claim, "recheck", lambda dealer, messages, at: {message.pk: Later(tomorrow)})

    assert list(deliver(dealer, at=A_DAY)) == []
    row = Message.objects.of(dealer).get()
    assert (row.state, row.send_at) == ("ready", tomorrow)


def test_nothing_stale_is_sent(sent_folder):
    dealer = a_dealer()
    a_message(a_customer(dealer), an_automation(dealer), expires_at=A_DAY - timedelta(minutes=1))
    assert [(m.state, m.reason) for m in deliver(dealer, at=A_DAY)] == [("failed", "expired")]


def test_service_goes_before_marketing_and_the_oldest_first(sent_folder):
    dealer = a_dealer()
    customer, automation = a_customer(dealer), an_automation(dealer)
    old = A_DAY - timedelta(hours=1)
    newsletter = a_message(customer, automation, purpose="marketing", send_at=old)
    second = a_message(customer, automation)
    first = a_message(customer, automation, send_at=old)

    assert [m.key for m in deliver(dealer, at=A_DAY)] == [first.key, second.key, newsletter.key]


def test_a_limit_leaves_the_rest_for_the_next_time(sent_folder):
    dealer = a_dealer()
    customer, automation = a_customer(dealer), an_automation(dealer)
    for _ in range(3):
        a_message(customer, automation)
    assert len(list(deliver(dealer, at=A_DAY, limit=2))) == 2
    assert len(list(deliver(dealer, at=A_DAY, limit=2))) == 1


def test_all_dealers_are_served(sent_folder):
    for slug in ("north", "south"):
        dealer = a_dealer(slug)
        a_message(a_customer(dealer), an_automation(dealer))
    assert {m.dealer.slug for m in deliver(None, at=A_DAY)} == {"north", "south"}


def test_one_run_for_one_member_of_staff_is_one_list(sent_folder):
    dealer = a_dealer()
    automation = an_automation(dealer)
    words: dict[str, Any] = {"channel": "staff", "recipient": "staff:A12", "address": "a12@dealer.example"}
    first = a_message(a_customer(dealer), automation, body="Call Ann about her lease.", **words)
    a_message(a_customer(dealer), automation, body="Call Bob about his loan.", **words)
    Message.objects.of(dealer).update(run=first.run)

    assert [m.state for m in deliver(dealer, at=A_DAY)] == ["sent", "sent"]
    (file,) = sent_folder.rglob("*.eml")
    assert b"Ann" in file.read_bytes() and b"Bob" in file.read_bytes()


def test_a_new_number_is_where_the_message_goes(sent_folder, monkeypatch):
    monkeypatch.setattr(claim, "recheck", lambda dealer, messages, at: {messages[0].pk: Go(address="+15145550109")})
    dealer = a_dealer()
    message = a_message(a_customer(dealer, mobile="+15145550101"), an_automation(dealer))
    list(deliver(dealer, at=A_DAY))
    assert [path.read_text().splitlines()[1] for path in sent_folder.rglob("*.txt")] == ["To: +15145550109"]
    message.refresh_from_db()
    assert (message.state, message.address) == ("sent", "+15145550109")
