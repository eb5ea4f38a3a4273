"""With very many customers the pages say that they calculate, and the figures come by themselves."""

from threading import Event

import pytest
from playwright.sync_api import expect

from relance.web.desk.programmes import programmes
from relance.web.desk.results import reckoned
from tests.journeys.windows import Window

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.django_db(transaction=True)]


def test_figures_that_take_long_come_by_themselves(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    window.sign_in()
    go, at_once = Event(), reckoned._reckon
    monkeypatch.setattr(reckoned, "is_large", lambda _: True)
    monkeypatch.setattr(programmes, "is_large", lambda _: True)
    monkeypatch.setattr(reckoned, "_reckon", lambda *asked: go.wait(60) and at_once(*asked))
    page = window.page
    page.goto("/d/north/results/retention/")
    expect(page.locator("[data-reckoned]")).to_contain_text("so far")
    page.goto("/d/north/programmes/")
    expect(page.locator("#sheet .head")).to_contain_text("so far")
    go.set()
    expect(page.locator("#sheet .head")).to_contain_text("As of")
    expect(page.locator("#sheet")).not_to_contain_text("Counting who will hear from you")
    page.goto("/d/north/results/retention/")
    expect(page.locator("[data-reckoned]")).to_contain_text("As of")
    expect(page.locator("[data-reckoned]")).to_contain_text("Service retention")
