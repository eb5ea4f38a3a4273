"""The CRM manager writes the six-month recall from scratch by clicking, sees whom it reaches, and saves it."""

import pytest
from playwright.sync_api import expect

from relance.dealers.models import Dealer
from relance.plan.models import Automation
from tests.journeys.windows import Window

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.django_db(transaction=True)]


def test_the_six_month_recall_is_built_by_clicking(window: Window, dealer: Dealer) -> None:
    window.sign_in()
    page = window.page
    page.goto("/d/north/automations/")
    page.get_by_role("button", name="Write one yourself").click()
    page.get_by_label("Name", exact=True).fill("Six-month recall")
    page.get_by_label("Code").fill("my_six")
    page.get_by_label("E-mail", exact=True).uncheck()
    expect(page.locator("#words-email-en-body")).to_have_count(0)
    page.locator("#words-sms-en-body").fill("Hello { customer.first_name | there }, time for service?")
    page.get_by_role("button", name="Add a condition").click()
    page.locator("#rule-0-0-operator").select_option("days_ago_between")
    page.locator("#rule-0-0-value2").fill("9")
    page.locator("#rule-0-0-value").fill("0")
    page.get_by_label("Search for a condition").fill("in the shop")
    page.get_by_role("button", name="in the shop now").click()
    expect(page.locator("#rule-1-0-field")).to_have_value("vehicle.in_shop")
    page.locator("#rule-1-0-operator").select_option("is_false")
    expect(page.locator("#beside")).to_contain_text("7 match now")
    expect(page.locator("#beside .bubble").first).to_contain_text("time for service?")
    page.locator("#when-kind").select_option("weekly")
    page.get_by_label("Tue").check()
    page.locator("#when-at").fill("11:00")
    expect(page.locator("#beside")).to_contain_text("messages would leave")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    saved = Automation.objects.of(dealer).get(code="MY_SIX").definition
    assert [rule["operator"] for rule in saved["audience"]] == ["days_ago_between", "is_false"]
    assert saved["schedule"]["days"] == ["tue"] and saved["channels"] == ["sms"]


def test_another_question_begins_anew_and_a_fault_goes_when_it_is_mended(window: Window) -> None:
    window.sign_in()
    page = window.page
    page.goto("/d/north/campaigns/groups/0/")
    page.get_by_label("Name", exact=True).fill("Mazda owners")
    page.get_by_role("button", name="Add a condition").click()
    page.locator("#rule-0-0-field").select_option("vehicle.make")
    expect(page.locator("#rule-0-0-operator")).to_have_value("is")
    expect(page.locator("#rule-0-0-value")).to_have_value("")
    expect(page.locator(".rule .bad")).to_have_count(0)
    page.locator("#rule-0-0-field").select_option("vehicle.age_years")
    page.locator("#rule-0-0-value").fill("old")
    page.get_by_role("button", name="Add a condition").click()
    expect(page.locator(".rule .bad")).to_contain_text("needs a number")
    page.locator("#rule-0-0-value").fill("3")
    expect(page.locator(".rule .bad")).to_have_count(0)


def test_what_was_typed_outlives_the_closed_tab(window: Window) -> None:
    window.sign_in()
    page = window.page
    page.goto("/d/north/automations/J_CSI/")
    page.wait_for_load_state("load")
    page.locator("#field-name").fill("How did we do?")
    expect(page.locator("#beside")).to_contain_text("Kept as a draft")
    page.goto("/d/north/automations/")
    page.goto("/d/north/automations/J_CSI/")
    expect(page.locator("#field-name")).to_have_value("How did we do?")
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.locator("#field-name")).to_have_value("How was your visit?")


AT_ONCE = """() => new MutationObserver(() => {
  const compared = document.getElementById("rule-0-0-operator");
  if (!compared || compared.dataset.chosen) return;
  compared.dataset.chosen = "yes";
  compared.value = "days_ago_between";
  compared.dispatchEvent(new Event("change", { bubbles: true }));
}).observe(document.body, { childList: true, subtree: true })"""


def test_who_chooses_in_a_condition_the_moment_it_is_there_is_heard(window: Window) -> None:
    window.sign_in()
    page = window.page
    page.goto("/d/north/automations/")
    page.get_by_role("button", name="Write one yourself").click()
    expect(page.locator("#fields")).to_be_visible()
    page.evaluate(AT_ONCE)
    page.get_by_role("button", name="Add a condition").click()
    expect(page.locator("#rule-0-0-value2")).to_be_visible()
