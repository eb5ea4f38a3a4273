"""Every page in a real Chromium: no violation of WCAG 2.2 AA, nothing wider than the screen, no attack gets through."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from playwright.sync_api import Browser, Page, Request
from pytest_django.live_server_helper import LiveServer

from relance.dealers.models import Dealer
from tests.builders import A_DAY, a_user
from tests.journeys.test_desk_in_browser import SIZES, Window, _check, _window, browser
from tests.web.hostile import PAYLOADS, plant
from tests.web.pages import pages_of
from tests.web.sample import a_busy_dealer, with_tasks_and_paper

__all__ = ["browser"]
pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.django_db(transaction=True)]
DOOR = ("/sign-in/", "/invitation/nobody-s/", "/sign-in/link/1/nobody-s/")
OWN = ("/me/", "/me/second-step/")
TAKE_NOTE = "document.addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))"
# What none of our pages has, and each attack would bring in.
BROUGHT_IN = (
    "[onerror],[onload],[onclick],[onfocus],[onmouseover],[ontoggle],[style],[hx-on\\\\:\\\\:load],[srcdoc],"
    "iframe,base,style,math,body form[action*='evil'],meta[http-equiv=refresh],"
    "a[href^='javascript:' i],[src*='evil'],link[href*='evil'],body script:not([src])"
)


@pytest.fixture
def dealer(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[Dealer]:
    cache.clear()
    settings.HOME = tmp_path
    with time_machine.travel(A_DAY, tick=True):
        dealer = with_tasks_and_paper(a_busy_dealer())
        a_user(dealer)
        yield dealer


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.locator("input[name=email]").fill("manager@dealer.example")
    page.locator("input[name=password]").fill("a long password")
    page.locator("form.stack button").click()
    page.wait_for_load_state("networkidle")


def visit(page: Page, address: str) -> None:
    """The page with everything on it opened."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.querySelectorAll('main details, .panel details').forEach(d => { d.open = true; })")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_free_of_violations_and_fits(
    browser: Browser, live_server: LiveServer, dealer: Dealer, size: str, scheme: str
) -> None:
    for window in _window(browser, live_server, size, scheme):
        for address in DOOR:
            visit(window.page, address)
            _check(window.page, address)
        sign_in(window.page)
        for address in (*OWN, *pages_of(dealer).values()):
            visit(window.page, address)
            _check(window.page, address)


def test_no_text_from_outside_becomes_a_part_of_a_page(
    browser: Browser, live_server: LiveServer, dealer: Dealer
) -> None:
    planted = plant(dealer)
    assert planted > 300
    shown = 0
    for window in _window(browser, live_server, "laptop", "light"):
        page = window.page
        page.add_init_script(TAKE_NOTE)
        page.on("request", partial(_no_beacon, window))
        sign_in(page)
        for address in (*OWN, *pages_of(dealer).values()):
            visit(page, address)
            brought_in = page.evaluate(f'[...document.querySelectorAll("{BROUGHT_IN}")].map(e => e.outerHTML)')
            assert brought_in == [], address
            assert page.evaluate("document.body.dataset.hit") is None, address
            text = page.locator("body").inner_text()
            shown += sum(attack[:24] in text for attack in PAYLOADS)
        assert window.faults == []
    assert shown > 200  # the attacks stand there to be read


def _no_beacon(window: Window, request: Request) -> None:
    if "evil" in request.url:
        window.faults.append(f"asked for {request.url}")
