"""The first view of every page in a real Chromium: what is carried for it, and whether anything on it jumps."""

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from relance.dealers.models import Dealer
from tests.journeys.test_desk_in_browser import _window, browser
from tests.journeys.test_every_page_in_browser import dealer, sign_in
from tests.web.pages import pages_of

__all__ = ["browser", "dealer"]
pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.django_db(transaction=True)]
MOST_BYTES, MOST_SHIFT = 300_000, 0.01
LOOK_AT_SHIFTS = """window.shifted = 0; new PerformanceObserver(list => {
  for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifted += shift.value;
}).observe({type: 'layout-shift', buffered: true})"""
CARRIED = """['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
  .reduce((sum, one) => sum + one.transferSize, 0)"""


def test_every_first_view_is_light_and_nothing_on_it_jumps(
    browser: Browser, live_server: LiveServer, dealer: Dealer
) -> None:
    heavy, jumping = {}, {}
    for window in _window(browser, live_server, "laptop", "light"):
        page = window.page
        sign_in(page)
        page.add_init_script(LOOK_AT_SHIFTS)
        page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        for name, address in pages_of(dealer).items():
            page.goto(address.partition("?")[0])  # as a reader comes: what is counted follows by itself
            page.wait_for_load_state("networkidle")
            carried, shifted = page.evaluate(CARRIED), page.evaluate("window.shifted")
            if not 1_000 < carried < MOST_BYTES:
                heavy[name] = carried
            if shifted > MOST_SHIFT:
                jumping[name] = shifted
    assert (heavy, jumping) == ({}, {})
