"""The lists of the staff on screen: a person's latest runs, a line per customer."""

import pytest
from django.test import Client

from relance.dealers.models import Dealer
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_staff_member, a_user, an_automation
from tests.web.test_programmes import text_of

pytestmark = pytest.mark.django_db
LINE = "{} · 2022 Mazda CX-5 · ends May 4, 2027 · +15145550101"


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer()
    client.force_login(a_user(dealer, email="mo@dealer.example"))
    a_staff_member(dealer, "A1", name="Al First", email="al@dealer.example")
    a_staff_member(dealer, "M1", name="Mo Manager", email="Mo@dealer.example")
    renewals = an_automation(dealer, "V03", name="Renewals")
    for ref, name in (("A1", "Camille"), ("M1", "Robert <b>")):
        a_message(
            a_customer(dealer), renewals, at=A_DAY, channel="staff", recipient=f"staff:{ref}", state="sent",
            subject_line="Leases about to end", body=LINE.format(name),
        )  # fmt: skip
    return dealer


def test_who_asks_sees_his_own_lists_first(client: Client, dealer: Dealer) -> None:
    text = text_of(client, "/d/north/lists/")
    assert "The latest lists for Mo Manager" in text and "Leases about to end" in text
    assert "ends May 4, 2027" in text and "Camille" not in text


def test_another_persons_lists_are_one_click_away(client: Client, dealer: Dealer) -> None:
    assert "Camille" in text_of(client, "/d/north/lists/?to=A1")
    assert client.get("/d/north/lists/?to=X").status_code == 404


def test_each_line_has_telephone_and_link_and_its_text_is_only_text(client: Client, dealer: Dealer) -> None:
    page = client.get("/d/north/lists/").content.decode()
    message = Message.objects.of(dealer).get(recipient="staff:M1")
    assert 'href="tel:+15145550101"' in page and f"/d/north/outbox/{message.key}/" in page
    assert "Robert &lt;b&gt;" in page


def test_lists_of_another_dealer_are_never_here(client: Client, dealer: Dealer) -> None:
    south = a_dealer("south")
    a_message(
        a_customer(south), an_automation(south, "V03"), channel="staff", recipient="staff:M1", state="sent", body="Far"
    )
    assert "Far" not in text_of(client, "/d/north/lists/?to=M1")


def test_without_lists_the_page_says_what_will_stand_here(client: Client) -> None:
    client.force_login(a_user(a_dealer("empty"), email="e@dealer.example"))
    assert "such as the renewal list V03" in text_of(client, "/d/empty/lists/")
