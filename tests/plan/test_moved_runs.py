"""A run that somebody moved happens once, on the other day, for the same people."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from relance.dealers.hours import Calendar
from relance.jobs.stages import plan
from relance.lib.errors import BadInput
from relance.lib.moments import day_of
from relance.outbox.forecast import forecast
from relance.outbox.models import Message
from relance.plan.apply import definition_of
from relance.plan.models import Automation, MovedRun
from relance.plan.schedule import Schedule, runs
from relance.plan.switching.moved_runs import may_move, move_runs, moved_here, moves_of, next_run_of, put_back, runs_of
from tests.builders import a_customer, a_dealer, an_automation

AT = datetime(2026, 5, 4, 12, tzinfo=UTC)  # a Monday, 08:00 in Toronto
MONDAY, TUESDAY, FRIDAY, SATURDAY = date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 8), date(2026, 5, 9)
DAY = timedelta(days=1)
WEEKDAYS = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture
def dealer(db):
    dealer = a_dealer(opening_hours=WEEKDAYS)
    a_customer(dealer, mobile="+15145550123")
    plan(dealer, at=AT, since=AT)
    return dealer


@pytest.fixture
def weekly(dealer):
    return an_automation(dealer, schedule={"kind": "weekly", "days": ["tue"], "at": "10:00"}, repeat="each_time")


def days_of(dealer, automation, until=AT + 14 * DAY):
    schedule = definition_of(automation).schedule
    found = runs_of(automation, schedule, Calendar(dealer), after=AT, until=until, moves=moves_of(dealer))
    return [day_of(run.run_at, dealer.zone) for run in found]


def move(dealer, automation, day, to, at=AT):
    return move_runs(dealer, automation, day, to, by="Kim", at=at)


def test_a_moved_run_makes_its_messages_on_the_other_day_and_only_there(dealer, weekly):
    move(dealer, weekly, TUESDAY, FRIDAY)
    plan(dealer, at=AT + 2 * DAY)
    assert not Message.objects.of(dealer).exists()
    plan(dealer, at=AT + 5 * DAY)
    message = Message.objects.of(dealer).get()
    assert day_of(message.run_at, dealer.zone) == FRIDAY
    assert day_of(message.reference_at, dealer.zone) == TUESDAY


def test_the_forecast_shows_it_there_and_marks_it(dealer, weekly):
    was = forecast(dealer, first=MONDAY, last=SATURDAY, at=AT).cells
    move(dealer, weekly, TUESDAY, FRIDAY)
    cells = forecast(dealer, first=MONDAY, last=SATURDAY, at=AT).cells
    assert set(was) == {(weekly.pk, TUESDAY)} and set(cells) == {(weekly.pk, FRIDAY)}
    assert cells[weekly.pk, FRIDAY].moved


def test_it_moves_on_and_back_to_its_own_day(dealer, weekly):
    move(dealer, weekly, TUESDAY, FRIDAY)
    move(dealer, weekly, FRIDAY, date(2026, 5, 7))
    assert days_of(dealer, weekly)[0] == date(2026, 5, 7)
    assert [row.by for row in moved_here(dealer, weekly, date(2026, 5, 7))] == ["Kim"]
    move(dealer, weekly, date(2026, 5, 7), TUESDAY)
    assert days_of(dealer, weekly)[0] == TUESDAY and not MovedRun.objects.of(dealer).exists()


def test_only_what_was_moved_to_a_day_goes_back(dealer):
    daily = an_automation(dealer, schedule={"kind": "daily", "at": "10:00"})
    move(dealer, daily, TUESDAY, FRIDAY)
    assert days_of(dealer, daily, AT + 5 * DAY).count(FRIDAY) == 2
    assert put_back(dealer, daily, FRIDAY, at=AT) == 1
    assert TUESDAY in days_of(dealer, daily) and not MovedRun.objects.of(dealer).exists()


def test_what_was_moved_past_its_own_day_does_not_go_back(dealer, weekly):
    move(dealer, weekly, TUESDAY, FRIDAY)
    plan(dealer, at=AT + 2 * DAY)
    with pytest.raises(BadInput, match="own day has passed"):
        put_back(dealer, weekly, FRIDAY, at=AT + 2 * DAY)
    assert days_of(dealer, weekly)[0] == FRIDAY


def test_the_next_run_is_where_it_was_moved_to(dealer, weekly):
    move(dealer, weekly, TUESDAY, FRIDAY)
    schedule = definition_of(weekly).schedule
    found = next_run_of(weekly, schedule, Calendar(dealer), after=AT, moves=moves_of(dealer))
    assert found is not None and day_of(found, dealer.zone) == FRIDAY


def test_an_edited_schedule_forgets_a_move_of_a_run_that_it_no_longer_has(dealer, weekly):
    move(dealer, weekly, TUESDAY, FRIDAY)
    edited = {**weekly.definition, "schedule": {"kind": "weekly", "days": ["wed"], "at": "10:00"}}
    Automation.objects.of(dealer).filter(pk=weekly.pk).update(definition=edited)
    assert days_of(dealer, Automation.objects.of(dealer).get(), AT + 7 * DAY) == [date(2026, 5, 6)]


def test_a_run_that_has_been_made_is_not_moved(dealer, weekly):
    plan(dealer, at=AT + 2 * DAY)
    with pytest.raises(BadInput, match="still ahead"):
        move(dealer, weekly, TUESDAY, FRIDAY, at=AT + 2 * DAY)


@pytest.mark.parametrize(
    ("to", "told"),
    [(MONDAY - DAY, "passed"), (MONDAY, "later day than its own"), (date(2026, 8, 1), "60 days at most")],
)
def test_a_day_on_which_it_cannot_happen_is_refused(dealer, weekly, to, told):
    with pytest.raises(BadInput, match=told):
        move(dealer, weekly, TUESDAY, to)
    assert days_of(dealer, weekly)[0] == TUESDAY


def test_a_closed_day_is_refused_to_what_does_not_run_on_closed_days(dealer):
    daily = an_automation(dealer, schedule={"kind": "weekly", "days": ["tue"], "at": "10:00", "closed_day": "skip"})
    with pytest.raises(BadInput, match="closed on that day"):
        move(dealer, daily, TUESDAY, SATURDAY)


def test_a_mailing_over_several_days_keeps_its_days(dealer):
    """Who missed his part comes along with the next: a part that was moved would not wait for its day."""
    mailing = an_automation(dealer, schedule={"kind": "once", "at": "2026-05-05T10:00", "split_days": 3})
    assert not may_move(dealer, mailing, TUESDAY, at=AT)
    with pytest.raises(BadInput, match="spread over several days"):
        move(dealer, mailing, TUESDAY, FRIDAY)


def test_what_comes_as_it_happens_has_no_run_to_move(dealer):
    instant = an_automation(dealer, schedule={"kind": "realtime"})
    with pytest.raises(BadInput, match="No run"):
        move(dealer, instant, TUESDAY, FRIDAY)


class TestAnyMoves(TestCase):
    """Whatever is moved wherever: every run of the schedule happens exactly once."""

    @settings(max_examples=40, deadline=None)
    @given(moves=st.lists(st.tuples(st.integers(1, 20), st.integers(0, 30)), max_size=6))
    def test_every_run_happens_exactly_once(self, moves):
        dealer = a_dealer()
        daily = an_automation(dealer, schedule={"kind": "daily", "at": "10:00"})
        for day, by in moves:
            on = MONDAY + day * DAY
            try:
                move(dealer, daily, on, on + by * DAY)
            except BadInput:
                continue
        span = {"after": AT, "until": AT + 200 * DAY}
        schedule = Schedule(kind="daily", at="10:00")
        own = runs(schedule, Calendar(dealer), dealer.zone, live_from=daily.live_from, **span)
        found = runs_of(daily, schedule, Calendar(dealer), moves=moves_of(dealer), **span)
        assert sorted(run.reference_at for run in found) == [run.reference_at for run in own]
        halves = [
            runs_of(daily, schedule, Calendar(dealer), moves=moves_of(dealer), after=begin, until=end)
            for begin, end in ((AT, AT + 9 * DAY), (AT + 9 * DAY, AT + 200 * DAY))
        ]
        assert halves[0] + halves[1] == found
