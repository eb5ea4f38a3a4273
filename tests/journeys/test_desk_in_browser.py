"""The desk in a real Chromium: the keyboard, a phone, no scripts, a person held back and brought back."""

import pytest
from playwright.sync_api import Page, expect

from relance.dealers.models import User
from relance.lib.language import LANGUAGES
from tests.builders import A_DAY
from tests.journeys.windows import Window, Windows

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.django_db(transaction=True)]


def settled(page: Page) -> None:
    """The forecast is in."""
    expect(page.locator(".answer").first).to_contain_text("7 messages today")


def test_a_cell_opens_beside_the_sheet_and_escape_closes_it(window: Window) -> None:
    window.sign_in()
    page = window.page
    page.locator(".sheet td.is-today a").first.click()
    expect(page.locator("#panel h2")).to_be_focused()
    assert page.url.endswith(f"/J_TOMORROW/{A_DAY:%Y-%m-%d}/")
    page.keyboard.press("Escape")
    expect(page.locator("#panel h2")).to_have_count(0)
    assert page.url.endswith("/d/north/programmes/")
    expect(page.locator(".sheet td.is-today a").first).to_be_focused()


def test_going_back_and_reloading_show_what_the_address_says(window: Window) -> None:
    window.sign_in()
    page = window.page
    page.locator(".sheet td.is-today a").first.click()
    expect(page.locator("#panel h2")).to_be_visible()
    page.reload()
    expect(page.locator("#panel h2")).to_be_visible()
    page.go_back()
    expect(page.locator("#panel h2")).to_have_count(0)
    settled(page)


def test_a_person_is_held_back_and_brought_back_by_clicking(window: Window) -> None:
    window.sign_in()
    page = window.page
    page.locator(".sheet td.is-today a").first.click()
    page.locator(".people summary", has_text="Camille").click()
    page.get_by_role("button", name="Hold back once").click()
    expect(page.locator("#panel .answer")).to_contain_text("4 people hear from you")
    expect(page.locator(".head .answer")).to_contain_text("6 messages today")
    page.locator(".people summary", has_text="Camille").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#panel .answer")).to_contain_text("5 people hear from you")
    settled(page)


def test_the_keyboard_reaches_everything(window: Window) -> None:
    window.sign_in()
    page = window.page
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("tremblay")
    page.keyboard.press("Enter")
    expect(page.locator(".messages [data-row]")).to_have_count(1)
    page.wait_for_load_state("load")  # the keys are bound by then
    page.keyboard.press("j")
    expect(page.locator(".messages [data-row] a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Camille Tremblay")
    page.wait_for_load_state("load")
    page.keyboard.press("g")
    page.keyboard.press("p")
    settled(page)


def test_today_stands_in_sight_in_the_sheet(window: Window) -> None:
    window.sign_in()
    expect(window.page.locator("[data-today]")).to_be_in_viewport()


def test_on_a_phone_today_stands_as_a_list(windows: Windows) -> None:
    window = windows("phone")
    window.sign_in()
    expect(window.page.locator(".sheet")).to_be_hidden()
    window.page.locator(".ahead li a").first.click()
    expect(window.page.locator("#panel")).to_be_visible()
    window.page.get_by_role("link", name="Close").click()
    expect(window.page.locator(".ahead li a").first).to_be_visible()


def test_the_language_changes_with_one_click(window: Window) -> None:
    window.sign_in()
    window.page.locator(".speak summary").click()
    window.page.get_by_role("button", name="Eesti").click()
    expect(window.page.locator("html")).to_have_attribute("lang", "et")
    expect(window.page.get_by_role("navigation").first).to_contain_text("Automaatikad")


def test_without_scripts_everything_is_reached(windows: Windows) -> None:
    window = windows(java_script_enabled=False)
    window.sign_in()
    page = window.page
    page.get_by_role("link", name="Show the numbers").click()
    page.locator(".sheet td.is-today a").first.click()
    page.locator("#panel").get_by_role("link", name="Show").click()
    page.locator(".people summary", has_text="Camille").click()
    page.get_by_role("button", name="Forever").click()
    expect(page.locator("#panel .answer")).to_contain_text("4 people hear from you")


OUTSIDE = """() => [...document.querySelectorAll(".rail a span")].filter(word => {
  const place = word.parentElement.getBoundingClientRect(), own = word.getBoundingClientRect();
  return own.left < place.left || own.right > place.right;
}).map(word => word.innerText)"""


def test_every_word_of_the_rail_fits_its_place_in_every_language(window: Window) -> None:
    window.sign_in()
    found = {}
    for language in LANGUAGES:
        User.objects.update(language=language)
        for place in ("programmes", "automations", "results", "settings"):
            window.page.goto(f"/d/north/{place}/")
            found[language, place] = window.page.evaluate(OUTSIDE)
    assert {where: words for where, words in found.items() if words} == {}
