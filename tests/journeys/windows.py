"""Turns a test into a reader at a screen: windows of Chromium on the live server, and what goes wrong in them."""

from threading import Condition
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser, BrowserContext, Page, Request

SIZES = {"laptop": (1280, 800), "phone": (360, 740)}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


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
        """As the manager, to the first page with everything on it."""
        self.page.goto("/sign-in/")
        self.page.get_by_label("E-mail address").fill("manager@dealer.example")
        self.page.get_by_label("Password").fill("a long password")
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url("**/programmes/")
        self.page.wait_for_load_state("networkidle")

    def visit(self, address: str) -> None:
        """The page with everything on it opened."""
        self.page.goto(address)
        self.page.wait_for_load_state("networkidle")
        self.page.evaluate("document.querySelectorAll('main details, .panel details').forEach(d => { d.open = true; })")

    def check(self, name: str) -> None:
        """No violation of WCAG 2.2 AA, and nothing wider than the screen."""
        found = Axe().run(self.page, options={"runOnly": RULES, "resultTypes": ["violations"]})
        told = [(v["id"], [node["html"][:160] for node in v["nodes"]]) for v in found.response["violations"]]
        assert told == [], name
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is wider than the screen by {wide}"


class Windows:
    """Opens windows, and closes them all in the end. Called with a size and a scheme of colours."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser, self._url = browser, url
        self._opened: list[tuple[BrowserContext, Window]] = []

    def __call__(self, size: str = "laptop", scheme: str = "light", **choices: Any) -> Window:
        width, height = SIZES[size]
        context = self._browser.new_context(
            base_url=self._url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,  # type: ignore[arg-type]
            locale="en-CA",
            reduced_motion="reduce",
            **choices,
        )
        context.set_default_timeout(15_000)
        window = Window(context.new_page())
        self._opened.append((context, window))
        return window

    def close(self) -> None:
        """Close them; whatever went wrong in one of them fails the test."""
        for context, _ in self._opened:
            context.close()
        assert [window.faults for _, window in self._opened] == [[] for _ in self._opened]


class Requests:
    """Counts the requests that the live server is at: rows may be taken away under a test only when there is none."""

    def __init__(self) -> None:
        self._changed, self._open = Condition(), 0

    def __enter__(self) -> "Requests":
        request_started.connect(self._begun)
        request_finished.connect(self._ended)
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            is_idle = self._changed.wait_for(lambda: self._open <= 0, 30)
        request_started.disconnect(self._begun)
        request_finished.disconnect(self._ended)
        assert is_idle, f"{self._open} requests are still being answered"

    def _begun(self, **_: object) -> None:
        with self._changed:
            self._open += 1

    def _ended(self, **_: object) -> None:
        with self._changed:
            self._open -= 1
            self._changed.notify_all()
