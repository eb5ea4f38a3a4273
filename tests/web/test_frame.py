"""The frame: places, their pages, the dealers of the reader, what waits for him."""

import pytest
from django.test import Client
from django.urls import reverse

from relance.dealers.models import Membership
from relance.web.desk.frame import PLACES
from tests.builders import a_dealer, a_user
from tests.web.sample import a_busy_dealer

pytestmark = pytest.mark.django_db
PAGES = [page.name for place in PLACES for page in place.pages]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_a_place_stands_in_its_place(client: Client, name: str) -> None:
    client.force_login(a_user(a_busy_dealer()))
    page = client.get(reverse(name, kwargs={"slug": "north"})).content.decode()
    place = next(one for one in PLACES if name in [page.name for page in one.pages])
    assert f'data-go="{place.key}" aria-current=' in page


def test_no_two_places_share_a_key_and_no_page_stands_twice() -> None:
    assert len({place.key for place in PLACES}) == len(PLACES)
    assert len(set(PAGES)) == len(PAGES)


def test_the_switch_leads_to_the_same_page_of_the_other_dealer(client: Client) -> None:
    user = a_user(a_dealer("north"))
    Membership.objects.create(dealer=a_dealer("south", name="South Garage"), user=user, role="crm_manager")
    client.force_login(user)
    assert 'href="/d/south/outbox/"' in client.get("/d/north/outbox/").content.decode()


def test_who_has_one_dealer_sees_no_switch(client: Client) -> None:
    a_dealer("south", name="South Garage")
    client.force_login(a_user(a_dealer("north")))
    assert "South Garage" not in client.get("/d/north/outbox/").content.decode()


def test_the_bell_counts_what_waits_for_a_person(client: Client) -> None:
    client.force_login(a_user(a_busy_dealer()))  # one message wants approval, one is unsure
    assert '<b aria-hidden="true">2</b>' in client.get("/d/north/waiting/number/").content.decode()
    page = client.get("/d/north/waiting/").content.decode()
    assert 'href="/d/north/outbox/?state=approval"' in page


def test_the_bell_asks_nobody_for_an_approval_that_he_may_not_give(client: Client) -> None:
    dealer = a_busy_dealer()
    place = Membership.objects.of(dealer).get(user=a_user(dealer, role="advisor", email="a@dealer.example"))
    client.force_login(place.user)
    assert "for your approval" not in client.get("/d/north/waiting/").content.decode()
    for role, asked in (("sales_manager", False), ("service_manager", True)):  # the messages are of appointments
        place.role = role
        place.save()
        assert ("for your approval" in client.get("/d/north/waiting/").content.decode()) is asked


def test_the_bell_is_quiet_when_nothing_waits(client: Client) -> None:
    client.force_login(a_user(a_dealer("north")))
    assert client.get("/d/north/waiting/number/").content.strip() == b""
    assert "Nothing is waiting for you." in client.get("/d/north/waiting/").content.decode()
