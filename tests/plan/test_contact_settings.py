"""Sixteen numbers over the C_… automations: read, saved, said in words, previewed."""

from typing import Any

import pytest

from relance.dealers.models import Dealer
from relance.lib.errors import BadInput
from relance.plan.models import Automation, AutomationVersion
from relance.plan.shipped.contact_settings import USUAL, ContactSettings, faults, read, save
from relance.plan.shipped.contact_words import means, preview, series_days, series_words
from tests.builders import A_DAY, a_customer, a_dealer, a_vehicle, an_appointment

OFF = dict.fromkeys(("reminder_1", "reminder_2", "no_show", "thanks", "deferred", "inactive"), 0)


@pytest.fixture
def dealer(db: None) -> Dealer:
    return a_dealer(feedback="https://dealer.example/feedback")


def saved(dealer: Dealer, settings: ContactSettings = USUAL, **numbers: int | None) -> ContactSettings:
    save(dealer, settings.changed(**numbers), by="Kim", at=A_DAY)
    return read(dealer)


def rule(dealer: Dealer, code: str, place: int = 0) -> Any:
    return Automation.objects.of(dealer).get(code=code).definition["audience"][place]["value"]


def series(inactive: int, interval: int, dead: int) -> dict[str, int | None]:
    return {**OFF, "inactive": inactive, "interval": interval, "dead": dead}


def test_a_new_dealer_has_everything_off(dealer: Dealer) -> None:
    assert read(dealer).email == {**OFF, "interval": 90, "dead": 365}


def test_what_is_saved_is_read_again_and_stands_in_the_automations(dealer: Dealer) -> None:
    assert saved(dealer, postcard_reminder_1=21) == USUAL.changed(postcard_reminder_1=21)
    assert (rule(dealer, "C_REM1"), rule(dealer, "C_REM1_P")) == (14, 21)
    assert rule(dealer, "C_INACT") == {"first": 90, "every": 90, "before": 365}


def test_only_what_differs_is_written_and_the_earlier_form_is_kept(dealer: Dealer) -> None:
    saved(dealer)
    saved(dealer, email_thanks=3)
    versions = AutomationVersion.objects.of(dealer).order_by("pk")
    assert [(v.automation.code, v.number, v.by) for v in versions[12:]] == [("C_THANKS", 2, "Kim")]


def test_zero_switches_off_and_the_number_may_come_back(dealer: Dealer) -> None:
    saved(dealer)
    assert saved(dealer, email_inactive=0, email_interval=30).email["interval"] == 30
    assert Automation.objects.of(dealer).get(code="C_INACT").status == "off"
    assert saved(dealer, email_inactive=60).email["inactive"] == 60


def test_the_wording_of_the_dealer_stays_when_a_number_changes(dealer: Dealer) -> None:
    saved(dealer)
    row = Automation.objects.of(dealer).get(code="C_REM2")
    row.definition["wording"]["email"]["en"]["subject"] = "Ours"
    row.save()
    saved(dealer, email_reminder_2=5)
    row.refresh_from_db()
    assert row.definition["wording"]["email"]["en"]["subject"] == "Ours" and row.definition["audience"][0]["value"] == 5


def test_a_rule_of_the_dealers_own_has_no_number_and_is_left_alone(dealer: Dealer) -> None:
    saved(dealer)
    row = Automation.objects.of(dealer).get(code="C_DEFER")
    row.definition["audience"] = [
        {"category": "repair_order_closed", "attribute": "last_time", "operator": "days_ago_between", "value": [20, 30]}
    ]
    row.save()
    assert read(dealer).email["deferred"] is None
    assert "its own rule" in means("deferred", read(dealer).email)
    saved(dealer, read(dealer), email_thanks=4)
    assert rule(dealer, "C_DEFER") == [20, 30]
    assert saved(dealer, read(dealer), email_deferred=25).email["deferred"] == 25


def test_a_wording_with_an_open_place_cannot_be_switched_on(dealer: Dealer) -> None:
    saved(dealer, email_reminder_1=0)
    saved(dealer)
    row = Automation.objects.of(dealer).get(code="C_REM1")
    row.status = row.definition["status"] = "off"
    row.definition["wording"]["email"]["en"]["body"] = "[Your words.]"
    row.save()
    with pytest.raises(BadInput, match="C_REM1 cannot be switched on yet"):
        saved(dealer)


@pytest.mark.parametrize(
    ("numbers", "where"),
    [
        ({"email_reminder_2": 14}, ("email", "reminder_2")),
        ({"postcard_dead": 90}, ("postcard", "dead")),
        ({"email_no_show": 61}, ("email", "no_show")),
        ({"email_thanks": -1}, ("email", "thanks")),
    ],
)
def test_numbers_that_do_not_go_together_are_told(
    dealer: Dealer, numbers: dict[str, int], where: tuple[str, str]
) -> None:
    wanted = USUAL.changed(**numbers)
    assert [(fault.column, fault.setting) for fault in faults(wanted)] == [where]
    with pytest.raises(BadInput, match=".".join(where)):
        save(dealer, wanted, by="Kim", at=A_DAY)
    assert not Automation.objects.of(dealer).exists()


@pytest.mark.parametrize(
    ("numbers", "days"),
    [
        ((90, 90, 365), [90, 180, 270, 360]),
        ((90, 60, 180), [90, 150]),
        ((90, 90, 360), [90, 180, 270]),  # a day equal to dead is silent
        ((90, 0, 365), [90]),
        ((0, 90, 365), []),
        ((90, 90, 90), []),
    ],
)
def test_the_days_of_a_series(numbers: tuple[int, int, int], days: list[int]) -> None:
    assert list(series_days(*numbers)) == days


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ((90, 90, 365), "Days 90, 180, 270, 360; then silent."),
        ((90, 0, 365), "Day 90, once; then silent."),
        ((90, 90, 0), "Days 90, 180, 270, 360 and so on, without end."),
        ((0, 90, 365), "Off: a long absence triggers no message."),
        ((30, 30, 365), "Days 30, 60, 90, 120, 150, 180 and so on, the last on day 360; then silent."),
        ((30, 30, 360), "Days 30, 60, 90, 120, 150, 180 and so on, the last on day 330; then silent."),
    ],
)
def test_a_series_is_said_in_words(numbers: tuple[int, int, int], says: str) -> None:
    assert series_words(series(*numbers)) == says


def test_a_preview_shows_every_language_the_dealers_first(dealer: Dealer) -> None:
    dealer.language = "fr"
    shown = preview(dealer, "C_REM1", at=A_DAY)
    assert [one.language for one in shown] == ["fr", "en", "es", "et"]
    assert shown[0].spoken and "Bonjour François" in shown[0].spoken.body


def test_a_preview_for_a_customer_has_his_own_facts(dealer: Dealer) -> None:
    customer = a_customer(dealer, first_name="Wei")
    an_appointment(customer, "2026-05-18T09:00", vehicle=a_vehicle(customer))
    shown = preview(dealer, "C_REM1_P", at=A_DAY, customer=customer)
    english = next(one.spoken for one in shown if one.language == "en" and one.spoken)
    assert "Hello Wei" in english.body and "May 18" in english.body


def test_a_customer_without_a_visit_has_no_preview_of_his_own(dealer: Dealer) -> None:
    with pytest.raises(BadInput, match="Ann Lee has no visit yet"):
        preview(dealer, "C_REM1", at=A_DAY, customer=a_customer(dealer))
