"""The CRM manager's ways through the desk, in Chromium: from nothing to a forecast, eight numbers, a run, an answer."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from playwright.sync_api import Page, expect

from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.jobs.demo.feed import write_feed
from relance.jobs.demo.world import World
from relance.jobs.inbox import Inbox
from relance.lib.clock import now
from relance.outbox.models import Message
from relance.plan.models import Automation
from relance.plan.shipped.contact_settings import read
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_user, an_automation
from tests.journeys.windows import Window
from tests.web.sample import today_at

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.django_db(transaction=True)]
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def dealer(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[Dealer]:
    cache.clear()
    settings.HOME = tmp_path
    with time_machine.travel(A_DAY, tick=True):
        dealer = a_dealer()
        a_user(dealer)
        yield dealer


@pytest.fixture
def page(window: Window) -> Page:
    window.sign_in()
    return window.page


def say_who_we_are(page: Page) -> None:
    page.goto("/d/north/settings/of/dealer/")
    page.get_by_label("Postal address").fill("1 Main St, Laval QC H7A 1A1")
    page.get_by_label("Telephone", exact=True).fill("514-555-0100")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")


def test_a_dealer_is_set_up_from_nothing(page: Page, dealer: Dealer, tmp_path: Path) -> None:
    write_feed(tmp_path / "feed", World(40, 3, A_DAY.date()), until=A_DAY.replace(tzinfo=None))
    page.get_by_role("link", name="Upload a feed of your customers").click()
    page.get_by_label("A .zip, or .csv files").set_input_files(sorted((tmp_path / "feed").iterdir()))
    page.get_by_role("button", name="Upload the feed").click()
    expect(page.locator("#imports")).to_contain_text("1 feed is waiting to be imported")
    Inbox().look(now())  # the clockwork's next step
    expect(page.locator("#imports")).to_contain_text("rows read")
    expect(page.locator("#imports[hx-get]")).to_have_count(0)  # it follows nothing any more
    assert Customer.objects.of(dealer).count() >= 40

    say_who_we_are(page)

    page.goto("/d/north/programmes/")
    page.get_by_role("link", name="Choose the first automations from the library").click()
    for code in ("J_TOMORROW", "J_CSI", "J_SIX"):
        page.goto("/d/north/automations/library/")
        page.locator("[data-row] a", has=page.get_by_text(code, exact=True)).click()
        page.get_by_role("button", name="Add and switch on").click()
        page.wait_for_url(f"**/automations/{code}/")
        page.wait_for_load_state("networkidle")
    assert set(Automation.objects.of(dealer).filter(status="on").values_list("code", flat=True)) == {
        "J_TOMORROW", "J_CSI", "J_SIX",
    }  # fmt: skip

    page.goto("/d/north/programmes/")
    expect(page.locator(".sheet tbody tr[data-row]")).to_have_count(3)
    expect(page.locator(".sheet td a").first).to_be_visible()


def test_eight_numbers_are_moved_over(page: Page, dealer: Dealer) -> None:
    say_who_we_are(page)
    page.goto("/d/north/contact-settings/")
    page.wait_for_load_state("load")
    boxes = page.locator("td[data-column='E-mail'] input")
    expect(boxes).to_have_count(8)
    boxes.first.focus()
    for number in (21, 5, 2, 3, 45, 120, 60, 400):  # by the keyboard alone, as from a slip of paper
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(str(number))
        for _ in range(4):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.matches('td[data-column=\"E-mail\"] input')"):
                break
    expect(boxes.last).to_have_value("400")
    page.get_by_role("button", name="Save all numbers").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    kept = read(dealer).column("email")
    assert list(kept.values()) == [21, 5, 2, 3, 45, 120, 60, 400]


def test_what_numbers_mean_comes_without_disturbing_who_types_on(page: Page, dealer: Dealer) -> None:
    page.goto("/d/north/contact-settings/?usual=1")
    boxes = page.locator("td[data-column='E-mail'] input")
    boxes.first.fill("30")
    with page.expect_response("**/contact-settings/?*email_reminder_1=30*"):
        boxes.nth(1).select_text()  # the field before is left, and asks what its number means
    expect(page.locator("#email_reminder_1-means")).to_contain_text("30")
    page.keyboard.type("9")
    expect(boxes.nth(1)).to_have_value("9")
    expect(boxes.first).to_have_value("30")


def test_a_run_is_approved_and_another_put_off(page: Page, dealer: Dealer) -> None:
    automation = an_automation(dealer, "L_SPRING", name="Spring is here", status="approval", repeat="each_time")
    person = a_customer(dealer, first_name="Ann", name="Ann Lee", mobile="+15145550123")
    at = now()
    a_message(person, automation, at=at, state="approval", send_at=at, expires_at=at + DAY)
    today = date.fromisoformat(today_at(dealer))
    page.goto(f"/d/north/programmes/L_SPRING/{today}/")
    expect(page.locator("#panel")).to_contain_text("1 message waits for your approval.")
    page.get_by_role("button", name="Send them all").click()
    expect(page.locator("#panel")).not_to_contain_text("waits for your approval")
    assert Message.objects.of(dealer).get().state == "ready"
    page.goto(f"/d/north/programmes/L_SPRING/{today + DAY}/")
    page.locator("summary", has_text="Move this run").click()
    page.get_by_label("To this day").fill((today + 4 * DAY).isoformat())
    page.get_by_role("button", name="Move it").click()
    expect(page.locator("#panel")).to_contain_text("Moved here from")
    page.get_by_role("button", name="Move back to its own day").click()
    expect(page.locator("#panel")).not_to_contain_text("Moved here from")


def test_why_did_she_not_get_it(page: Page, dealer: Dealer) -> None:
    an_automation(dealer, "L_SPRING", name="Spring is here", purpose="marketing")
    a_customer(dealer, ref="MRSX", name="Xenia Lee", mobile="+15145550123", do_not_mail=True)
    page.keyboard.press("/")
    page.keyboard.type("Xenia")
    page.keyboard.press("Enter")
    page.locator("[data-row] a", has_text="Xenia Lee").click()
    page.get_by_label("Automation").select_option("L_SPRING")
    moment = datetime.combine(date.fromisoformat(today_at(dealer)), datetime.min.time()).replace(hour=10)
    page.get_by_label("At", exact=True).fill(moment.isoformat(timespec="minutes"))
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#why .answer")).to_contain_text("stopped at the gate")
    expect(page.locator("#why")).to_contain_text("Wants no messages at all.")
