"""Statistics, retention, quality, economics: the page at once, its figures as a fragment, bad input said."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client
from openpyxl import load_workbook

from relance.dealers.models import Dealer
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_repair_order, a_user, a_vehicle, an_automation
from tests.web.test_programmes import text_of

pytestmark = pytest.mark.django_db
HERE = "/d/north/results/"


@pytest.fixture
def dealer(client: Client) -> Dealer:
    cache.clear()
    dealer = a_dealer()
    client.force_login(a_user(dealer))
    return dealer


def somebody_came(dealer: Dealer) -> None:
    customer = a_customer(dealer)
    a_message(customer, an_automation(dealer, "J_SIX"), at=A_DAY - timedelta(days=5), state="sent")
    a_repair_order(customer, A_DAY - timedelta(days=2), customer_sale=Decimal(250))


@pytest.mark.parametrize("page", ["", "retention/", "quality/"])
def test_the_page_comes_before_its_figures(client: Client, dealer: Dealer, page: str) -> None:
    assert "Calculating" in text_of(client, f"{HERE}{page}")
    fragment = client.get(f"{HERE}{page}", headers={"HX-Request": "true"}).content.decode()
    assert "Calculating" not in fragment and "<html" not in fragment


def test_what_was_sent_and_what_came_of_it_stands_at_the_top(client: Client, dealer: Dealer) -> None:
    somebody_came(dealer)
    text = text_of(client, f"{HERE}?full=1")
    assert "1 sent, 1 visited within 30 days" in text and "$250.00" in text


def test_an_empty_period_teaches_the_next_step(client: Client, dealer: Dealer) -> None:
    assert "Nothing was planned in this period" in text_of(client, f"{HERE}?full=1")


@pytest.mark.parametrize(
    "query", ["from=soon&to=2026-05-01", "from=2026-05-01&to=2026-04-01", "from=2020-01-01&to=2026-01-01"]
)
def test_a_period_that_is_none_is_said(client: Client, dealer: Dealer, query: str) -> None:
    assert 'role="alert"' in client.get(f"{HERE}?{query}").content.decode()


def test_the_table_goes_out_as_a_workbook_with_numbers(client: Client, dealer: Dealer) -> None:
    somebody_came(dealer)
    content = client.get("/d/north/files/statistics.xlsx").content
    rows = list(load_workbook(io.BytesIO(content)).active.values)
    assert rows[1][0] == "J_SIX" and rows[1][-1] == 250
    assert b"".join(client.get("/d/north/files/statistics.csv")).decode("utf-8-sig").startswith("Automation,")
    assert client.get(f"{HERE}statistics.exe").status_code == 404


def test_who_may_not_take_lists_out_gets_none(client: Client, dealer: Dealer) -> None:
    client.force_login(a_user(dealer, email="reader@dealer.example", role="read_only"))
    assert client.get("/d/north/files/statistics.csv").status_code == 403
    assert "Excel" not in client.get(f"{HERE}?full=1").content.decode()


def test_retention_says_how_many_are_active(client: Client, dealer: Dealer) -> None:
    vehicle = a_vehicle(a_customer(dealer))
    a_repair_order(vehicle.customer, A_DAY - timedelta(days=30), vehicle=vehicle)
    assert "1 vehicles are active, 0 at risk, 0 lost" in text_of(client, f"{HERE}retention/?full=1")


def test_quality_says_who_cannot_be_reached(client: Client, dealer: Dealer) -> None:
    a_customer(dealer, email=None, email_usable=None, mobile=None, mobile_usable=None)
    text = text_of(client, f"{HERE}quality/?full=1")
    assert "1 customers may be contacted, 1 have neither e-mail nor mobile" in text
    assert "Nothing usable 1 100%" in text or "Post only 1 100%" in text


def test_quality_shows_the_manager_how_many_come_back(client: Client, dealer: Dealer) -> None:
    vehicle = a_vehicle(a_customer(dealer))
    a_repair_order(vehicle.customer, A_DAY - timedelta(days=30), vehicle=vehicle)
    assert "Active vehicles 100% 1 of 1" in text_of(client, f"{HERE}quality/?full=1")


def test_the_calculator_shows_the_deck_s_figures(client: Client, dealer: Dealer) -> None:
    text = text_of(client, f"{HERE}economics/")
    for figure in ("$12,000 ", "$4,950,000 ", "$438,000 ", "$1,788,000 ", "$124.87", "$124,500 "):
        assert figure in text


def test_an_assumption_of_one_s_own_changes_the_figures(client: Client, dealer: Dealer) -> None:
    assert "$6,000 " in text_of(client, f"{HERE}economics/?vehicles=1000")


def test_an_assumption_that_is_no_number_is_marked_and_kept(client: Client, dealer: Dealer) -> None:
    page = client.get(f"{HERE}economics/?vehicles=many").content.decode()
    assert 'value="many"' in page and "A number from 0 up." in page and "$12,000<" in page


def test_figures_are_reckoned_once_in_ten_minutes_unless_asked_anew(client: Client, dealer: Dealer) -> None:
    assert "Nothing was planned" in text_of(client, f"{HERE}?full=1")
    somebody_came(dealer)
    assert "Nothing was planned" in text_of(client, f"{HERE}?full=1")
    assert "1 sent" in text_of(client, f"{HERE}?full=1&anew=1")
