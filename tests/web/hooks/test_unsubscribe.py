"""One click ends marketing, without sign-in or cookie, and looking at the page changes nothing (RFC 8058)."""

from datetime import timedelta

import pytest
from django.test import Client

from relance.delivery.links import unsubscribe_token
from relance.exports.person.erase import erase
from relance.facts.consent import OptedOutAddresses, ledger_of, state_of
from relance.facts.models import ConsentEntry, Customer
from relance.lib import clock
from relance.outbox.runs.merged import merge
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True)


def a_link(language: str = "en", **settings: str) -> str:
    dealer = a_dealer(**settings)
    message = a_message(a_customer(dealer), an_automation(dealer), language=language)
    return f"/u/{unsubscribe_token(message)}"


def entries() -> list[ConsentEntry]:
    return list(ConsentEntry.objects.across_dealers("the test has one dealer"))


def customer() -> Customer:
    return Customer.objects.across_dealers("the test has one dealer").get()


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client, method):
    answer = getattr(client, method)(a_link())
    assert answer.status_code == 200
    assert entries() == []


def test_a_post_without_cookies_withdraws_marketing_on_every_channel(client):
    answer = client.post(a_link(), ONE_CLICK)

    assert answer.status_code == 200 and not answer.cookies
    entry, of_the_address = entries()
    assert of_the_address.customer is None and of_the_address.address == customer().mobile
    assert (entry.channel, entry.purpose, entry.status, entry.by) == ("any", "marketing", "withdrawn", "person")
    assert entry.words == "Receive no more offers and news from North Garage, by any channel? [Yes, unsubscribe]"
    assert entry.customer_id == customer().pk
    assert not customer().do_not_mail


def test_a_second_click_adds_nothing(client):
    link = a_link()
    assert [client.post(link, ONE_CLICK).status_code for _ in range(3)] == [200, 200, 200]
    assert len(entries()) == 2


def test_where_the_dealer_wants_it_one_click_stops_everything(client):
    client.post(a_link(unsubscribe="everything"), ONE_CLICK)
    assert entries()[0].purpose == "any"
    assert customer().do_not_mail


@pytest.mark.parametrize(
    ("language", "button"),
    [("en", "Yes, unsubscribe"), ("fr", "Oui, me désabonner"), ("es", "Sí, cancelar"), ("et", "Jah, loobun")],
)
def test_the_page_speaks_the_readers_language(client, language, button):
    page = client.get(a_link(language)).content.decode()
    assert button in page and f'<html lang="{language}"' in page and page.count("<button") == 1


@pytest.mark.parametrize("token", ["x", "A" * 90, "é", "%00"])
def test_a_token_that_is_none_of_ours_leads_nowhere(client, token):
    assert client.get(f"/u/{token}").status_code == 404
    assert client.post(f"/u/{token}").status_code == 404


def test_a_changed_token_leads_nowhere(client):
    link = a_link()
    assert client.post(link[:-3] + ("AAA" if not link.endswith("AAA") else "BBB")).status_code == 404
    assert entries() == []


def test_the_link_of_a_customer_who_was_merged_speaks_for_the_one_who_was_kept(client):
    dealer = a_dealer()
    first, keep, gone = (a_customer(dealer) for _ in range(3))
    link = f"/u/{unsubscribe_token(a_message(gone, an_automation(dealer)))}"
    merge(dealer, first, gone, by="Kim", at=A_DAY)
    merge(dealer, keep, first, by="Kim", at=A_DAY)
    assert client.post(link, ONE_CLICK).status_code == 200
    assert {entry.customer_id for entry in entries()} == {keep.pk, None}  # and for the number


def test_the_link_of_somebody_erased_says_that_nothing_is_left(client, tmp_path):
    dealer = a_dealer()
    customer = a_customer(dealer)
    link = f"/u/{unsubscribe_token(a_message(customer, an_automation(dealer)))}"
    erase(dealer, customer, home=tmp_path, at=A_DAY)
    assert client.post(link, ONE_CLICK).status_code == 200
    assert "Your data was erased" in client.get(link).content.decode()


def test_a_link_that_is_none_says_what_to_do_in_the_browsers_language_and_leads_nobody_to_the_staff(client):
    page = client.get("/u/broken", headers={"Accept-Language": "et"}).content.decode()
    assert "See link ei tööta" in page and "STOPP" in page and 'href="/"' not in page


def test_the_click_holds_for_the_address_whoever_has_it(client):
    """A feed may have one reader twice: the other record with this address hears no offers either."""
    dealer = a_dealer()
    first = a_customer(dealer, email="Ann@Example.org")
    message = a_message(first, an_automation(dealer), channel="email", address="Ann@Example.org")
    client.post(f"/u/{unsubscribe_token(message)}", ONE_CLICK)
    addresses = OptedOutAddresses(dealer)
    assert addresses.holds("email", "ann@example.org", "marketing", at=clock.now())
    assert not addresses.holds("email", "ann@example.org", "service", at=clock.now())


def test_the_link_works_after_400_days_when_its_message_is_gone(client, monkeypatch):
    dealer = a_dealer()
    customer = a_customer(dealer)
    message = a_message(customer, an_automation(dealer))
    link = f"/u/{unsubscribe_token(message)}"
    at = clock.now() + timedelta(days=400)
    monkeypatch.setattr(clock, "now", lambda: at)
    message.delete()
    assert client.post(link, ONE_CLICK).status_code == 200
    assert state_of(ledger_of(dealer, [customer.pk])[customer.pk], channel="email", purpose="marketing", at=at) == (
        "withdrawn"
    )
