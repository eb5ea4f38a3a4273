"""A test message from the builder: the words as they stand, to an address, marked, kept and counted nowhere."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from relance.dealers.models import AuditEntry, Dealer, User
from relance.delivery.channel import Sending
from relance.delivery.models import Sender
from relance.delivery.senders import keep_sender
from relance.delivery.senders.ways import file_sending
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_repair_order, a_user
from tests.web.automations.test_builder import HERE, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer()
    client.force_login(a_user(dealer))
    return dealer


@pytest.fixture
def sketch(client: Client, dealer: Dealer) -> str:
    """The address of a new automation."""
    return str(client.post(f"{HERE}new/")["Location"])


def the_file(home: Path) -> str:
    """The one message that has left as a file."""
    (found,) = [path for path in (home / "sent").rglob("*") if path.is_file()]
    return found.read_text(encoding="utf-8")


def a_test(client: Client, sketch: str, **fields: str) -> str:
    asked = {"words": "sms-en", "address": "(514) 555-0111", "preview-subject": "0", **fields}
    return client.post(f"{sketch}test/", asked, headers={"HX-Request": "true"}).content.decode()


def test_the_words_of_a_sketch_go_to_an_address_as_a_test_that_counts_nowhere(
    client: Client, dealer: Dealer, sketch: str, home: Path
) -> None:
    client.post(f"{sketch}keep/", typed(), headers={"HX-Request": "true"})
    told = a_test(client, sketch)
    assert "no sender is set up for this channel yet" in told and "/d/north/settings/senders/" in told
    assert "Test message: " in the_file(home) and "time for service?" in the_file(home)
    assert not Message.objects.of(dealer).exists()
    assert AuditEntry.objects.of(dealer).filter(act="test_message", what="SIX sms-en").exists()


def test_a_test_speaks_of_the_customer_who_was_chosen(client: Client, dealer: Dealer, sketch: str, home: Path) -> None:
    order = a_repair_order(a_customer(dealer, first_name="Zoé", name="Zoé Roy"), A_DAY - timedelta(days=2))
    fields = typed(**{"rule-0-0-operator": "at_least_days_ago", "rule-0-0-value": "1"})
    client.post(f"{sketch}keep/", fields, headers={"HX-Request": "true"})
    a_test(client, sketch, **{"preview-subject": str(order.pk)})
    assert "Hello Zoé, time for service?" in the_file(home)


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"address": "nobody"}, "not a telephone number"), ({"words": "postcard-en"}, "cannot be sent yet")],
)
def test_a_test_that_cannot_be_sent_says_why(
    client: Client, dealer: Dealer, sketch: str, home: Path, fields: dict[str, str], told: str
) -> None:
    client.post(f"{sketch}keep/", typed(), headers={"HX-Request": "true"})
    assert told in a_test(client, sketch, **fields)
    assert not (home / "sent").exists()


def test_a_sender_whose_day_is_full_sends_no_test(client: Client, dealer: Dealer, sketch: str, home: Path) -> None:
    keep_sender(
        dealer, "sms", replace(file_sending("sms"), settings={**file_sending("sms").settings, "daily": 2}), at=A_DAY
    )
    client.post(f"{sketch}keep/", typed(), headers={"HX-Request": "true"})
    assert all("is a file on the server" in a_test(client, sketch) for _each in range(2))
    assert "has reached its limit" in a_test(client, sketch)


def test_a_sender_that_cannot_be_reached_is_said_in_the_readers_language(
    client: Client, dealer: Dealer, sketch: str, settings: Any
) -> None:
    settings.ENVIRONMENT = {**settings.ENVIRONMENT, "RELANCE_PRIVATE_HOSTS": ["127.0.0.1"]}
    kept = {"account": "AC1", "from": "+15145550100", "url": "http://127.0.0.1:9"}
    keep_sender(dealer, "sms", Sending("twilio", kept, {"password": "x"}), at=A_DAY)
    client.post(f"{sketch}keep/", typed(), headers={"HX-Request": "true"})
    User.objects.update(language="es")
    assert "no se puede contactar con 127.0.0.1:9: Connection refused" in a_test(client, sketch)


def test_a_sender_sealed_by_another_server_is_said_and_breaks_no_page(
    client: Client, dealer: Dealer, sketch: str, home: Path
) -> None:
    keep_sender(dealer, "sms", file_sending("sms"), at=A_DAY)
    Sender.objects.of(dealer).update(secrets=b"sealed elsewhere")
    client.post(f"{sketch}keep/", typed(), headers={"HX-Request": "true"})
    assert 'class="bad"' in a_test(client, sketch)
