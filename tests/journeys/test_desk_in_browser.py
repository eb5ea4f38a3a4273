"""The desk in a real Chromium: no violation, no error, the keyboard, a person held back and brought back."""

import os
from collections.abc import Iterator

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.core.cache import cache
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from relance.dealers.models import Dealer
from tests.builders import A_DAY, a_user
from tests.web.sample import a_busy_dealer

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.django_db(transaction=True)]
SIZES = {"laptop": (1280, 800), "phone": (360, 740)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
    with sync_playwright() as playwright:
        # Playwright keeps a loop running in this thread; Django's rows are made beside it, not in it.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        found = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield found
        found.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def dealer(transactional_db: None) -> Iterator[Dealer]:
    cache.clear()
    with time_machine.travel(A_DAY, tick=True):
        dealer = a_busy_dealer()
        a_user(dealer)
        yield dealer


class Window:
    """A page that remembers everything that went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page, self.faults = page, []
        page.on("console", lambda m: self.faults.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", lambda dialog: self.faults.append(dialog.message))
        page.on("requestfailed", self._failed)

    faults: list[str]

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the reader went elsewhere before it was there
            self.faults.append(f"{request.url}: {request.failure}")

    def sign_in(self) -> None:
        self.page.goto("/sign-in/")
        self.page.get_by_label("E-mail address").fill("manager@dealer.example")
        self.page.get_by_label("Password").fill("a long password")
        self.page.get_by_role("button", name="Sign in").click()
        self.settled()

    def settled(self) -> None:
        """The forecast is in."""
        expect(self.page.locator(".answer").first).to_contain_text("7 messages today")


@pytest.fixture
def window(browser: Browser, live_server: LiveServer, dealer: Dealer) -> Iterator[Window]:
    yield from _window(browser, live_server, "laptop", "light")


def _window(browser: Browser, live_server: LiveServer, size: str, scheme: str) -> Iterator[Window]:
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale="en-CA",
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    window = Window(context.new_page())
    yield window
    context.close()
    assert window.faults == []


def _check(page: Page, name: str) -> None:
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    told = [(v["id"], [node["html"][:160] for node in v["nodes"]]) for v in found.response["violations"]]
    assert told == [], name
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{name} is wider than the screen by {wide}"


def test_a_cell_opens_beside_the_sheet_and_escape_closes_it(window: Window) -> None:
    window.sign_in()
    page = window.page
    page.locator(".sheet td.is-today a").first.click()
    expect(page.locator("#panel h2")).to_be_focused()
    assert page.url.endswith(f"/J_TOMORROW/{A_DAY:%Y-%m-%d}/")
    page.keyboard.press("Escape")
    expect(page.locator("#panel h2")).to_have_count(0)
    assert page.url.endswith("/d/north/programmes/")
    expect(page.locator(".sheet td.is-today a").first).to_be_focused()


def test_going_back_and_reloading_show_what_the_address_says(window: Window) -> None:
    window.sign_in()
    page = window.page
    page.locator(".sheet td.is-today a").first.click()
    expect(page.locator("#panel h2")).to_be_visible()
    page.reload()
    expect(page.locator("#panel h2")).to_be_visible()
    page.go_back()
    expect(page.locator("#panel h2")).to_have_count(0)
    window.settled()


def test_a_person_is_held_back_and_brought_back_by_clicking(window: Window) -> None:
    window.sign_in()
    page = window.page
    page.locator(".sheet td.is-today a").first.click()
    page.locator(".people summary", has_text="Camille").click()
    page.get_by_role("button", name="Hold back once").click()
    expect(page.locator("#panel .answer")).to_contain_text("4 people hear from you")
    expect(page.locator(".head .answer")).to_contain_text("6 messages today")
    page.locator(".people summary", has_text="Camille").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#panel .answer")).to_contain_text("5 people hear from you")
    window.settled()


def test_the_keyboard_reaches_everything(window: Window) -> None:
    window.sign_in()
    page = window.page
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("tremblay")
    page.keyboard.press("Enter")
    expect(page.locator(".messages [data-row]")).to_have_count(1)
    page.wait_for_load_state("load")  # the keys are bound by then
    page.keyboard.press("j")
    expect(page.locator(".messages [data-row] a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Camille Tremblay")
    page.wait_for_load_state("load")
    page.keyboard.press("g")
    page.keyboard.press("p")
    window.settled()


def test_today_stands_in_sight_in_the_sheet(window: Window) -> None:
    window.sign_in()
    expect(window.page.locator("[data-today]")).to_be_in_viewport()


def test_on_a_phone_today_stands_as_a_list(browser: Browser, live_server: LiveServer, dealer: Dealer) -> None:
    for window in _window(browser, live_server, "phone", "light"):
        window.sign_in()
        expect(window.page.locator(".sheet")).to_be_hidden()
        window.page.locator(".ahead li a").first.click()
        expect(window.page.locator("#panel")).to_be_visible()
        window.page.get_by_role("link", name="Close").click()
        expect(window.page.locator(".ahead li a").first).to_be_visible()


def test_the_language_changes_with_one_click(window: Window) -> None:
    window.sign_in()
    window.page.locator(".speak summary").click()
    window.page.get_by_role("button", name="Eesti").click()
    expect(window.page.locator("html")).to_have_attribute("lang", "et")
    expect(window.page.get_by_role("navigation").first).to_contain_text("Automaatikad")


def test_without_scripts_everything_is_reached(browser: Browser, live_server: LiveServer, dealer: Dealer) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False, locale="en-CA")
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill("manager@dealer.example")
    page.get_by_label("Password").fill("a long password")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Show the numbers").click()
    page.locator(".sheet td.is-today a").first.click()
    page.locator("#panel").get_by_role("link", name="Show").click()
    page.locator(".people summary", has_text="Camille").click()
    page.get_by_role("button", name="Forever").click()
    expect(page.locator("#panel .answer")).to_contain_text("4 people hear from you")
    context.close()
