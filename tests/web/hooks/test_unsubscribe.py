"""One click ends marketing, without sign-in or cookie, and looking at the page changes nothing (RFC 8058)."""

import pytest
from django.test import Client

from relance.delivery.links import unsubscribe_token
from relance.facts.models import ConsentEntry, Customer
from tests.builders import a_customer, a_dealer, a_message, an_automation

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
    (entry,) = entries()
    assert (entry.channel, entry.purpose, entry.status, entry.by) == ("any", "marketing", "withdrawn", "person")
    assert entry.words == "Receive no more offers and news from North Garage, by any channel? [Yes, unsubscribe]"
    assert entry.customer_id == customer().pk
    assert not customer().do_not_mail


def test_a_second_click_adds_nothing(client):
    link = a_link()
    assert [client.post(link, ONE_CLICK).status_code for _ in range(3)] == [200, 200, 200]
    assert len(entries()) == 1


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
