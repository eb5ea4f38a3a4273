"""When a message may leave: the automation's window, then the quiet hours of every zone it concerns."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.lib.moments import MINUTE, parse_moment
from relance.outbox.sending_time import LONGEST_WAIT, SendingTime
from relance.plan.schedule import Schedule

DAILY = {"kind": "daily", "at": "10:00"}
REALTIME = {"kind": "realtime"}
TORONTO = ZoneInfo("America/Toronto")
WEEKDAYS = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def a_sender(timezone: str = "America/Toronto", **settings: Any) -> SendingTime:
    dealer = Dealer(slug="north", timezone=timezone, country="CA", settings=settings)
    return SendingTime(dealer, Calendar(dealer))


def leaves(
    after: str, schedule: dict[str, Any], *zones: str, sender: SendingTime | None = None, shown: str = "America/Toronto"
) -> str | None:
    zone = ZoneInfo(shown)
    at = (sender or a_sender()).earliest(
        parse_moment(after, zone),
        schedule=Schedule.model_validate(schedule),
        zones=tuple(ZoneInfo(name) for name in zones),
    )
    return at.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S") if at else None


READY = {"kind": "realtime", "window": ["09:00", "12:00"], "days": ["mon", "tue", "thu"]}


@pytest.mark.parametrize(
    ("after", "schedule", "zones", "expected"),
    [
        ("2026-03-10T20:30:00", DAILY, ["America/Toronto"], "2026-03-10T20:30:00"),
        ("2026-03-10T20:59:59", DAILY, ["America/Toronto"], "2026-03-10T20:59:59"),
        ("2026-03-10T21:00:00", DAILY, ["America/Toronto"], "2026-03-11T08:00:00"),
        ("2026-03-11T07:59:59", DAILY, ["America/Toronto"], "2026-03-11T08:00:00"),
        ("2026-03-10T20:30:00", DAILY, ["America/Vancouver"], "2026-03-10T20:30:00"),
        ("2026-03-10T20:30:00", DAILY, ["America/Halifax"], "2026-03-11T07:00:00"),
        ("2026-03-10T20:30:00", DAILY, ["America/St_Johns", "America/Halifax"], "2026-03-11T07:00:00"),
        ("2026-03-10T20:30:00", READY, ["America/Toronto"], "2026-03-12T09:00:00"),
        ("2026-03-10T20:30:00", READY, ["America/Vancouver"], "2026-03-12T11:00:00"),
        ("2026-03-10T21:00:00", DAILY, [], "2026-03-11T08:00:00"),
        ("2026-03-11T05:30:00", DAILY, ["America/Vancouver"], "2026-03-11T11:00:00"),
    ],
)
def test_the_first_allowed_moment(after: str, schedule: dict[str, Any], zones: list[str], expected: str):
    assert leaves(after, schedule, *zones) == expected


def test_two_zones_that_share_no_hour_find_no_moment():
    sender = a_sender(quiet_hours={"may_send": ["09:00", "11:00"]})
    assert leaves("2026-03-10T09:00", DAILY, "America/Toronto", "Europe/Tallinn", sender=sender) is None


def test_a_window_outside_the_quiet_hours_finds_no_moment():
    assert leaves("2026-03-10T09:00", {"kind": "realtime", "window": ["05:00", "07:00"]}) is None


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-04-02T17:59", "2026-04-02T17:59:00"),
        ("2026-04-02T18:00", "2026-04-07T08:00:00"),  # Good Friday, the weekend, an own closed day
    ],
)
def test_opening_hours_as_a_window_know_closed_days(after: str, expected: str):
    closed = {"public_holidays": "all", "own": ["2026-04-06"]}
    sender = a_sender(opening_hours=WEEKDAYS, closed_days=closed, region="QC")
    assert leaves(after, {"kind": "realtime", "window": "opening_hours"}, sender=sender) == expected


def test_opening_hours_as_a_window_of_a_dealer_without_hours_hold_nothing_back():
    assert leaves("2026-04-05T12:00", {"kind": "realtime", "window": "opening_hours"}) == "2026-04-05T12:00:00"


def test_the_days_of_a_realtime_schedule_hold_back():
    assert leaves("2026-05-04T12:00", {"kind": "realtime", "days": ["wed"]}) == "2026-05-06T08:00:00"


def test_the_days_of_a_daily_schedule_name_runs_and_hold_nothing_back():
    assert leaves("2026-05-05T12:00", {"kind": "daily", "at": "10:00", "days": ["mon"]}) == "2026-05-05T12:00:00"


def test_nothing_leaves_on_the_fifteenth_day():
    closed = [f"2026-05-{day:02}" for day in range(4, 20)]
    sender = a_sender(opening_hours=WEEKDAYS, closed_days={"own": closed})
    assert leaves("2026-05-03T12:00", {"kind": "realtime", "window": "opening_hours"}, sender=sender) is None


@pytest.mark.parametrize(
    ("zone", "may_send", "after", "expected"),
    [
        ("America/Toronto", ["02:30", "21:00"], "2026-03-08T00:00", "2026-03-08T07:00:00+00:00"),
        ("America/New_York", ["02:15", "02:45"], "2026-03-08T00:00", "2026-03-09T06:15:00+00:00"),
        ("America/St_Johns", ["08:00", "21:00"], "2026-03-07T21:00", "2026-03-08T10:30:00+00:00"),
        ("America/St_Johns", ["08:00", "21:00"], "2026-10-31T21:00", "2026-11-01T11:30:00+00:00"),
        ("America/Toronto", ["01:15", "01:45"], "2026-11-01T01:50:00-04:00", "2026-11-01T06:15:00+00:00"),
        ("America/New_York", ["00:30", "01:30"], "2026-11-01T01:40:00-04:00", "2026-11-01T06:00:00+00:00"),
        ("America/Toronto", ["01:30", "04:00"], "2026-11-01T01:10:00-05:00", "2026-11-01T06:30:00+00:00"),
        ("Europe/Tallinn", ["03:30", "21:00"], "2026-03-29T02:00", "2026-03-29T01:00:00+00:00"),
        ("Europe/Tallinn", ["03:30", "03:40"], "2026-10-25T03:45:00+03:00", "2026-10-25T01:30:00+00:00"),
    ],
)
def test_on_the_nights_of_a_clock_change_the_clock_on_the_wall_decides(
    zone: str, may_send: list[str], after: str, expected: str
):
    sender = a_sender(zone, quiet_hours={"may_send": may_send})
    at = sender.earliest(parse_moment(after, ZoneInfo(zone)), schedule=Schedule.model_validate(DAILY), zones=())
    assert at is not None and at.isoformat() == expected


@pytest.mark.parametrize(("at", "answer"), [("2026-03-10T20:59", True), ("2026-03-10T21:00", False)])
def test_still_allowed_is_asked_of_one_moment(at: str, answer: bool):
    schedule = Schedule.model_validate(DAILY)
    moment = parse_moment(at, TORONTO)
    assert (a_sender().earliest(moment, schedule=schedule, zones=(TORONTO,)) == moment) is answer


half_hours = st.integers(0, 47).map(lambda n: time(n // 2, n % 2 * 30))
spans = st.tuples(half_hours, half_hours).filter(lambda pair: pair[0] < pair[1])
places = st.sampled_from(["America/Toronto", "America/Vancouver", "America/St_Johns", "Europe/Tallinn"])
changes = st.sampled_from([datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 10, 23, 12, tzinfo=UTC)])
moments = st.builds(lambda day, minutes: day + timedelta(minutes=minutes), changes, st.integers(0, 12 * 24 * 60))


@settings(max_examples=25, deadline=None)
@given(moments, spans, spans, places, st.sets(places, max_size=2), st.sets(st.sampled_from(["sat", "sun", "mon"])))
def test_send_at_is_allowed_and_no_earlier_minute_is(after, may_send, window, home, zones, days):
    sender = a_sender(home, quiet_hours={"may_send": [f"{t:%H:%M}" for t in may_send]})
    schedule = Schedule(kind="realtime", window=[f"{t:%H:%M}" for t in window], days=sorted(days))
    where = tuple(ZoneInfo(name) for name in sorted(zones)) or (ZoneInfo(home),)

    def allowed(at: datetime) -> bool:
        here = at.astimezone(ZoneInfo(home))
        shown = all(may_send[0] <= at.astimezone(zone).time() < may_send[1] for zone in where)
        return shown and window[0] <= here.time() < window[1] and (not days or f"{here:%a}".lower() in days)

    minutes = (after + n * MINUTE for n in range(LONGEST_WAIT // MINUTE + 1))
    assert sender.earliest(after, schedule=schedule, zones=where) == next((m for m in minutes if allowed(m)), None)
