"""A call list worked through on a telephone, a print file printed, and axe on every page of both, in Chromium."""

import pytest
from playwright.sync_api import expect

from relance.dealers.models import Dealer
from relance.delivery.models import PrintFile
from relance.outbox.models import Task
from tests.journeys.windows import Windows
from tests.web.sample import today_at, with_tasks_and_paper

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def dealer(dealer: Dealer) -> Dealer:
    return with_tasks_and_paper(dealer)


@pytest.mark.parametrize(("size", "scheme"), [("phone", "light"), ("laptop", "dark")])
def test_a_task_of_every_kind_is_free_of_violations_and_fits(
    windows: Windows, dealer: Dealer, size: str, scheme: str
) -> None:
    window = windows(size, scheme)
    window.sign_in()
    of_every_kind = {task.kind: task.key for task in Task.objects.of(dealer).order_by("pk")}
    assert len(of_every_kind) > 1
    addresses = {
        "all tasks": "/d/north/tasks/?show=all",
        "a run on paper": f"/d/north/programmes/L_HOLIDAY/{today_at(dealer)}/",
        **{kind: f"/d/north/tasks/{key}/" for kind, key in of_every_kind.items()},
    }
    for name, address in addresses.items():
        window.visit(address)
        window.check(name)


def test_a_call_list_is_worked_through_with_a_thumb(windows: Windows, dealer: Dealer) -> None:
    window = windows("phone")
    window.sign_in()
    page = window.page
    page.goto("/d/north/tasks/calls/")
    cards = page.locator(".call")
    expect(cards).to_have_count(5)  # four calls and a safety recall
    first = cards.filter(has_text="Service").or_(cards).nth(1)
    assert (first.locator("a.dial").get_attribute("href") or "").startswith("tel:+1514")
    first.get_by_role("button", name="Reached").click()
    expect(page.locator(".call.is-done")).to_have_count(1)
    page.locator(".call.is-done").get_by_role("button", name="Undo").click()
    expect(page.locator(".call.is-done")).to_have_count(0)
    cards.nth(1).get_by_role("button", name="No answer").click()
    expect(cards.nth(1)).to_contain_text("again")
    assert Task.objects.of(dealer).filter(state="open", kind="call").count() == 4


def test_a_print_file_is_looked_at_printed_and_that_is_taken_back(windows: Windows, dealer: Dealer) -> None:
    window = windows("laptop")
    window.sign_in()
    page = window.page
    page.goto("/d/north/programmes/print/?automation=L_HOLIDAY")
    card = page.locator(".print").first
    picture = card.locator("img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100
    with page.expect_download() as got:
        card.get_by_role("link", name="PDF to print").click()
    assert got.value.path().read_bytes().startswith(b"%PDF-")
    card.get_by_role("button", name="Mark as printed").click()
    expect(page.locator(".print.is-printed")).to_have_count(1)
    assert PrintFile.objects.of(dealer).filter(state="printed").count() == 1
    page.locator(".print.is-printed").get_by_role("button", name="Not printed yet").click()
    expect(page.locator(".print.is-printed")).to_have_count(0)
