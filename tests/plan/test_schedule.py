"""When an automation runs: each kind of schedule, closed days, and clock changes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.lib.errors import BadInput
from relance.lib.moments import parse_moment
from relance.plan.schedule import Schedule, check_holiday, next_run, runs

WEEKDAYS = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}
TORONTO = ZoneInfo("America/Toronto")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def a_calendar(country: str = "CA", **settings: Any) -> Calendar:
    return Calendar(Dealer(slug="north", timezone="America/Toronto", country=country, settings=settings))


def easter_calendar() -> Calendar:
    closed = {"public_holidays": "all", "own": ["2026-04-06"]}
    return a_calendar(opening_hours=WEEKDAYS, closed_days=closed, region="QC")


def listed(
    schedule: dict[str, Any],
    after: str,
    until: str,
    *,
    calendar: Calendar | None = None,
    zone: ZoneInfo = TORONTO,
    live_from: datetime = LONG_AGO,
) -> list[tuple[str, str]]:
    """Reference and run moment of each run, as the clocks of the zone show them."""
    found = runs(
        Schedule.model_validate(schedule),
        calendar or a_calendar(),
        zone,
        after=parse_moment(after, zone),
        until=parse_moment(until, zone),
        live_from=live_from,
    )
    return [(f"{r.astimezone(zone):%Y-%m-%d %H:%M}", f"{at.astimezone(zone):%Y-%m-%d %H:%M}") for r, at in found]


def run_days(schedule: dict[str, Any], after: str, until: str, **more: Any) -> list[str]:
    return [run[1][:10] for run in listed(schedule, after, until, **more)]


def test_daily_runs_each_day_after_the_first_moment_up_to_and_with_the_last():
    daily = {"kind": "daily", "at": "10:00"}
    assert run_days(daily, "2026-05-04T10:00", "2026-05-06T10:00") == ["2026-05-05", "2026-05-06"]


def test_daily_with_days_runs_on_those_only():
    daily = {"kind": "daily", "at": "10:00", "days": ["mon", "wed"]}
    assert run_days(daily, "2026-05-03", "2026-05-10") == ["2026-05-04", "2026-05-06"]


def test_weekly_runs_on_its_weekdays():
    weekly = {"kind": "weekly", "days": ["tue"], "at": "11:00"}
    assert listed(weekly, "2026-03-01", "2026-03-14") == [
        ("2026-03-03 11:00", "2026-03-03 11:00"),
        ("2026-03-10 11:00", "2026-03-10 11:00"),
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (15, ["2026-01-15", "2026-02-15", "2026-03-15", "2026-04-15"]),
        (31, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        ("last", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
    ],
)
def test_monthly_takes_the_last_day_of_a_month_that_lacks_the_day(day: int | str, expected: list[str]):
    assert run_days({"kind": "monthly", "day": day, "at": "10:30"}, "2026-01-01", "2026-05-01") == expected


def test_every_counts_from_the_month_of_live_from():
    quarterly = {"kind": "monthly", "day": 1, "at": "10:00", "every": 3}
    live_from = parse_moment("2025-11-30T23:00", TORONTO)
    assert run_days(quarterly, "2025-11-01", "2026-09-01", live_from=live_from) == [
        "2026-02-01",
        "2026-05-01",
        "2026-08-01",
    ]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({"month": 2, "day": 29}, ["2026-02-28", "2027-02-28", "2028-02-29"]),
        ({"holiday": "christmas", "days_before": 10}, ["2026-12-15", "2027-12-15", "2028-12-15"]),
        ({"holiday": "New_Year", "days_before": 3}, ["2026-12-29", "2027-12-29", "2028-12-29"]),
        ({"holiday": "thanksgiving"}, ["2026-10-12", "2027-10-11", "2028-10-09"]),
        ({"holiday": "Labour Day"}, ["2026-09-07", "2027-09-06", "2028-09-04"]),
    ],
)
def test_yearly_by_day_or_by_holiday(schedule: dict[str, Any], expected: list[str]):
    yearly = {"kind": "yearly", "at": "10:00", **schedule}
    assert run_days(yearly, "2026-01-01", "2028-12-31", calendar=a_calendar(region="ON")) == expected


def test_a_holiday_that_the_country_does_not_have_is_refused():
    schedule = Schedule(kind="yearly", holiday="Midsummer Day", at="10:00")
    check_holiday(schedule, a_calendar("EE"), year=2026)
    with pytest.raises(BadInput, match="'Midsummer Day' is no public holiday of CA: set the region"):
        check_holiday(schedule, a_calendar("CA"), year=2026)


def test_closed_day_runs_before_each_closing_that_a_weekday_would_have_been_open():
    schedule = {"kind": "closed_day", "days_before": 2, "at": "10:00"}
    expected = ["2026-04-01", "2026-04-04", "2026-05-16", "2026-06-22", "2026-06-29"]
    assert run_days(schedule, "2026-03-01", "2026-07-15", calendar=easter_calendar()) == expected


def test_once_runs_at_its_moment_by_the_dealers_clock():
    assert listed({"kind": "once", "at": "2026-05-04T10:00"}, "2026-05-01", "2026-05-10") == [
        ("2026-05-04 10:00", "2026-05-04 10:00")
    ]


def test_once_with_an_offset_is_that_very_moment():
    once = {"kind": "once", "at": "2026-11-01T01:30:00-05:00"}
    assert listed(once, "2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00") != []
    assert listed(once, "2026-11-01", "2026-11-01T01:30:00-04:00") == []


def test_manual_has_no_runs():
    assert listed({"kind": "manual"}, "2026-01-01", "2027-01-01") == []


def test_realtime_runs_at_every_whole_minute_whatever_window_and_days_say():
    realtime = {"kind": "realtime", "window": ["09:00", "12:00"], "days": ["tue"]}
    found = listed(realtime, "2026-05-04T20:00:30", "2026-05-04T20:03")
    assert [run[1] for run in found] == ["2026-05-04 20:01", "2026-05-04 20:02", "2026-05-04 20:03"]


def test_realtime_begins_at_live_from():
    live_from = parse_moment("2026-05-04T20:02", TORONTO)
    found = listed({"kind": "realtime"}, "2026-05-04T20:00", "2026-05-04T20:03", live_from=live_from)
    assert [run[1] for run in found] == ["2026-05-04 20:02", "2026-05-04 20:03"]


@pytest.mark.parametrize(
    ("first", "last", "minutes"),
    [("2026-03-08", "2026-03-09", 23 * 60), ("2026-11-01", "2026-11-02", 25 * 60)],
)
def test_realtime_minutes_are_those_of_a_steady_clock(first: str, last: str, minutes: int):
    assert len(listed({"kind": "realtime"}, first, last)) == minutes


def test_on_closed_days_send_runs_all_the_same():
    daily = {"kind": "daily", "at": "10:00"}
    found = run_days(daily, "2026-04-02T12:00", "2026-04-07T12:00", calendar=easter_calendar())
    assert found == ["2026-04-03", "2026-04-04", "2026-04-05", "2026-04-06", "2026-04-07"]


def test_on_closed_days_skip_runs_not_at_all():
    daily = {"kind": "daily", "at": "10:00", "closed_day": "skip"}
    assert run_days(daily, "2026-04-02T12:00", "2026-04-07T12:00", calendar=easter_calendar()) == ["2026-04-07"]


def test_the_next_open_day_takes_up_every_day_since_the_last():
    daily = {"kind": "daily", "at": "10:00", "closed_day": "next_open_day"}
    found = listed(daily, "2026-04-07T09:00", "2026-04-07T12:00", calendar=easter_calendar())
    assert found == [(f"2026-04-0{day} 10:00", "2026-04-07 10:00") for day in (3, 4, 5, 6, 7)]


def test_a_run_that_would_move_for_ever_is_no_run():
    daily = {"kind": "daily", "at": "10:00", "closed_day": "next_open_day"}
    assert listed(daily, "2026-04-01", "2026-05-01", calendar=a_calendar(opening_hours={})) == []


def test_live_from_is_compared_with_the_reference_moment():
    daily = {"kind": "daily", "at": "10:00", "closed_day": "next_open_day"}
    live_from = parse_moment("2026-04-05T10:00", TORONTO)
    found = listed(daily, "2026-04-01", "2026-04-07T12:00", calendar=easter_calendar(), live_from=live_from)
    assert [reference for reference, _run in found] == [f"2026-04-0{day} 10:00" for day in (5, 6, 7)]


SKIPPED = [
    ("America/Toronto", "2026-03-08", "02:30", "2026-03-08T03:00:00-04:00"),
    ("America/New_York", "2026-03-08", "02:00", "2026-03-08T03:00:00-04:00"),
    ("America/St_Johns", "2026-03-08", "02:59", "2026-03-08T03:00:00-02:30"),
    ("Europe/Tallinn", "2026-03-29", "03:30", "2026-03-29T04:00:00+03:00"),
]
REPEATED = [
    ("America/Toronto", "2026-11-01", "01:30", "2026-11-01T01:30:00-04:00"),
    ("America/New_York", "2026-11-01", "01:00", "2026-11-01T01:00:00-04:00"),
    ("America/St_Johns", "2026-11-01", "01:59", "2026-11-01T01:59:00-02:30"),
    ("Europe/Tallinn", "2026-10-25", "03:30", "2026-10-25T03:30:00+03:00"),
]
STEADY = [
    ("America/Toronto", "2026-03-08", "10:00", "2026-03-08T10:00:00-04:00"),
    ("America/Toronto", "2026-11-01", "10:00", "2026-11-01T10:00:00-05:00"),
    ("Europe/Tallinn", "2026-10-25", "00:00", "2026-10-25T00:00:00+03:00"),
]


@pytest.mark.parametrize(("place", "day", "at", "moment"), SKIPPED + REPEATED + STEADY)
def test_a_skipped_time_runs_at_the_first_moment_after_it_and_a_repeated_one_at_the_first(
    place: str, day: str, at: str, moment: str
):
    zone = ZoneInfo(place)
    begin = parse_moment(day, zone)
    found = runs(
        Schedule.model_validate({"kind": "daily", "at": at}),
        a_calendar(),
        zone,
        after=begin - timedelta(seconds=1),
        until=begin + timedelta(hours=20),
        live_from=LONG_AGO,
    )
    assert [run.run_at.astimezone(zone).isoformat() for run in found] == [moment]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ({"kind": "daily", "at": "09:00"}, "2026-05-05 09:00"),
        ({"kind": "realtime"}, "2026-05-04 10:01"),
        ({"kind": "yearly", "holiday": "christmas", "at": "10:00"}, "2026-12-25 10:00"),
        ({"kind": "monthly", "day": 1, "every": 24, "at": "10:00"}, "2028-01-01 10:00"),
        ({"kind": "once", "at": "2026-05-04T10:00"}, None),
        ({"kind": "manual"}, None),
    ],
)
def test_the_next_run_is_the_first_one_after(schedule: dict[str, Any], expected: str | None):
    found = next_run(
        Schedule.model_validate(schedule),
        a_calendar(),
        TORONTO,
        after=parse_moment("2026-05-04T10:00", TORONTO),
        live_from=parse_moment("2026-01-01", TORONTO),
    )
    assert (found and f"{found.run_at.astimezone(TORONTO):%Y-%m-%d %H:%M}") == expected


def test_the_next_run_waits_for_live_from():
    after, live_from = parse_moment("2026-05-04", TORONTO), parse_moment("2026-06-01", TORONTO)
    found = next_run(Schedule(kind="daily", at="10:00"), a_calendar(), TORONTO, after=after, live_from=live_from)
    assert found is not None and found.run_at.date() == date(2026, 6, 1)
