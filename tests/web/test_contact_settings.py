"""The page of the contact settings: numbers, what they mean, the message, what was sent."""

import re

import pytest
from django.test import Client

from relance.dealers.models import Dealer
from relance.plan.models import Automation
from relance.plan.shipped.contact_settings import USUAL, read, save
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_user, a_vehicle, an_appointment
from tests.web.test_programmes import text_of

pytestmark = pytest.mark.django_db
HERE = "/d/north/contact-settings/"


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_dealer(feedback="https://dealer.example/feedback")
    client.force_login(a_user(dealer))
    return dealer


def typed(**numbers: object) -> dict[str, object]:
    fields = {f"{column}_{name}": n for column in ("email", "postcard") for name, n in USUAL.column(column).items()}
    return {**fields, **numbers}


def test_a_new_dealer_sees_zeros_and_may_take_the_usual_numbers(client: Client, dealer: Dealer) -> None:
    assert "Off: nobody gets this message." in text_of(client, HERE)
    usual = text_of(client, f"{HERE}?usual=1")
    assert "Days 90, 180, 270, 360; then silent." in usual and "Not saved yet." in usual
    assert read(dealer).email["reminder_1"] == 0


def test_what_is_saved_is_said(client: Client, dealer: Dealer) -> None:
    answer = client.post(f"{HERE}save/", typed(email_reminder_1=21), follow=True)
    assert "Saved." in answer.content.decode() and read(dealer) == USUAL.changed(email_reminder_1=21)


def test_numbers_are_explained_before_they_are_saved(client: Client, dealer: Dealer) -> None:
    text = text_of(client, f"{HERE}?email_inactive=90&email_interval=60&email_dead=180")
    assert "Days 90, 150; then silent." in text


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ({"email_reminder_2": 20}, "comes after the first"),
        ({"postcard_thanks": "soon"}, "Write a whole number of days"),
    ],
)
def test_a_fault_stands_beside_its_number_and_nothing_is_lost(
    client: Client, dealer: Dealer, numbers: dict[str, object], says: str
) -> None:
    answer = client.post(f"{HERE}save/", typed(email_deferred=44, **numbers))
    page = answer.content.decode()
    assert answer.status_code == 422 and says in page and 'value="44"' in page
    assert f'hx-get="{HERE}?part=sent"' in page  # not from the address of the saving
    assert f'value="{next(iter(numbers.values()))}"' in page and read(dealer).email["deferred"] == 0


def test_a_preview_stands_beside_each_setting(client: Client, dealer: Dealer) -> None:
    page = client.get(HERE).content.decode()
    assert len(re.findall(r'class="preview-link"', page)) == 12
    text = text_of(client, f"{HERE}C_REM1_P/")
    assert "Français" in text and "Bonjour François" in text and "for a made-up customer" in text


def test_a_preview_for_a_real_customer_has_his_facts(client: Client, dealer: Dealer) -> None:
    customer = a_customer(dealer, first_name="Wei", name="Wei Chen")
    an_appointment(customer, "2026-05-18T09:00", vehicle=a_vehicle(customer))
    assert "Hello Wei" in text_of(client, f"{HERE}C_REM1/?customer=chen")
    assert "Nobody with this name" in text_of(client, f"{HERE}C_REM1/?customer=nobody")
    assert "has no repair order yet" in text_of(client, f"{HERE}C_THANKS/?customer=chen")


def test_an_automation_of_another_page_has_no_preview_here(client: Client, dealer: Dealer) -> None:
    assert client.get(f"{HERE}J_CSI/").status_code == 404


def test_what_was_sent_is_counted_below(client: Client, dealer: Dealer) -> None:
    save(dealer, USUAL, by="Kim", at=A_DAY)
    card = Automation.objects.of(dealer).get(code="C_REM1_P")
    a_message(a_customer(dealer), card, state="sent", send_at=A_DAY, channel="postcard")
    assert "Reminder 1 · Postcard 1 1" in text_of(client, f"{HERE}?full=1&anew=1")
    part = client.get(f"{HERE}?part=sent&anew=1", headers={"HX-Request": "true"}).content.decode()
    assert "Postcard" in part and "<main" not in part
    assert "?part=sent" in client.get(HERE).content.decode()


def test_who_only_reads_has_no_button(client: Client, dealer: Dealer) -> None:
    client.force_login(a_user(dealer, email="reader@dealer.example", role="read_only"))
    page = client.get(HERE).content.decode()
    assert "Save all numbers" not in page and "disabled" in page
