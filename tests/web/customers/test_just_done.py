"""What was done for good is said on the next page, once; what can be taken back is offered there."""

import re

import pytest
from django.test import Client

from relance.dealers.models import Dealer
from tests.builders import a_customer, a_dealer, a_user

pytestmark = pytest.mark.django_db
DOUBLES = "/d/north/customers/doubles/"


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer()
    client.force_login(a_user(dealer))
    for ref in ("C1", "C2"):
        a_customer(dealer, ref=ref, name="Ann Roy", last_name="Roy", first_name="Ann", mobile="+15145550123")
    return dealer


def said(page: str) -> str:
    found = re.search(r'<div class="told" role="status">(.*?)</div>', page, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found.group(1)) if found else ""


def decided(client: Client, act: str) -> str:
    asked = {"keep": "C1", "gone": "C2", "act": act}
    return client.post(f"{DOUBLES}decide/", asked, follow=True).content.decode()


def test_two_people_are_told_and_can_be_offered_again(client: Client, dealer: Dealer) -> None:
    page = decided(client, "apart")
    assert "C1 and C2 stay two people." in said(page) and "Undo" in said(page)
    assert "Ann Roy" not in client.get(f"{DOUBLES}?full=1").content.decode()
    decided(client, "perhaps")
    assert "Ann Roy" in client.get(f"{DOUBLES}?full=1").content.decode()


def test_a_merge_says_where_everything_is(client: Client, dealer: Dealer) -> None:
    assert "Everything of C2 is with C1 now." in said(decided(client, "merge"))
    assert "/customers/one/C1/" in client.get("/d/north/customers/?q=C2").content.decode()


def test_it_is_said_once_and_not_in_a_fragment(client: Client, dealer: Dealer) -> None:
    client.post("/d/north/customers/forget/C1/", {"sure": "C1"})
    assert said(client.get(DOUBLES, headers={"HX-Request": "true"}).content.decode()) == ""
    assert "C1 was erased" in said(client.get("/d/north/customers/").content.decode())
    assert said(client.get("/d/north/customers/").content.decode()) == ""


def test_a_page_that_is_not_of_ones_role_is_not_called_a_change(client: Client) -> None:
    client.force_login(a_user(a_dealer(), role="salesperson"))
    assert "does not belong to your role" in client.get("/d/north/results/").content.decode()
    assert "does not let you change this" in client.post("/d/north/settings/people/invite/").content.decode()


def test_a_reminder_that_cannot_be_kept_leaves_what_was_typed(client: Client, dealer: Dealer) -> None:
    typed = {"at": "2020-01-01T10:00", "text": "Call about tires", "kind": "reminder"}
    answer = client.post("/d/north/customers/remind/C1/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'name="at" value="2020-01-01T10:00"' in page and "Call about tires</textarea>" in page


@pytest.mark.parametrize(
    ("act", "typed", "says"),
    [
        ("consent", {"channel": "sms", "purpose": "any", "status": "withdrawn"}, "What the customer said is recorded."),
        ("remind", {"at": "2090-01-02T10:00", "text": "Call", "kind": "reminder"}, "Kept for"),
        ("hold-back", {"why": "In hospital"}, "No automation writes or calls from now on."),
    ],
)
def test_what_was_done_with_a_customer_is_said(
    client: Client, dealer: Dealer, act: str, typed: dict[str, str], says: str
) -> None:
    page = client.post(f"/d/north/customers/{act}/C1/", typed, follow=True).content.decode()
    assert says in said(page)
