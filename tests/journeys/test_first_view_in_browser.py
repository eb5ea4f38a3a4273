"""The first view of every page in a real Chromium: what is carried for it, and whether anything on it jumps."""

import pytest

from relance.dealers.models import Dealer
from tests.journeys.windows import Windows
from tests.web.pages import pages_of
from tests.web.sample import with_tasks_and_paper

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.django_db(transaction=True)]
MOST_BYTES, MOST_SHIFT = 300_000, 0.01
LOOK_AT_SHIFTS = """window.shifted = 0; new PerformanceObserver(list => {
  for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifted += shift.value;
}).observe({type: 'layout-shift', buffered: true})"""
CARRIED = """['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
  .reduce((sum, one) => sum + one.transferSize, 0)"""


@pytest.fixture
def dealer(dealer: Dealer) -> Dealer:
    return with_tasks_and_paper(dealer)


def test_every_first_view_is_light_and_nothing_on_it_jumps(windows: Windows, dealer: Dealer) -> None:
    heavy, jumping = {}, {}
    window = windows()
    window.sign_in()
    page = window.page
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
