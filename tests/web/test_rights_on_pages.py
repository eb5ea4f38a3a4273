"""Rights at the door of every page: at once, per department, and for one's own customers only."""

import pytest
from django.test import Client

from relance.dealers.models import Dealer, Group, GroupMembership, Membership
from relance.facts.models import Customer
from relance.outbox.models import Message
from tests.builders import a_dealer, a_user
from tests.web.sample import a_busy_dealer, the_message, today_at
from tests.web.test_programmes import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer() -> Dealer:
    return a_busy_dealer()


def place_of(dealer: Dealer, role: str, reference: str = "") -> Membership:
    a_user(dealer, role=role)
    place = Membership.objects.of(dealer).get()
    place.reference = reference
    place.save()
    return place


def test_a_right_taken_away_counts_at_the_next_request(client: Client, dealer: Dealer) -> None:
    place = place_of(dealer, "crm_manager")
    client.force_login(place.user)
    waiting = the_message(dealer, "approval")
    assert client.post(f"/d/north/outbox/{waiting.key}/approve/").status_code == 302
    Membership.objects.of(dealer).update(role="read_only")
    assert client.post(f"/d/north/outbox/{waiting.key}/cancel/").status_code == 403
    Membership.objects.of(dealer).delete()
    assert client.get("/d/north/outbox/").status_code == 404


def test_a_manager_decides_about_his_own_department_only(client: Client, dealer: Dealer) -> None:
    client.force_login(place_of(dealer, "sales_manager").user)
    waiting = the_message(dealer, "approval")  # of an appointment
    assert client.post(f"/d/north/outbox/{waiting.key}/approve/").status_code == 403
    assert "Approve" not in client.get(f"/d/north/outbox/{waiting.key}/").content.decode()
    Membership.objects.of(dealer).update(role="service_manager")
    assert client.post(f"/d/north/outbox/{waiting.key}/approve/").status_code == 302


def own(dealer: Dealer) -> Message:
    """The message to the salesperson's one customer."""
    message = the_message(dealer, "sent")
    Customer.objects.of(dealer).filter(pk=message.customer.pk).update(salesperson="S1", salesperson_folded="s1")
    return message


def test_a_salesperson_finds_his_own_customers_only(client: Client, dealer: Dealer) -> None:
    mine, foreign = own(dealer), the_message(dealer, "delivered")
    client.force_login(place_of(dealer, "salesperson", "S1").user)
    page = client.get("/d/north/outbox/").content.decode()
    assert str(mine.customer.name) in page
    assert page.count("data-row") == 1
    assert client.get(f"/d/north/outbox/{mine.key}/").status_code == 200
    assert client.get(f"/d/north/outbox/{foreign.key}/").status_code == 404
    assert str(foreign.customer.name) not in client.get("/d/north/outbox/?q=tamm").content.decode()


def test_behind_a_number_a_salesperson_sees_his_own_customers_only(client: Client, dealer: Dealer) -> None:
    mine = own(dealer)
    client.force_login(place_of(dealer, "salesperson", "S1").user)
    for address in (
        f"/d/north/programmes/J_TOMORROW/{today_at(dealer)}/?full=1",
        f"/d/north/programmes/{today_at(dealer)}/?full=1",
    ):
        page = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert page.count("<li data-row>") == 1
        assert str(mine.customer.name) in page
        assert "You see your own customers" in page


def test_the_numbers_of_the_sheet_are_a_salespersons_own(client: Client, dealer: Dealer) -> None:
    own(dealer)
    place = place_of(dealer, "salesperson", "S1")
    client.force_login(place.user)
    assert "1 message today" in text_of(client, "/d/north/programmes/sheet/")
    place.role = "advisor"
    place.save()
    assert "7 messages today" in text_of(client, "/d/north/programmes/sheet/")


def test_a_salesperson_holds_back_nobody_else_s_customer(client: Client, dealer: Dealer) -> None:
    own(dealer)
    client.force_login(place_of(dealer, "salesperson", "S1").user)
    other = the_message(dealer, "approval").customer
    address = f"/d/north/programmes/J_TOMORROW/{today_at(dealer)}/hold-back/"
    assert client.post(address, {"customer": other.ref, "how": "ever"}).status_code == 404


def test_a_place_in_a_group_is_a_place_at_each_of_its_dealers(client: Client, dealer: Dealer) -> None:
    group = Group.objects.create(slug="family", name="Family")
    Dealer.objects.filter(slug="north").update(group=group)
    a_dealer("south")
    user = a_user()
    GroupMembership.objects.create(group=group, user=user, role="read_only")
    client.force_login(user)
    assert client.get("/d/north/outbox/").status_code == 200
    assert client.get("/d/south/outbox/").status_code == 404
    assert client.post(f"/d/north/outbox/{the_message(dealer, 'approval').key}/approve/").status_code == 403


def test_the_place_at_the_dealer_itself_comes_before_that_of_the_group(client: Client, dealer: Dealer) -> None:
    group = Group.objects.create(slug="family", name="Family")
    Dealer.objects.filter(slug="north").update(group=group)
    user = place_of(dealer, "crm_manager").user
    GroupMembership.objects.create(group=group, user=user, role="read_only")
    client.force_login(user)
    assert client.post(f"/d/north/outbox/{the_message(dealer, 'approval').key}/approve/").status_code == 302
