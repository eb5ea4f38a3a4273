"""What every story shares: a home of its own, given back at its end, and windows for those told in a browser."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from relance.dealers.models import Dealer
from tests.builders import A_DAY, a_user
from tests.journeys.windows import Requests, Window, Windows
from tests.web.sample import a_busy_dealer


@pytest.fixture(autouse=True)
def _home_given_back(settings: Any) -> None:
    """A story names its own home; the next test finds the session's again."""
    settings.HOME = settings.HOME


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium, for the tests of one file."""
    quiet = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
    with sync_playwright() as playwright:
        # Playwright keeps a loop running in this thread; Django's rows are made beside it, not in it.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        found = playwright.chromium.launch(executable_path=chromium, args=quiet)
        yield found
        found.close()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def dealer(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[Dealer]:
    """A busy dealer on a Monday morning, with a manager who can sign in."""
    cache.clear()
    settings.HOME = tmp_path
    with time_machine.travel(A_DAY, tick=True):
        dealer = a_busy_dealer()
        a_user(dealer, reference="S7")
        yield dealer


@pytest.fixture
def windows(browser: Browser, live_server: LiveServer, dealer: Dealer) -> Iterator[Windows]:
    """`windows("phone", "dark")` opens one; all are closed before rows are taken away."""
    with Requests():
        opened = Windows(browser, live_server.url)
        yield opened
        opened.close()


@pytest.fixture
def window(windows: Windows) -> Window:
    """A laptop's window."""
    return windows()
