"""A feed after a run brings people whom that run would have reached: relance says so, and sends them the same run."""

from datetime import timedelta

import pytest

from relance.jobs.stages import messages_of, plan
from relance.outbox.runs.late import after_import, late_rows, send_late, told_late
from relance.plan.models import Automation, Run
from tests.builders import A_DAY, a_customer, a_dealer, a_repair_order, a_staff_member, an_automation

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
YESTERDAY = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 1}


@pytest.fixture
def dealer(db):
    return a_dealer()


def planned(dealer, at=A_DAY):
    return messages_of(dealer, plan(dealer, at=at, since=A_DAY - MINUTE))


def late(dealer, at=A_DAY + HOUR):
    return [(found.run.automation.code, found.run.reference_at, found.count) for found in late_rows(dealer, at=at)]


def visited(dealer, ref):
    return a_repair_order(a_customer(dealer, ref=ref), A_DAY - DAY)


def test_people_whom_a_feed_brought_after_the_run_are_counted(dealer):
    visited(dealer, "early")
    an_automation(dealer, audience=[YESTERDAY])
    assert len(planned(dealer)) == 1
    assert late(dealer) == []
    visited(dealer, "late")
    assert late(dealer) == [("SR180", A_DAY, 1)]


def test_a_run_that_reached_nobody_has_late_rows_too(dealer):
    an_automation(dealer, audience=[YESTERDAY])
    planned(dealer)
    visited(dealer, "late")
    assert late(dealer) == [("SR180", A_DAY, 1)]


def test_sending_them_keeps_the_reference_moment_and_repeats_nobody(dealer):
    visited(dealer, "early")
    an_automation(dealer, audience=[YESTERDAY], repeat="each_time")
    planned(dealer)
    visited(dealer, "late")
    (found,) = late_rows(dealer, at=A_DAY + HOUR)
    run = found.run
    (message,) = send_late(dealer, run, by="Kim", at=A_DAY + HOUR)
    assert (message.customer.ref, message.reference_at, message.send_at) == ("late", A_DAY, A_DAY + HOUR)
    assert send_late(dealer, run, by="Kim", at=A_DAY + HOUR) == []
    row = Run.objects.of(dealer).get(pk=message.run_id)
    assert (row.state, row.cause) == ("late", "late rows, by Kim")
    assert late(dealer) == []


def test_after_its_grace_nothing_is_late_any_more(dealer):
    an_automation(dealer, audience=[YESTERDAY], grace_hours=2)
    planned(dealer)
    visited(dealer, "late")
    assert late(dealer, A_DAY + 2 * HOUR) == [("SR180", A_DAY, 1)]
    assert late(dealer, A_DAY + 2 * HOUR + MINUTE) == []


def test_runs_before_live_from_or_not_yet_planned_are_never_late(dealer):
    row = an_automation(dealer, audience=[YESTERDAY])
    visited(dealer, "C")
    assert late(dealer) == []
    Automation.objects.of(dealer).filter(pk=row.pk).update(live_from=A_DAY + MINUTE)
    planned(dealer)
    assert late(dealer) == []


def test_a_run_that_waits_or_was_missed_has_no_late_rows(db):
    dealer = a_dealer(guards={"stale": True})
    an_automation(dealer, needs={"sale": 60})
    a_customer(dealer)
    assert planned(dealer) == []
    assert late(dealer) == []


def test_staff_are_counted_by_the_subject_they_have_not_heard_of(dealer):
    a_staff_member(dealer, "A1", roles=("crm_manager",))
    visited(dealer, "early")
    an_automation(dealer, subject="repair_order", audience=[YESTERDAY], recipients=["crm_manager"], channels=["staff"])
    assert len(planned(dealer)) == 1
    assert late(dealer) == []
    visited(dealer, "late")
    assert late(dealer) == [("SR180", A_DAY, 1)]


def test_unusually_many_late_rows_wait_for_approval(monkeypatch, db):
    monkeypatch.setattr("relance.outbox.runs.make.BLAST_PEOPLE", 2)
    dealer = a_dealer(guards={"blast": True})
    an_automation(dealer, audience=[YESTERDAY])
    planned(dealer)
    for ref in "abc":
        visited(dealer, ref)
    (found,) = late_rows(dealer, at=A_DAY + HOUR)
    run = found.run
    assert {m.state for m in send_late(dealer, run, by="Kim", at=A_DAY + HOUR)} == {"approval"}


def test_one_automation_and_some_moments_can_be_asked_alone(dealer):
    first = an_automation(dealer, "FIRST", audience=[YESTERDAY])
    second = an_automation(dealer, "SECOND", audience=[YESTERDAY])
    planned(dealer)
    visited(dealer, "late")
    at = A_DAY + HOUR
    (found,) = late_rows(dealer, at=at, of=second, between=(A_DAY, A_DAY + MINUTE))
    assert found.run.automation == second
    assert late_rows(dealer, at=at, of=first, between=(A_DAY + MINUTE, A_DAY + HOUR)) == []
    assert late_rows(dealer, at=at, of=first, between=(A_DAY - HOUR, A_DAY)) == []


def told(dealer, at=A_DAY + HOUR):
    return [(automation.code, one.run_at, one.people) for automation, one in told_late(dealer, at=at)]


def test_what_a_feed_meant_is_kept_until_the_grace_has_passed(dealer):
    an_automation(dealer, audience=[YESTERDAY], grace_hours=2)
    planned(dealer)
    visited(dealer, "late")
    after_import(dealer, at=A_DAY + HOUR)
    assert told(dealer) == [("SR180", A_DAY, 1)]
    assert told(dealer, A_DAY + 2 * HOUR) == [("SR180", A_DAY, 1)]
    assert told(dealer, A_DAY + 2 * HOUR + MINUTE) == []


def test_what_was_kept_goes_when_they_are_sent_to_or_the_automation_is_off(dealer):
    for code in ("SENT", "OFF"):
        an_automation(dealer, code, audience=[YESTERDAY])
    planned(dealer)
    visited(dealer, "late")
    after_import(dealer, at=A_DAY + HOUR)
    assert told(dealer) == [("OFF", A_DAY, 1), ("SENT", A_DAY, 1)]
    (found,) = [one for one in late_rows(dealer, at=A_DAY + HOUR) if one.run.automation.code == "SENT"]
    assert len(send_late(dealer, found.run, by="Kim", at=A_DAY + HOUR)) == 1
    assert told(dealer) == [("OFF", A_DAY, 1)]
    Automation.objects.of(dealer).filter(code="OFF").update(status="off")
    assert told(dealer) == []


def test_where_relance_sends_to_them_by_itself_nothing_is_kept(db):
    dealer = a_dealer(late_rows="send")
    an_automation(dealer, audience=[YESTERDAY])
    planned(dealer)
    visited(dealer, "late")
    assert after_import(dealer, at=A_DAY + HOUR) == ["1 late rows of SR180 (2026-05-04T10:00:00-04:00) were taken up"]
    assert told(dealer) == []
