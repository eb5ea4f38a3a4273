"""A call list worked through on a telephone, a print file printed, and axe on every page of both, in Chromium."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from relance.dealers.models import Dealer
from relance.delivery.models import PrintFile
from relance.outbox.models import Task
from tests.builders import A_DAY, a_user
from tests.web.sample import a_busy_dealer, today_at, with_tasks_and_paper

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.django_db(transaction=True)]
SIZES = {"laptop": (1280, 800), "phone": (360, 740)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
    with sync_playwright() as playwright:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # rows are made beside Playwright's loop, not in it
        found = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield found
        found.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def dealer(transactional_db: None, tmp_path: Any, settings: Any) -> Iterator[Dealer]:
    cache.clear()
    settings.HOME = tmp_path
    with time_machine.travel(A_DAY, tick=True):
        dealer = with_tasks_and_paper(a_busy_dealer())
        a_user(dealer, reference="S7")
        yield dealer


def opened(browser: Browser, live_server: LiveServer, size: str, scheme: str = "light") -> Page:
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="en-CA",
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill("manager@dealer.example")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/programmes/")
    return page


def check(page: Page, name: str) -> None:
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    told = [(v["id"], [node["html"][:160] for node in v["nodes"]]) for v in found.response["violations"]]
    assert told == [], name
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is wider than the screen by {wide}"


@pytest.mark.parametrize(("size", "scheme"), [("laptop", "light"), ("phone", "light"), ("laptop", "dark")])
def test_every_page_is_free_of_violations_and_fits(
    browser: Browser, live_server: LiveServer, dealer: Dealer, size: str, scheme: str
) -> None:
    page = opened(browser, live_server, size, scheme)
    keys = {task.kind: task.key for task in Task.objects.of(dealer).order_by("pk")}
    addresses = {
        "tasks": "/d/north/tasks/?show=all",
        **{kind: f"/d/north/tasks/{key}/" for kind, key in keys.items()},
        "call list": "/d/north/tasks/calls/",
        "print files": "/d/north/programmes/print/",
        "cell": f"/d/north/programmes/L_HOLIDAY/{today_at(dealer)}/",
        "notices": "/d/north/waiting/",
    }
    for name, address in addresses.items():
        page.goto(address)
        page.wait_for_load_state("networkidle")
        for summary in page.locator("main summary, .panel summary").all():
            summary.click()
        check(page, name)
    page.context.close()


def test_a_call_list_is_worked_through_with_a_thumb(browser: Browser, live_server: LiveServer, dealer: Dealer) -> None:
    page = opened(browser, live_server, "phone")
    page.goto("/d/north/tasks/calls/")
    cards = page.locator(".call")
    expect(cards).to_have_count(5)  # four calls and a safety recall
    first = cards.filter(has_text="Service").or_(cards).nth(1)
    assert (first.locator("a.dial").get_attribute("href") or "").startswith("tel:+1514")
    first.get_by_role("button", name="Reached").click()
    expect(page.locator(".call.is-done")).to_have_count(1)
    page.locator(".call.is-done").get_by_role("button", name="Undo").click()
    expect(page.locator(".call.is-done")).to_have_count(0)
    cards.nth(1).get_by_role("button", name="No answer").click()
    expect(cards.nth(1)).to_contain_text("again")
    assert Task.objects.of(dealer).filter(state="open", kind="call").count() == 4
    page.context.close()


def test_a_print_file_is_looked_at_printed_and_that_is_taken_back(
    browser: Browser, live_server: LiveServer, dealer: Dealer
) -> None:
    page = opened(browser, live_server, "laptop")
    page.goto("/d/north/programmes/print/?automation=L_HOLIDAY")
    card = page.locator(".print").first
    picture = card.locator("img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    with page.expect_download() as got:
        card.get_by_role("link", name="PDF to print").click()
    assert got.value.path().read_bytes().startswith(b"%PDF-")
    card.get_by_role("button", name="Mark as printed").click()
    expect(page.locator(".print.is-printed")).to_have_count(1)
    assert PrintFile.objects.of(dealer).filter(state="printed").count() == 1
    page.locator(".print.is-printed").get_by_role("button", name="Not printed yet").click()
    expect(page.locator(".print.is-printed")).to_have_count(0)
    page.context.close()
