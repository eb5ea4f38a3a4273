"""A run whose facts are older than its automation needs waits for a feed, is shown, and is missed after its grace."""

from datetime import timedelta

import pytest

from relance.intake.freshness import overdue_since, rhythm
from relance.intake.models import ImportRun
from relance.jobs import stages
from relance.jobs.stages import messages_of
from relance.plan.apply import apply_definitions
from relance.plan.models import Automation, Run
from tests.builders import A_DAY, a_customer, a_dealer, an_appointment, an_automation

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
NEEDS = {"appointment": 60}


@pytest.fixture
def dealer(db):
    return a_dealer(guards={"stale": True})


def came(dealer, at, *files, stopped=False, finished=True):
    """An import that brought these files."""
    counts = [{"file": f"{name}.csv", "stopped": stopped} for name in files or ("appointments",)]
    return ImportRun.objects.create(
        dealer=dealer, feed="feed", started_at=at, finished_at=at if finished else None, files=counts
    )


def plan(dealer, at, **words):
    return stages.plan(dealer, at=at, since=A_DAY - MINUTE, **words)


def made(dealer, at):
    return [(m.customer.ref, m.reference_at) for m in messages_of(dealer, plan(dealer, at=at))]


def rows(dealer):
    return [(row.state, row.run_at) for row in Run.objects.of(dealer).order_by("pk")]


def test_a_run_goes_while_its_facts_are_fresh(dealer):
    a_customer(dealer, ref="C")
    an_automation(dealer, needs=NEEDS)
    came(dealer, A_DAY - HOUR)
    assert made(dealer, A_DAY) == [("C", A_DAY)]


UNFIT = {
    "too old": lambda dealer: came(dealer, A_DAY - HOUR - MINUTE),
    "another record": lambda dealer: came(dealer, A_DAY, "sales"),
    "stopped by a guard": lambda dealer: came(dealer, A_DAY, stopped=True),
    "cut off": lambda dealer: came(dealer, A_DAY, finished=False),
    "of another dealer": lambda dealer: came(a_dealer("south"), A_DAY),
    "none": lambda dealer: None,
}


@pytest.mark.parametrize("case", UNFIT)
def test_a_run_waits_for_a_feed_and_says_what_it_waits_for(dealer, case):
    UNFIT[case](dealer)
    a_customer(dealer)
    an_automation(dealer, needs=NEEDS)
    planned = plan(dealer, at=A_DAY)
    assert planned.made == 0
    assert [(row.state, row.cause) for row in planned.waiting] == [("waits", "waits for newer facts: appointment")]


def test_a_waiting_run_is_made_with_its_own_reference_moment_when_the_feed_has_come(dealer):
    a_customer(dealer, ref="C")
    an_automation(dealer, needs=NEEDS)
    assert made(dealer, A_DAY) == made(dealer, A_DAY + MINUTE) == []
    assert rows(dealer) == [("waits", A_DAY)]
    came(dealer, A_DAY + 3 * HOUR)
    assert made(dealer, A_DAY + 3 * HOUR) == [("C", A_DAY)]
    assert rows(dealer) == [("done", A_DAY)]
    assert made(dealer, A_DAY + 4 * HOUR) == []


def test_a_nightly_feed_keeps_the_visitor_of_today_from_hearing_that_he_was_missed(dealer):
    visitor = an_appointment(a_customer(dealer, ref="came"), A_DAY - 2 * HOUR)
    an_appointment(a_customer(dealer, ref="missed"), A_DAY - 2 * HOUR)
    rule = {"category": "appointment", "attribute": "status", "operator": "is", "value": "booked"}
    an_automation(dealer, subject="appointment", audience=[rule], needs=NEEDS)
    came(dealer, A_DAY - 7 * HOUR)
    assert made(dealer, A_DAY) == []
    type(visitor).objects.of(dealer).filter(pk=visitor.pk).update(status="arrived")
    came(dealer, A_DAY + 17 * HOUR)
    assert made(dealer, A_DAY + 17 * HOUR) == [("missed", A_DAY)]


def test_a_run_that_waited_for_nobody_leaves_no_row(dealer):
    an_automation(dealer, needs=NEEDS)
    plan(dealer, at=A_DAY)
    came(dealer, A_DAY + MINUTE)
    plan(dealer, at=A_DAY + MINUTE)
    assert rows(dealer) == []


def test_after_its_grace_a_waiting_run_is_missed(dealer):
    a_customer(dealer)
    an_automation(dealer, needs=NEEDS, grace_hours=3)
    plan(dealer, at=A_DAY)
    came(dealer, A_DAY + 4 * HOUR)
    planned = plan(dealer, at=A_DAY + 4 * HOUR)
    assert (planned.made, len(planned.missed)) == (0, 1)
    assert Run.objects.of(dealer).get().cause == "its facts were too old until its grace had passed"


def test_switched_off_while_it_waits_it_is_missed(dealer):
    an_automation(dealer, needs=NEEDS)
    plan(dealer, at=A_DAY)
    Automation.objects.of(dealer).update(status="off")
    plan(dealer, at=A_DAY + MINUTE)
    assert rows(dealer) == [("missed", A_DAY)]


def test_waiting_runs_come_before_later_ones(dealer):
    a_customer(dealer, ref="C")
    an_automation(dealer, needs=NEEDS, repeat="each_time", grace_hours=48)
    assert made(dealer, A_DAY) == made(dealer, A_DAY + DAY) == []
    came(dealer, A_DAY + DAY)
    assert made(dealer, A_DAY + DAY + MINUTE) == [("C", A_DAY), ("C", A_DAY + DAY)]


def test_what_needs_nothing_never_waits_and_stops_for_nobody(dealer):
    a_customer(dealer, ref="C")
    an_automation(dealer, "WAITS", needs=NEEDS)
    an_automation(dealer, "GOES")
    assert made(dealer, A_DAY) == [("C", A_DAY)]


def test_the_guard_can_be_switched_off(db):
    dealer = a_dealer()
    a_customer(dealer, ref="C")
    an_automation(dealer, needs=NEEDS)
    assert made(dealer, A_DAY) == [("C", A_DAY)]


def realtime(dealer, ref="C", **more):
    an_appointment(a_customer(dealer, ref=ref), A_DAY, created_at=A_DAY)
    rule = {"category": "appointment", "attribute": "created_at", "operator": "at_most_minutes_ago", "value": 5}
    return an_automation(
        dealer, subject="appointment", audience=[rule], schedule={"kind": "realtime"}, needs=NEEDS, **more
    )


def test_waiting_minutes_are_one_row_and_are_made_up_together(dealer):
    realtime(dealer)
    came(dealer, A_DAY - HOUR)
    for minute in (0, 1, 5, 6, 7):
        assert made(dealer, A_DAY + minute * MINUTE) == ([] if minute else [("C", A_DAY)])
    assert rows(dealer) == [("done", A_DAY), ("waits", A_DAY + MINUTE)]
    an_appointment(a_customer(dealer, ref="D"), A_DAY, created_at=A_DAY + 3 * MINUTE)
    came(dealer, A_DAY + 8 * MINUTE)
    assert made(dealer, A_DAY + 8 * MINUTE) == [("D", A_DAY + 3 * MINUTE)]
    assert rows(dealer) == [("done", A_DAY), ("done", A_DAY + 3 * MINUTE)]


def test_minutes_that_waited_too_long_are_one_missed_row(dealer):
    realtime(dealer)
    plan(dealer, at=A_DAY)
    plan(dealer, at=A_DAY + 3 * HOUR)
    row = Run.objects.of(dealer).get()
    assert (row.state, row.reference_at, row.run_at) == ("waits", A_DAY, A_DAY + HOUR)
    came(dealer, A_DAY + 3 * HOUR)
    planned = plan(dealer, at=A_DAY + 3 * HOUR + MINUTE)
    assert planned.made == 0
    assert rows(dealer) == [("missed", A_DAY)]


def test_a_dry_run_of_waiting_changes_nothing(dealer):
    an_automation(dealer, needs=NEEDS)
    assert len(plan(dealer, at=A_DAY, dry_run=True).waiting) == 1
    assert rows(dealer) == []


def test_a_waiting_run_outlives_an_edit(dealer):
    a_customer(dealer, ref="C")
    row = an_automation(dealer, needs=NEEDS)
    plan(dealer, at=A_DAY)
    live = {"live_from": "2020-01-01", "needs": {}, "schedule": {"kind": "daily", "at": "09:00"}}
    apply_definitions(dealer, [row.definition | live], at=A_DAY, by="test")
    assert made(dealer, A_DAY + MINUTE) == [("C", A_DAY)]


def test_the_rhythm_of_a_feed_is_its_usual_pause(dealer):
    for hours in (1, 2, 3, 40):
        came(dealer, A_DAY - hours * HOUR)
    came(dealer, A_DAY - HOUR, "sales")
    assert rhythm(dealer, ["appointment", "sale", "vehicle"], at=A_DAY) == {
        "appointment": HOUR, "sale": None, "vehicle": None,
    }  # fmt: skip


WORKING_DAYS = (3, 4, 5, 6, 7, 10, 11, 12, 13, 14)  # Friday back to Monday, and the week before: A_DAY is a Monday


@pytest.mark.parametrize(
    ("days_ago", "amiss"),
    [
        ((0, 1, 2), False),
        ((2, 3, 4), True),
        ((2,), False),
        ((20, 21), False),
        ((20, 21, 22), True),  # it is still missed
        ((2, 9), False),
        ((2, 9, 16), False),  # once a week
        ((10, 17, 24), True),
        (tuple(day - 1 for day in WORKING_DAYS), False),  # on a Sunday: it never comes at the weekend
        (tuple(day + 1 for day in WORKING_DAYS), True),  # on a Tuesday: the Monday's did not come
        ((2, 3, 4, 5, 6, 7, 8, 9, 10), True),  # every day, and not on Sunday
    ],
)
def test_a_nightly_feed_that_did_not_come_is_noticed(dealer, days_ago, amiss):
    for days in days_ago:
        came(dealer, A_DAY - days * DAY)
    assert overdue_since(dealer, at=A_DAY) == (A_DAY - days_ago[0] * DAY if amiss else None)


def test_days_that_waited_before_an_edit_made_it_real_time_are_missed(dealer):
    row = an_automation(dealer, needs=NEEDS, grace_hours=72)
    plan(dealer, at=A_DAY)
    plan(dealer, at=A_DAY + DAY)
    edited = row.definition | {"live_from": "2020-01-01", "schedule": {"kind": "realtime"}}
    apply_definitions(dealer, [edited], at=A_DAY, by="test")
    plan(dealer, at=A_DAY + DAY + MINUTE)
    assert rows(dealer) == [("waits", A_DAY), ("missed", A_DAY + DAY)]
