"""Every page in a real Chromium: no violation of WCAG 2.2 AA, nothing wider than the screen, no attack gets through."""

from functools import partial

import pytest
from playwright.sync_api import Request

from relance.dealers.models import Dealer
from tests.journeys.windows import SIZES, Window, Windows
from tests.web.hostile import PAYLOADS, plant
from tests.web.pages import pages_of
from tests.web.sample import with_tasks_and_paper

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
def dealer(dealer: Dealer) -> Dealer:
    return with_tasks_and_paper(dealer)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_free_of_violations_and_fits(windows: Windows, dealer: Dealer, size: str, scheme: str) -> None:
    window = windows(size, scheme)
    for address in DOOR:
        window.visit(address)
        window.check(address)
    window.sign_in()
    for address in (*OWN, *pages_of(dealer).values()):
        window.visit(address)
        window.check(address)


def test_no_text_from_outside_becomes_a_part_of_a_page(windows: Windows, dealer: Dealer) -> None:
    planted = plant(dealer)
    assert planted > 300
    shown = 0
    window = windows()
    page = window.page
    page.add_init_script(TAKE_NOTE)
    page.on("request", partial(_no_beacon, window))
    window.sign_in()
    for address in (*OWN, *pages_of(dealer).values()):
        window.visit(address)
        brought_in = page.evaluate(f'[...document.querySelectorAll("{BROUGHT_IN}")].map(e => e.outerHTML)')
        assert brought_in == [], address
        assert page.evaluate("document.body.dataset.hit") is None, address
        text = page.locator("body").inner_text()
        shown += sum(attack[:24] in text for attack in PAYLOADS)
    assert shown > 200  # the attacks stand there to be read


def _no_beacon(window: Window, request: Request) -> None:
    if "evil" in request.url:
        window.faults.append(f"asked for {request.url}")
