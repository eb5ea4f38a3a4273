"""The home page: the sentence, the sheet, the people behind a number, holding back."""

import re

import pytest
from django.test import Client

from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.outbox.forecast import Cell
from relance.outbox.models import HoldBack, Message
from relance.web.desk.programmes.month_sheet import TINTS, SheetDay, _square
from tests.builders import a_dealer, a_user
from tests.web.sample import a_busy_dealer, the_message, today_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer(client: Client) -> Dealer:
    dealer = a_busy_dealer()
    client.force_login(a_user(dealer))
    return dealer


def text_of(client: Client, address: str) -> str:
    """What stands on the page, without its tags."""
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_page_comes_before_the_forecast_and_asks_for_it(client: Client, dealer: Dealer) -> None:
    page = client.get("/d/north/programmes/").content.decode()
    assert "Counting who will hear from you" in page
    assert 'hx-get="/d/north/programmes/sheet/"' in page
    assert "How was your visit?" in page


def test_the_answer_stands_at_the_top(client: Client, dealer: Dealer) -> None:
    assert "7 messages today : 2 sent , 3 waiting , 2 refused" in text_of(client, "/d/north/programmes/sheet/")


def test_without_scripts_the_numbers_come_with_the_page(client: Client, dealer: Dealer) -> None:
    assert "7 messages today" in text_of(client, "/d/north/programmes/?full=1")


def test_a_row_says_name_code_rhythm_and_owner(client: Client, dealer: Dealer) -> None:
    text = text_of(client, "/d/north/programmes/sheet/")
    assert "How was your visit? J_CSI · Every day · Service advisor" in text
    assert "We missed you J_MISSED · As it happens · Robin Keeper" in text


def test_a_cell_opens_its_people_and_the_very_words(client: Client, dealer: Dealer) -> None:
    text = text_of(client, f"/d/north/programmes/J_TOMORROW/{today_at(dealer)}/?full=1")
    assert "5 people hear from you, 2 refused" in text
    assert "Camille Tremblay" in text and "2022 Mazda CX-5" in text
    assert "Hello Camille, see you tomorrow at 9:30." in text
    assert "Cannot be reached on any channel" in text and "Text message There is no address" in text


def test_a_name_from_outside_is_only_text(client: Client, dealer: Dealer) -> None:
    page = client.get(f"/d/north/programmes/J_TOMORROW/{today_at(dealer)}/?full=1").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_the_numbers_of_the_sentence_open_their_people(client: Client, dealer: Dealer) -> None:
    day = f"/d/north/programmes/{today_at(dealer)}/?full=1"
    assert "María" in text_of(client, f"{day}&show=sent") and "Camille" not in text_of(client, f"{day}&show=sent")
    assert "Camille" in text_of(client, f"{day}&show=waiting")
    assert "Bélanger" in text_of(client, f"{day}&show=refused")


def test_a_month_opens_its_days(client: Client, dealer: Dealer) -> None:
    text = text_of(client, f"/d/north/programmes/J_TOMORROW/{today_at(dealer)[:7]}/?full=1")
    assert "2 refused 5" in text


def test_an_unknown_automation_is_no_page(client: Client, dealer: Dealer) -> None:
    assert client.get(f"/d/north/programmes/NOTHING/{today_at(dealer)}/").status_code == 404


@pytest.mark.parametrize("day", ["2026-13-01", "2026-02-30", "0000-00-00"])
def test_a_day_that_does_not_exist_is_no_page(client: Client, dealer: Dealer, day: str) -> None:
    assert client.get(f"/d/north/programmes/J_CSI/{day}/").status_code == 404


def test_a_dealer_without_automations_learns_the_next_step(client: Client) -> None:
    client.force_login(a_user(a_dealer("empty")))
    text = text_of(client, "/d/empty/programmes/")
    assert "Upload a feed of your customers" in text and "Choose the first automations from the library" in text


@pytest.mark.parametrize("part", ["J_TOMORROW/{day}/", "{day}/", "J_TOMORROW/{month}/"])
def test_a_panel_with_an_address_comes_at_once_and_asks_for_its_people(
    client: Client, dealer: Dealer, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    day = today_at(dealer)
    address = f"/d/north/programmes/{part.format(day=day, month=day[:7])}?show=waiting"
    with monkeypatch.context() as nothing_is_reckoned:
        nothing_is_reckoned.delattr("relance.web.desk.programmes.people.outlook_of")
        nothing_is_reckoned.delattr("relance.web.desk.programmes.people.people_of_day")
        nothing_is_reckoned.delattr("relance.web.desk.programmes.people.people")
        page = client.get(address).content.decode()
    assert f'hx-get="{address}"' in page and "Camille" not in page
    assert "panel-head" in client.get(address, headers={"HX-Request": "true"}).content.decode()


def hold(client: Client, dealer: Dealer, customer: Customer, **values: str) -> str:
    address = f"/d/north/programmes/J_TOMORROW/{today_at(dealer)}/"
    data = {"customer": customer.ref, "reference_on": today_at(dealer), **values}
    answer = client.post(f"{address}hold-back/", data)
    assert (answer.status_code, answer["Location"]) == (302, f"{address}?full=1")
    return text_of(client, f"{address}?full=1")


@pytest.mark.parametrize(("how", "says"), [("once", "Held back once by Kim"), ("ever", "Held back forever by")])
def test_a_person_is_held_back_and_it_can_be_undone(client: Client, dealer: Dealer, how: str, says: str) -> None:
    waiting = the_message(dealer, "ready")
    text = hold(client, dealer, waiting.customer, how=how)
    assert says in text and "4 people hear from you" in text
    held = HoldBack.objects.of(dealer).get()
    client.post(f"/d/north/programmes/J_TOMORROW/{today_at(dealer)}/release/", {"held": held.pk})
    assert Message.objects.of(dealer).get(pk=waiting.pk).state == "ready"


def test_a_person_of_a_day_ahead_is_held_back_before_there_is_a_message(client: Client, dealer: Dealer) -> None:
    address, day = "/d/north/programmes/J_CSI/2026-05-05/", {"reference_on": "2026-05-05", "how": "once"}
    before = text_of(client, f"{address}?full=1")
    assert "Camille Tremblay" in before and "refused" not in before.split("hear from you")[1][:20]
    customer = the_message(dealer, "ready").customer
    client.post(f"{address}hold-back/", {"customer": customer.ref, **day})
    after = text_of(client, f"{address}?full=1")
    assert "1 refused" in after and "Held back by hand" in after and "Undo" in after
    client.post(f"{address}release/", {"held": HoldBack.objects.of(dealer).get().pk})
    assert "Held back" not in text_of(client, f"{address}?full=1")


def test_as_a_fragment_the_panel_comes_back_and_the_sheet_hears_of_it(client: Client, dealer: Dealer) -> None:
    answer = client.post(
        f"/d/north/programmes/J_TOMORROW/{today_at(dealer)}/hold-back/",
        {"customer": the_message(dealer, "ready").customer.ref, "reference_on": today_at(dealer), "how": "once"},
        headers={"HX-Request": "true"},
    )
    assert answer["HX-Trigger"] == "sheet-changed"
    assert "Undo" in answer.content.decode()


def test_a_customer_of_another_dealer_cannot_be_held_back(client: Client, dealer: Dealer) -> None:
    other = the_message(a_busy_dealer("south"), "ready")
    answer = client.post(
        f"/d/north/programmes/J_TOMORROW/{today_at(dealer)}/hold-back/",
        {"customer": f"{other.customer.ref}", "how": "ever"},
    )
    assert answer.status_code == 404


def test_a_hold_back_of_another_dealer_cannot_be_undone(client: Client, dealer: Dealer) -> None:
    south = a_busy_dealer("south")
    message = the_message(south, "ready")
    held = HoldBack.objects.create(
        dealer=south, automation=message.automation, customer=message.customer, at=message.accepted_at, by="x"
    )
    client.post(f"/d/north/programmes/J_TOMORROW/{today_at(dealer)}/release/", {"held": held.pk})
    assert HoldBack.objects.of(south).get().undone_at is None


@pytest.mark.parametrize(
    ("ready", "most", "tint"), [(0, 9, 0), (1, 400, 1), (4, 400, 1), (100, 400, 2), (400, 400, TINTS)]
)
def test_the_tint_grows_with_the_root_of_the_number(client: Client, ready: int, most: int, tint: int) -> None:
    day = SheetDay(None, None, False, False, False, False)  # type: ignore[arg-type]
    assert _square(day, Cell(ready=ready), most).tint == tint
