"""Lists in a real Chromium: sorted, gone on with, opened beside the page and taken away; without scripts too."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from relance.dealers.models import Dealer
from relance.outbox.tasks import Reason, open_task
from relance.web.lists.listing import PAGE
from tests.builders import A_DAY, a_customer, a_message, an_automation
from tests.journeys.windows import Window, Windows

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.django_db(transaction=True)]


def with_a_long_outbox(dealer: Dealer) -> None:
    """More messages than a page has, in an order that their numbers do not have."""
    automation, customer = an_automation(dealer, "L_NEWS"), a_customer(dealer, name="Zoe Last")
    for number in range(PAGE):
        a_message(customer, automation, at=A_DAY - timedelta(days=number % 7), state="sent")


def test_a_list_is_sorted_gone_on_with_and_taken_away(window: Window, dealer: Dealer) -> None:
    with_a_long_outbox(dealer)
    window.sign_in()
    page = window.page
    page.goto("/d/north/outbox/")
    rows = page.locator("main [data-row]")
    expect(rows).to_have_count(PAGE)
    page.get_by_role("link", name="More").click()
    expect(rows).to_have_count(PAGE + 7)
    expect(page.locator("li.more")).to_have_count(0)
    page.locator(".sorts a", has_text="Last change").click()
    expect(page.locator(".sorts a[aria-current]")).to_contain_text("ascending")
    assert page.url.endswith("/d/north/outbox/?sort=moved")
    with page.expect_download() as taken:
        page.get_by_role("link", name=re.compile("^CSV")).click()
    assert taken.value.suggested_filename == "north-messages.csv"
    assert len(Path(taken.value.path()).read_text("utf-8-sig").splitlines()) == 1 + PAGE + 7
    window.check("a sorted outbox")


def test_a_task_opens_beside_its_sorted_list_which_stays(window: Window, dealer: Dealer) -> None:
    for number, name in enumerate(("Zoe Last", "Anne First")):
        customer = a_customer(dealer, name=name)
        open_task(dealer, Reason("question", f"q {number}", customer, said="When?"), due_at=A_DAY, at=A_DAY)
    window.sign_in()
    page = window.page
    page.goto("/d/north/tasks/")
    page.locator(".sorts a", has_text="Customer").click()
    expect(page.locator("main [data-row]").first).to_contain_text("Anne First")
    page.locator("main [data-row] a").first.click()
    expect(page.locator("#panel h2")).to_have_text("Anne First")
    page.keyboard.press("Escape")
    expect(page.locator("#panel h2")).to_have_count(0)
    assert "sort=customer" in page.url


def test_the_people_of_a_day_are_sorted_inside_their_panel(window: Window) -> None:
    window.sign_in()
    page = window.page
    page.locator(".sheet td.is-today a").first.click()
    first = page.locator("#panel .people .name").first
    expect(first).to_contain_text("Sons")
    page.locator("#panel .sorts a", has_text="Name").click()
    expect(page.locator("#panel .sorts a[aria-current]")).to_contain_text("descending")
    expect(first).to_contain_text("Okafor")
    expect(page.locator(".sheet")).to_be_visible()


def test_without_scripts_a_list_is_sorted_and_gone_on_with(windows: Windows, dealer: Dealer) -> None:
    with_a_long_outbox(dealer)
    window = windows(java_script_enabled=False)
    window.sign_in()
    page = window.page
    page.goto("/d/north/outbox/")
    page.locator(".sorts a", has_text="Last change").click()
    page.get_by_role("link", name="More").click()
    expect(page.locator("main [data-row]")).to_have_count(7)
    assert "sort=moved" in page.url and "cursor=" in page.url
