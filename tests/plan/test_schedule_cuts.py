"""However time is cut into planning rounds, every run comes exactly once."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.lib.moments import day_of, parse_moment
from relance.plan.schedule import RunAt, Schedule, runs

ZONES = [ZoneInfo(name) for name in ("America/Toronto", "America/St_Johns", "Europe/Tallinn", "Pacific/Auckland")]
BEGIN, DAYS = datetime(2026, 2, 20, tzinfo=UTC), 60  # with both spring changes, and autumn in Auckland
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

calendars = st.builds(
    lambda weekdays, own, holidays: Calendar(
        Dealer(
            slug="north",
            timezone="America/Toronto",
            country="CA",
            settings={
                "region": "QC",
                "opening_hours": {day: ["08:00", "18:00"] for day in weekdays},
                "closed_days": {"public_holidays": holidays, "own": own},
            },
        )
    ),
    st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1),
    st.sets(st.dates(date(2026, 2, 15), date(2026, 4, 25)), max_size=20).map(lambda days: [str(d) for d in days]),
    st.sampled_from(["all", "none"]),
)
schedules = st.sampled_from(
    [
        {"kind": "daily", "at": "10:00"},
        {"kind": "daily", "at": "02:30"},
        {"kind": "daily", "at": "00:00", "days": ["sat", "sun"]},
        {"kind": "weekly", "days": ["fri", "sun"], "at": "23:59"},
        {"kind": "monthly", "day": "last", "at": "03:00"},
        {"kind": "closed_day", "days_before": 3, "at": "10:00"},
        {"kind": "once", "at": "2026-03-29T03:30"},
    ]
)
ways = st.sampled_from(["send", "skip", "next_open_day"])
cuts = st.lists(st.integers(0, DAYS * 24 * 60), max_size=12).map(sorted)


def all_in(schedule: Schedule, calendar: Calendar, zone: ZoneInfo, after: datetime, until: datetime) -> list[RunAt]:
    return runs(schedule, calendar, zone, after=after, until=until, live_from=LONG_AGO)


@settings(max_examples=80, deadline=None)
@given(schedules, ways, calendars, st.sampled_from(ZONES), cuts)
def test_pieces_of_time_hold_the_same_runs_as_the_whole(written, way, calendar, zone, cuts):
    schedule = Schedule.model_validate({**written, "closed_day": way})
    edges = [BEGIN, *(BEGIN + timedelta(minutes=m) for m in cuts), BEGIN + timedelta(days=DAYS)]
    pieces = [run for a, b in pairwise(edges) for run in all_in(schedule, calendar, zone, a, b)]
    assert pieces == all_in(schedule, calendar, zone, edges[0], edges[-1])


@settings(max_examples=60, deadline=None)
@given(calendars, st.sampled_from(ZONES), st.sampled_from(["00:00", "02:30", "10:00", "23:59"]))
def test_with_next_open_day_every_day_runs_once_and_on_an_open_day(calendar, zone, at):
    schedule = Schedule.model_validate({"kind": "daily", "at": at, "closed_day": "next_open_day"})
    found = all_in(schedule, calendar, zone, BEGIN, BEGIN + timedelta(days=DAYS + 60))
    spoken_of = [day_of(run.reference_at, zone) for run in found]
    every_day = {date(2026, 2, 25) + timedelta(days=n) for n in range(50)}
    assert len(spoken_of) == len(set(spoken_of))
    assert every_day <= set(spoken_of)
    assert all(calendar.is_open(day_of(run.run_at, zone)) and run.run_at >= run.reference_at for run in found)


def test_a_minute_after_a_run_nothing_is_left_of_it():
    zone = ZONES[0]
    schedule = Schedule(kind="daily", at="10:00")
    ten = parse_moment("2026-05-04T10:00", zone)
    calendar = Calendar(Dealer(slug="north", timezone="America/Toronto", country="CA", settings={}))
    assert len(all_in(schedule, calendar, zone, ten - timedelta(microseconds=1), ten)) == 1
    assert all_in(schedule, calendar, zone, ten, ten + timedelta(minutes=1)) == []
