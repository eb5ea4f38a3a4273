"""What a day is for a dealer: open, closed, and why."""

from datetime import date, time
from typing import Any

import pytest

from relance.dealers.hours import Calendar, day_of_holiday, unknown_holidays
from relance.dealers.models import Dealer

WEEKDAYS = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu")} | {"fri": ["07:30", "17:00"]}
SATURDAY, EASTER_MONDAY, GOOD_FRIDAY, THURSDAY = date(2026, 4, 4), date(2026, 4, 6), date(2026, 4, 3), date(2026, 4, 2)


def a_calendar(country: str = "CA", **settings: Any) -> Calendar:
    return Calendar(Dealer(slug="north", timezone="America/Toronto", country=country, settings=settings))


def closing(holidays: str | list[str], **settings: Any) -> Calendar:
    return a_calendar(opening_hours=WEEKDAYS, closed_days={"public_holidays": holidays}, **settings)


def test_without_hours_every_day_is_open():
    assert a_calendar().is_open(SATURDAY)


def test_a_weekday_left_out_is_closed():
    assert not closing("none").is_open(SATURDAY)


def test_hours_of_an_open_day():
    hours = closing("none").hours(GOOD_FRIDAY)
    assert hours is not None and (hours.opens, hours.closes) == (time(7, 30), time(17))


@pytest.mark.parametrize("end", ["24:00", "00:00", "24:00:00"])
def test_hours_can_last_to_the_end_of_the_day(end: str):
    hours = a_calendar(opening_hours={"thu": ["00:00", end]}).hours(THURSDAY)
    assert hours is not None and (hours.opens, hours.closes, hours.ends) == (time(), time.max, "24:00")


def test_public_holidays_close_only_when_the_dealer_says_so():
    assert closing("none").is_open(GOOD_FRIDAY)
    assert not closing("all").is_open(GOOD_FRIDAY)


def test_a_holiday_closes_a_dealer_without_hours_too():
    assert not a_calendar(closed_days={"public_holidays": "all"}).is_open(GOOD_FRIDAY)


def test_an_own_closed_day_is_closed():
    assert not a_calendar(closed_days={"own": ["2026-04-06"]}).is_open(EASTER_MONDAY)


def test_the_region_has_its_own_holidays():
    saint_jean = date(2026, 6, 24)
    assert not closing("all", region="QC").is_open(saint_jean)
    assert closing("all", region="ON").is_open(saint_jean)


def test_an_unknown_region_counts_as_the_country_alone():
    calendar = closing("all", region="XX")
    assert not calendar.is_open(GOOD_FRIDAY)
    assert calendar.is_open(date(2026, 6, 24))


def test_an_unknown_country_has_no_public_holidays():
    assert closing("all", country="ZZ").is_open(GOOD_FRIDAY)


@pytest.mark.parametrize("name", ["Good Friday", "good friday", " GOOD FRIDAY "])
def test_a_named_holiday_is_compared_without_case(name: str):
    assert not closing([name]).is_open(GOOD_FRIDAY)


def test_only_the_named_holidays_close():
    assert closing(["Canada Day"]).is_open(GOOD_FRIDAY)


@pytest.mark.parametrize("name", ["Canada Day", "Memorial Day"])
def test_either_name_of_a_joint_holiday_closes(name: str):
    assert not closing([name], region="NL").is_open(date(2026, 7, 1))


@pytest.mark.parametrize("name", ["Labour Day", "Labor Day"])
def test_both_spellings_name_the_day(name: str):
    assert not closing([name]).is_open(date(2026, 9, 7))


@pytest.mark.parametrize(
    ("country", "region", "name", "day"),
    [
        ("CA", "QC", "Easter Monday", EASTER_MONDAY),
        ("CA", "QC", "Boxing Day", date(2025, 12, 26)),
        ("US", None, "Good Friday", GOOD_FRIDAY),
    ],
)
def test_a_day_that_is_none_for_everybody_closes_a_dealer_who_names_it(country, region, name, day):
    named = a_calendar(country, opening_hours=WEEKDAYS, closed_days={"public_holidays": [name]}, region=region)
    everything = a_calendar(country, opening_hours=WEEKDAYS, closed_days={"public_holidays": "all"}, region=region)
    assert not named.is_open(day) and named.closed_because(day, "en") == name
    assert everything.is_open(day)
    assert unknown_holidays(country, region, [name]) == []


def test_the_day_off_instead_of_a_holiday_closes_too():
    assert not closing(["Boxing Day"], region="ON").is_open(date(2026, 12, 28))


def test_the_next_open_day_of_an_open_day_is_itself():
    assert closing("all").next_open_day(THURSDAY) == THURSDAY


def test_the_next_open_day_lies_behind_weekend_and_holidays():
    calendar = a_calendar(
        opening_hours=WEEKDAYS, closed_days={"public_holidays": "all", "own": ["2026-04-06"]}, region="QC"
    )
    assert calendar.next_open_day(GOOD_FRIDAY) == date(2026, 4, 7)


def test_a_dealer_that_never_opens_has_no_next_open_day():
    assert a_calendar(opening_hours={}).next_open_day(THURSDAY) is None


@pytest.mark.parametrize(
    ("day", "language", "reason"),
    [
        (THURSDAY, "en", None),
        (GOOD_FRIDAY, "en", "Good Friday"),
        (GOOD_FRIDAY, "fr", "Vendredi saint"),
        (GOOD_FRIDAY, "es", "Good Friday"),
        (date(2026, 9, 7), "en", "Labour Day"),
        (SATURDAY, "en", "Closed on this weekday"),
        (EASTER_MONDAY, "en", "Own closed day"),
    ],
)
def test_the_reason_is_said_in_the_readers_language_where_there_is_one(day: date, language: str, reason: str | None):
    calendar = a_calendar(opening_hours=WEEKDAYS, closed_days={"public_holidays": "all", "own": ["2026-04-06"]})
    assert calendar.closed_because(day, language) == reason


@pytest.mark.parametrize(
    ("settings", "day", "opens"),
    [
        ({}, THURSDAY, time(8)),
        ({"opening_hours": WEEKDAYS}, GOOD_FRIDAY, time(7, 30)),
        ({"opening_hours": WEEKDAYS, "closed_days": {"public_holidays": "all"}}, GOOD_FRIDAY, time(7, 30)),
        ({"opening_hours": WEEKDAYS}, SATURDAY, time(8)),
    ],
)
def test_a_visit_that_was_agreed_for_a_day_begins_when_that_weekday_opens(
    settings: dict[str, Any], day: date, opens: time
):
    assert a_calendar(**settings).opening(day) == opens


@pytest.mark.parametrize(
    ("day", "answer"),
    [(GOOD_FRIDAY, True), (EASTER_MONDAY, True), (SATURDAY, False), (THURSDAY, False), (date(2026, 7, 1), True)],
)
def test_a_closing_is_a_closed_day_that_the_weekday_would_have_been_open(day: date, answer: bool):
    calendar = a_calendar(opening_hours=WEEKDAYS, closed_days={"public_holidays": "all", "own": ["2026-04-06"]})
    assert calendar.is_closing(day) is answer


def test_an_unknown_holiday_is_told_with_the_nearest_one():
    assert unknown_holidays("CA", "QC", ["Canada Day", "Thanksgiving Day", "Thanksgving"]) == [
        "unknown public holiday 'Thanksgving', did you mean 'Thanksgiving Day'?"
    ]


def test_a_holiday_is_its_own_day_not_the_day_off_instead_of_it():
    assert day_of_holiday("US", None, name="Independence Day", year=2026) == date(2026, 7, 4)
