"""The clockwork does each task when its time has come, and no failing task stops the others."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from relance.jobs import schedule, worker
from relance.jobs.schedule import TASKS, Task, deliver_everyone, plan_everyone, settle
from relance.jobs.stages import plan
from relance.jobs.worker import Clockwork
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, an_automation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fast(monkeypatch):
    """Looks at the clock all the time, and leaves the test's connection open."""
    monkeypatch.setattr(worker, "PAUSE", 0.001)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)


def test_a_task_comes_at_whole_steps_of_the_clock():
    seen = []
    with time_machine.travel(datetime(2026, 5, 4, 10, 0, 30, tzinfo=UTC), tick=False) as clock:

        def task(at):
            seen.append(at)
            clock.shift(timedelta(seconds=[40, 60, 0][len(seen) - 1]))
            if len(seen) == 3:
                clockwork.stopping.set()

        clockwork = Clockwork([Task("tick", timedelta(minutes=1), task)])
        clockwork.run()
    assert [f"{at:%H:%M:%S}" for at in seen] == ["10:00:30", "10:01:10", "10:02:10"]


def test_a_clock_that_is_set_back_keeps_nothing_waiting():
    seen = []
    with time_machine.travel(datetime(2026, 5, 4, 10, 0, 30, tzinfo=UTC), tick=False) as clock:

        def task(at):
            seen.append(at)
            clock.shift(timedelta(days=-1))
            if len(seen) == 2:
                clockwork.stopping.set()

        clockwork = Clockwork([Task("tick", timedelta(minutes=1), task)])
        clockwork.run()
    assert [f"{at:%d %H:%M}" for at in seen] == ["04 10:00", "03 10:00"]


def test_a_task_that_fails_comes_again_and_stops_no_other(caplog):
    done = []

    def fails(_at):
        done.append("fails")
        raise RuntimeError("out of order")

    def works(_at):
        done.append("works")
        if done.count("works") == 2:
            clockwork.stopping.set()

    clockwork = Clockwork([Task("fails", timedelta(0, 0, 1000), fails), Task("works", timedelta(0, 0, 1000), works)])
    clockwork.run()
    assert done == ["fails", "works", "fails", "works"]
    assert "fails failed, it comes again" in caplog.text


def test_it_runs_beside_others_and_ends_when_asked():
    came = threading.Event()
    clockwork = Clockwork([Task("tick", timedelta(seconds=1), lambda _at: came.set())])
    clockwork.start()
    assert came.wait(5)
    clockwork.stop()
    assert not any(thread.is_alive() for thread in clockwork._threads)


def test_stopping_what_was_never_started_is_harmless():
    Clockwork([]).stop()


def test_one_round_of_the_tasks_plans_and_hands_over_for_every_dealer(settings, tmp_path):
    settings.HOME = tmp_path
    for slug in ("north", "south"):
        dealer = a_dealer(slug)
        a_customer(dealer)
        an_automation(dealer)
    plan_everyone(A_DAY)
    deliver_everyone(A_DAY)
    settle(A_DAY)
    states = Message.objects.across_dealers("both").values_list("state", flat=True)
    assert list(states) == ["sent", "sent"]


def test_every_task_has_a_name_of_its_own():
    assert len({task.name for task in TASKS}) == len(TASKS)


def test_a_task_that_takes_long_keeps_no_other_lane_waiting():
    came, free = threading.Event(), threading.Event()

    def wait(_at):
        free.wait(5)

    slow = Task("slow", timedelta(seconds=1), wait, lane="slow")
    clockwork = Clockwork([slow, Task("quick", timedelta(seconds=1), lambda _at: came.set())])
    clockwork.start()
    assert came.wait(5)
    free.set()
    clockwork.stop()


def test_the_trouble_of_one_dealer_is_not_anothers(monkeypatch, caplog):
    first, second = a_dealer("first"), a_dealer("second")
    for dealer in (first, second):
        a_customer(dealer)
        an_automation(dealer)

    def plan_or_break(dealer, *, at):
        if dealer == first:
            raise ZeroDivisionError
        return plan(dealer, at=at)

    monkeypatch.setattr(schedule, "plan", plan_or_break)
    plan_everyone(A_DAY)
    assert Message.objects.of(second).count() == 1
    assert "plan of first failed" in caplog.text
