"""Addresses that are not used any more: seen, and used again with a reason, but for what the reader said himself."""

from datetime import timedelta

import pytest
from django.test import Client

from relance.dealers.models import AuditEntry, Dealer
from relance.facts.models import Suppression
from tests.builders import A_DAY, a_customer, a_dealer, a_user, consent
from tests.conftest import Relance

pytestmark = pytest.mark.django_db
HERE = "/d/north/settings/suppressed/"


def suppressed(dealer: Dealer, address: str, reason: str, channel: str = "email") -> Suppression:
    return Suppression.objects.create(dealer=dealer, channel=channel, address=address, reason=reason, at=A_DAY)


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer()
    client.force_login(a_user(dealer))
    return dealer


def test_an_address_is_seen_with_its_reason_and_its_owner(client: Client, dealer: Dealer) -> None:
    ann = a_customer(dealer, email="ann@x.example")
    suppressed(dealer, "ann@x.example", "hard_bounce")
    page = client.get(HERE).content.decode()
    assert "ann@x.example" in page and "the mailbox does not exist" in page and f"/customers/one/{ann.ref}/" in page
    assert "Nothing is sent to ann@x.example" in client.get(f"/d/north/customers/one/{ann.ref}/").content.decode()
    assert "ann@x.example" not in client.get(f"{HERE}?q=bob").content.decode()


def test_it_is_used_again_with_a_reason_that_the_log_keeps(client: Client, dealer: Dealer) -> None:
    a_customer(dealer, email="ann@x.example", ref="C7")
    row = suppressed(dealer, "ann@x.example", "hard_bounce")
    assert client.post(f"{HERE}{row.pk}/use/", {"why": " "}).status_code == 422
    assert Suppression.objects.of(dealer).exists()
    client.post(f"{HERE}{row.pk}/use/", {"why": "She moved providers"})
    assert not Suppression.objects.of(dealer).exists()
    entry = AuditEntry.objects.of(dealer).get(act="address_used_again")
    assert "C7" in entry.what and entry.after == {"why": "She moved providers"}
    assert "ann@x" not in f"{entry.what} {entry.before} {entry.after}"


@pytest.mark.parametrize(("reason", "channel"), [("complaint", "email"), ("opted_out", "sms")])
def test_what_the_reader_said_himself_is_only_undone_when_he_has_agreed_since(
    client: Client, dealer: Dealer, reason: str, channel: str
) -> None:
    ann = a_customer(dealer, email="ann@x.example", mobile="+15145550177")
    row = suppressed(dealer, "ann@x.example" if channel == "email" else "+15145550177", reason, channel)
    consent(ann, by="person", channel=channel, at=A_DAY - timedelta(days=1))
    consent(ann, by="staff", channel=channel, at=A_DAY + timedelta(days=1))
    answer = client.post(f"{HERE}{row.pk}/use/", {"why": "He told me"})
    assert answer.status_code == 422 and "Only the customer can undo this" in answer.content.decode()
    consent(ann, by="person", channel=channel, at=A_DAY + timedelta(days=2))
    client.post(f"{HERE}{row.pk}/use/", {"why": "He signed a form"})
    assert not Suppression.objects.of(dealer).exists()


def test_the_command_shows_them_and_uses_one_again(relance: Relance, dealer: Dealer) -> None:
    suppressed(dealer, "+15145550177", "landline", "sms")
    assert "landline" in relance("suppressed", "north", "--json").out
    assert relance("suppressed", "north", "--use", "sms", "+15145550177").status == 2, "without a reason"
    assert relance("suppressed", "north", "--use", "sms", "+1514", "--why", "x").status == 2
    assert relance("suppressed", "north", "--use", "sms", "+15145550177", "--why", "a mobile now").status == 0
    assert not Suppression.objects.of(dealer).exists()
