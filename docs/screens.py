"""Turns a running sample dealership into docs/screens.md: pictures of every screen.

make run                                            in one terminal; it tells the password
.venv/bin/python -m docs.screens PASSWORD [BASE]    in another
"""

import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).parent / "screenshots" / "screens"
TODAY = date.today()  # noqa: DTZ011  (the sample dealership lives today)
SOON = TODAY + timedelta(days=1)
# name of the picture: (what it shows, address in the dealer's desk, link that is then followed)
SCREENS: dict[str, tuple[str, str, str]] = {
    "programmes": ("Programmes, the home page", "programmes/", ""),
    "day": ("A day's people", f"programmes/{TODAY}/", ""),
    "cell": ("A cell: the people of one automation on one day", f"programmes/J_TOMORROW/{SOON}/", ""),
    "month": ("A month of one automation", f"programmes/J_TOMORROW/{TODAY:%Y-%m}/", ""),
    "print": ("Print files", "programmes/print/", ""),
    "outbox": ("Outbox", "outbox/", ""),
    "message": ("A message with its moves", "outbox/", "main [data-row] a"),
    "automations": ("Automations", "automations/", ""),
    "library": ("The library", "automations/library/", ""),
    "library-entry": ("An entry of the library", "automations/library/J_UPSELL/", ""),
    "builder": ("The builder", "automations/J_SIX/", ""),
    "versions": ("Versions of an automation", "automations/J_SIX/versions/", ""),
    "switching": ("Switching an automation", "automations/J_SIX/switch/", ""),
    "yaml": ("Automations as a file", "automations/file/", ""),
    "contact": ("Contact settings", "contact-settings/", ""),
    "campaigns": ("Campaigns and groups", "campaigns/", ""),
    "mailing": ("A new mailing", "campaigns/new/", ""),
    "group": ("A group of customers", "campaigns/groups/0/", ""),
    "tasks": ("Tasks", "tasks/?show=all", ""),
    "calls": ("The call list", "tasks/calls/", ""),
    "lists": ("Lists for the staff", "lists/", ""),
    "customers": ("Customers", "customers/", ""),
    "customer": ("A customer", "customers/", "main [data-row] a"),
    "vehicle": ("A vehicle", "customers/", "main [data-row] a >> a[href*='/customers/vehicle/']"),
    "doubles": ("People who are there twice", "customers/doubles/", ""),
    "statistics": ("Statistics", "results/?full=1", ""),
    "retention": ("Retention", "results/retention/?full=1", ""),
    "quality": ("Quality control", "results/quality/?full=1", ""),
    "economics": ("Economics", "results/economics/", ""),
    "settings": ("Settings: the dealer", "settings/", ""),
    "hours": ("Settings: hours and closed days", "settings/of/hours/", ""),
    "consent": ("Settings: contact and consent", "settings/of/contact/", ""),
    "senders": ("Senders", "settings/senders/", ""),
    "suppressed": ("Addresses that are not used", "settings/suppressed/", ""),
    "feeds": ("Feeds", "settings/feeds/", ""),
    "schedules": ("Maintenance schedules", "settings/schedules/?full=1", ""),
    "staff": ("Staff", "settings/staff/", ""),
    "people": ("People and roles", "settings/people/", ""),
    "audit": ("Audit log", "settings/audit/", ""),
    "waiting": ("Waiting for you", "waiting/", ""),
    "me": ("Oneself: password, language, second step", "/me/", ""),
    "second-step": ("Signing in with a second step", "/me/second-step/", ""),
}
SIZES = {"laptop": (1280, 800, "en"), "phone": (360, 740, "fr")}


def main() -> int:
    """Take every picture and write the page."""
    password, *rest = sys.argv[1:]
    base = rest[0] if rest else "http://127.0.0.1:8000"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for size in SIZES:
            page = signed_in(browser, base, password, size)
            for name in SCREENS:
                show(page, f"{base}/d/demo/", name)
                page.screenshot(path=FOLDER / f"{name}-{size}.jpg", type="jpeg", quality=70)
        browser.close()
    (FOLDER.parent.parent / "screens.md").write_text("\n".join(lines()), encoding="utf-8")
    return 0


def signed_in(browser: Browser, base: str, password: str, size: str) -> Page:
    """A page of somebody who has just signed in, in the language of that size."""
    width, height, language = SIZES[size]
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.goto(f"{base}/sign-in/")
    page.locator("input[name=email]").fill("manager@example.com")
    page.locator("input[name=password]").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/programmes/")
    page.wait_for_load_state("networkidle")
    page.locator(f"button[name=language][value={language}]").first.evaluate("button => button.click()")
    page.locator(f"html[lang={language}]").wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    return page


def show(page: Page, desk: str, name: str) -> None:
    """Go there and wait until everything stands."""
    _shows, address, follow = SCREENS[name]
    page.goto(desk + address if not address.startswith("/") else desk.split("/d/")[0] + address)
    page.wait_for_load_state("networkidle")
    for link in filter(None, follow.split(" >> ")):
        page.locator(link).first.click()
        page.wait_for_load_state("networkidle")


def lines() -> Iterator[str]:
    """The page."""
    yield "# Every screen\n"
    yield "Of the sample dealership, by `python -m docs.screens`: on a laptop in English, on a telephone in French.\n"
    for name, (shows, *_rest) in SCREENS.items():
        yield f"## {shows}\n"
        yield " ".join(f"![{shows}, {size}](screenshots/screens/{name}-{size}.jpg)" for size in SIZES) + "\n"


if __name__ == "__main__":
    sys.exit(main())
