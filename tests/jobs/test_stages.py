"""Planning makes every message that is due, once, whatever is repeated, edited, switched or run twice at a time."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection

from relance.jobs import stages
from relance.jobs.stages import messages_of, plan
from relance.outbox.models import Message
from relance.plan.apply import apply_definitions
from relance.plan.due import due_ids
from relance.plan.models import Automation, Occurrence, PlanMark, Run
from tests.builders import A_DAY, a_customer, a_dealer, a_repair_order, an_appointment, an_automation

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def dealer(db):
    return a_dealer()


def messages(dealer, at, since=None):
    """What planning at `at` makes; the first time from a minute before."""
    planned = plan(dealer, at=at, since=since or at - MINUTE)
    found = messages_of(dealer, planned)
    assert planned.made == len(found)
    return found


def made(dealer, at, since=None):
    """(customer, key) of every message that planning at `at` makes."""
    return [(m.customer.ref, m.occurrence.key) for m in messages(dealer, at, since)]


KEYS = [
    ("once", [[""], [], [], []]),
    ("yearly", [["2026"], [], [], ["2027"]]),
    ("each_time", [["2026-05-04"], ["2026-05-05"], ["2026-05-06"], ["2027-01-01"]]),
    ({"days": 2}, [["2026-05-04"], [], ["2026-05-06"], ["2027-01-01"]]),
]


@pytest.mark.parametrize(("repeat", "keys"), KEYS, ids=[str(repeat) for repeat, _ in KEYS])
def test_a_person_hears_as_often_as_repeat_says(dealer, repeat, keys):
    a_customer(dealer, ref="C")
    an_automation(dealer, repeat=repeat, grace_hours=1)
    days = [A_DAY, A_DAY + DAY, A_DAY + 2 * DAY, datetime(2027, 1, 1, 15, tzinfo=UTC)]
    for at, expected in zip(days, keys, strict=True):
        assert made(dealer, at) == [("C", key) for key in expected]


def test_planning_again_makes_nothing(dealer):
    a_customer(dealer)
    an_automation(dealer, repeat="each_time")
    assert len(made(dealer, A_DAY)) == 1
    assert made(dealer, A_DAY) == made(dealer, A_DAY + MINUTE) == made(dealer, A_DAY - DAY) == []


def test_editing_never_repeats_what_was_said(dealer):
    a_customer(dealer, ref="old")
    row = an_automation(dealer)
    assert made(dealer, A_DAY) == [("old", "")]
    changed = row.definition | {
        "name": "Another name",
        "live_from": "2020-01-01",
        "schedule": {"kind": "daily", "at": "11:00"},
    }
    apply_definitions(dealer, [changed], at=A_DAY, by="test")
    a_customer(dealer, ref="new")
    assert made(dealer, A_DAY + timedelta(hours=2)) == [("new", "")]


def test_a_refusal_uses_its_key_like_a_message(dealer):
    customer = a_customer(dealer, do_not_mail=True)
    an_automation(dealer)
    (message,) = messages(dealer, A_DAY)
    assert (message.state, message.reason) == ("refused", "do_not_mail")
    type(customer).objects.of(dealer).update(do_not_mail=False)
    assert made(dealer, A_DAY + DAY) == []


def test_nothing_due_before_live_from_is_ever_sent(dealer):
    a_customer(dealer, ref="C")
    row = an_automation(dealer)
    Automation.objects.of(dealer).filter(pk=row.pk).update(live_from=A_DAY + MINUTE)
    assert made(dealer, A_DAY + 2 * MINUTE) == []
    assert made(dealer, A_DAY + DAY) == [("C", "")]


def test_live_from_is_compared_with_the_reference_moment_and_includes_it(dealer):
    a_customer(dealer, ref="C")
    row = an_automation(dealer)
    Automation.objects.of(dealer).filter(pk=row.pk).update(live_from=A_DAY)
    assert made(dealer, A_DAY) == [("C", "")]


@pytest.mark.parametrize(
    ("late", "number", "missed"), [(timedelta(hours=3), 1, 0), (timedelta(hours=3, minutes=1), 0, 1)]
)
def test_exactly_the_grace_is_not_too_late_and_later_is_missed(dealer, late, number, missed):
    a_customer(dealer)
    an_automation(dealer, grace_hours=3)
    planned = plan(dealer, at=A_DAY + late, since=A_DAY - MINUTE)
    assert (len(messages_of(dealer, planned)), len(planned.missed)) == (number, missed)


def test_a_missed_run_is_listed_once_and_never_made_up(dealer):
    a_customer(dealer)
    an_automation(dealer)
    plan(dealer, at=A_DAY + timedelta(hours=25), since=A_DAY - MINUTE)
    row = Run.objects.of(dealer).get(state="missed")
    assert (row.run_at, row.cause) == (A_DAY, "later than its grace")
    plan(dealer, at=A_DAY + timedelta(hours=26))
    assert Run.objects.of(dealer).filter(state="missed").count() == 1


def test_runs_of_a_power_cut_are_made_up_in_order_each_with_its_own_reference_moment(dealer):
    for closed, ref in (("2026-05-01T12:00", "fri"), ("2026-05-02T12:00", "sat"), ("2026-05-03T12:00", "sun")):
        a_repair_order(a_customer(dealer, ref=ref), closed)
    rule = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 1}
    an_automation(dealer, audience=[rule], grace_hours=72)
    planned = plan(dealer, at=A_DAY, since=A_DAY - 3 * DAY)
    assert [(m.customer.ref, m.reference_at) for m in messages_of(dealer, planned)] == [
        ("fri", A_DAY - 2 * DAY), ("sat", A_DAY - DAY), ("sun", A_DAY),
    ]  # fmt: skip


def test_a_first_plan_looks_back_one_grace(dealer):
    a_customer(dealer)
    an_automation(dealer, "NEAR", grace_hours=2)
    an_automation(dealer, "FAR", grace_hours=1)
    planned = plan(dealer, at=A_DAY + timedelta(hours=2))
    assert [m.automation.code for m in messages_of(dealer, planned)] == ["NEAR"]
    assert planned.missed == []


def test_lines_come_by_run_moment_then_reference_moment_then_code_then_subject_as_text(dealer):
    for ref in ("9", "10", "B"):
        a_customer(dealer, ref=ref)
    an_automation(dealer, "LATE", schedule={"kind": "daily", "at": "10:00"})
    an_automation(dealer, "B_EARLY", schedule={"kind": "daily", "at": "09:00"})
    an_automation(dealer, "A_EARLY", schedule={"kind": "daily", "at": "09:00"})
    planned = plan(dealer, at=A_DAY, since=A_DAY - timedelta(hours=2))
    codes = [(m.automation.code, m.subject_ref) for m in messages_of(dealer, planned)]
    assert codes == [(code, ref) for code in ("A_EARLY", "B_EARLY", "LATE") for ref in ("10", "9", "B")]


@pytest.mark.parametrize(("status", "states"), [("on", ["ready"]), ("approval", ["approval"]), ("off", [])])
def test_the_status_decides_whether_drafts_go_wait_or_are_not_made(dealer, status, states):
    a_customer(dealer)
    an_automation(dealer, status=status)
    assert [m.state for m in messages(dealer, A_DAY)] == states


def test_what_waits_for_approval_still_shows_its_refusals(dealer):
    a_customer(dealer, do_not_mail=True)
    an_automation(dealer, status="approval")
    assert [m.state for m in messages(dealer, A_DAY)] == ["refused"]


def test_a_broken_automation_is_paused_and_shown_and_stops_no_other(dealer):
    a_customer(dealer, ref="C")
    row = an_automation(dealer, "BROKEN", audience=[{"category": "vehicel", "attribute": "make", "operator": "exists"}])
    an_automation(dealer, "FINE")
    planned = plan(dealer, at=A_DAY)
    row = Automation.objects.of(dealer).get(pk=row.pk)
    assert [m.automation.code for m in messages_of(dealer, planned)] == ["FINE"]
    assert planned.broken == [f"BROKEN: {row.paused}"]
    assert "did you mean 'vehicle'?" in row.paused
    assert plan(dealer, at=A_DAY + DAY).broken == []


def breaking(monkeypatch, code, fault):
    """Runs of this automation meet a fault when somebody asks who is due."""

    def due(dealer, run):
        if run.automation.code == code:
            raise fault
        return due_ids(dealer, run)

    monkeypatch.setattr(stages, "due_ids", due)


def test_a_run_that_breaks_is_missed_its_automation_paused_and_the_others_of_its_moment_go(dealer, monkeypatch, caplog):
    a_customer(dealer, ref="C")
    for code in ("A_FINE", "BROKEN", "FINE"):
        an_automation(dealer, code, repeat="each_time")
    breaking(monkeypatch, "BROKEN", ZeroDivisionError("division by zero"))
    planned = plan(dealer, at=A_DAY, since=A_DAY - MINUTE)
    assert [m.automation.code for m in messages_of(dealer, planned)] == ["A_FINE", "FINE"] and planned.made == 2
    paused = Automation.objects.of(dealer).get(code="BROKEN").paused
    assert "division by zero" in paused and planned.broken == [f"BROKEN: {paused}"]
    assert [(row.automation.code, row.state, row.cause) for row in planned.missed] == [("BROKEN", "missed", paused)]
    assert "ZeroDivisionError" in caplog.text
    assert Message.objects.of(dealer).count() == 2
    planned = plan(dealer, at=A_DAY + DAY)
    assert [m.automation.code for m in messages_of(dealer, planned)] == ["A_FINE", "FINE"] and not planned.broken


def test_a_run_that_waited_and_breaks_is_missed(dealer, monkeypatch):
    a_customer(dealer, ref="C")
    row = an_automation(dealer, "BROKEN")
    waited = Run(dealer=dealer, automation=row, state="waits", reference_at=A_DAY, run_at=A_DAY, planned_at=A_DAY)
    waited.save()
    breaking(monkeypatch, "BROKEN", ZeroDivisionError())
    planned = plan(dealer, at=A_DAY, since=A_DAY - MINUTE)
    assert [(row.pk, row.state) for row in planned.missed] == [(waited.pk, "missed")]
    assert "ZeroDivisionError" in Run.objects.of(dealer).get().cause


def test_the_trouble_of_the_machine_pauses_nothing_and_all_comes_again(dealer, monkeypatch):
    a_customer(dealer, ref="C")
    an_automation(dealer, "A_FINE")
    an_automation(dealer, "FINE")
    breaking(monkeypatch, "FINE", OperationalError("database is locked"))
    with pytest.raises(OperationalError):
        plan(dealer, at=A_DAY)
    assert not Message.objects.of(dealer).exists()
    monkeypatch.undo()
    assert len(messages(dealer, A_DAY)) == 2


def test_a_dry_run_says_the_same_and_changes_nothing(dealer):
    a_customer(dealer, ref="C")
    a_customer(dealer, ref="D", do_not_mail=True)
    an_automation(dealer)
    shown = plan(dealer, at=A_DAY, dry_run=True)
    assert [(line["customer"], line["status"]) for line in shown.lines] == [("C", "ready"), ("D", "refused")]
    assert not Message.objects.of(dealer).exists()
    assert not Run.objects.of(dealer).exists()
    assert not Occurrence.objects.of(dealer).exists()
    assert PlanMark.objects.of(dealer).get().planned_until is None
    assert made(dealer, A_DAY) == [("C", ""), ("D", "")]


def test_a_run_without_anybody_leaves_no_row(dealer):
    an_automation(dealer)
    plan(dealer, at=A_DAY)
    assert not Run.objects.of(dealer).exists()
    assert PlanMark.objects.of(dealer).get().planned_until == A_DAY


def test_realtime_finds_an_arrival_at_the_next_whole_minute(dealer):
    an_appointment(a_customer(dealer, ref="C"), A_DAY, created_at=A_DAY - timedelta(seconds=30))
    rule = {"category": "appointment", "attribute": "created_at", "operator": "at_most_minutes_ago", "value": 5}
    an_automation(dealer, subject="appointment", audience=[rule], schedule={"kind": "realtime"})
    assert made(dealer, A_DAY - timedelta(seconds=15), since=A_DAY - MINUTE) == []
    assert made(dealer, A_DAY + timedelta(seconds=15)) == [("C", "")]
    assert made(dealer, A_DAY + 10 * MINUTE) == []


def test_missed_minutes_of_a_realtime_automation_are_one_line(dealer):
    an_automation(dealer, schedule={"kind": "realtime"})
    planned = plan(dealer, at=A_DAY, since=A_DAY - DAY)
    assert [row.run_at for row in planned.missed] == [A_DAY - DAY + MINUTE]


def a_crowd(dealer, number):
    return [a_customer(dealer) for _ in range(number)]


def test_a_run_that_reaches_unusually_many_waits_for_approval(monkeypatch, db):
    monkeypatch.setattr("relance.outbox.runs.make.BLAST_PEOPLE", 5)
    dealer = a_dealer(guards={"blast": True})
    a_crowd(dealer, 6)
    an_automation(dealer)
    planned = plan(dealer, at=A_DAY)
    assert {m.state for m in messages_of(dealer, planned)} == {"approval"}
    assert Run.objects.of(dealer).get().cause == "more people than usual: waits for approval"


@pytest.mark.django_db
@pytest.mark.parametrize(("usual", "state"), [(1, "approval"), (3, "ready")])
def test_three_times_the_usual_number_waits_even_when_it_is_a_small_share(monkeypatch, usual, state):
    monkeypatch.setattr("relance.outbox.runs.make.FEW", 5)
    dealer = a_dealer(guards={"blast": True})
    a_crowd(dealer, 40)
    for customer in a_crowd(dealer, 7):
        a_repair_order(customer, A_DAY - 2 * DAY)
    for customer in a_crowd(dealer, usual):
        a_repair_order(customer, A_DAY - 3 * DAY)
    rule = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 2}
    an_automation(dealer, audience=[rule], repeat="each_time")
    assert len(made(dealer, A_DAY - DAY, since=A_DAY - DAY - MINUTE)) == usual
    assert {m.state for m in messages(dealer, A_DAY)} == {state}


@pytest.mark.django_db
def test_the_guard_can_be_switched_off(monkeypatch):
    monkeypatch.setattr("relance.outbox.runs.make.BLAST_PEOPLE", 5)
    dealer = a_dealer()
    a_crowd(dealer, 6)
    an_automation(dealer)
    assert {m.state for m in messages(dealer, A_DAY)} == {"ready"}


def test_several_chunks_of_one_run_count_towards_one_cap(monkeypatch, db):
    monkeypatch.setattr("relance.outbox.runs.make.CHUNK", 1)
    dealer = a_dealer(frequency_cap={"messages": 1, "days": 1})
    customer = a_customer(dealer)
    for ref in ("R1", "R2"):
        a_repair_order(customer, A_DAY - DAY, ref=ref)
    an_automation(dealer, subject="repair_order", purpose="marketing")
    assert [(m.subject_ref, m.reason) for m in messages(dealer, A_DAY)] == [
        ("R1", None),
        ("R2", "frequency_cap"),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_the_same_time_make_nothing_twice():
    dealer = a_dealer()
    a_crowd(dealer, 5)
    for code in ("A", "B", "C"):
        an_automation(dealer, code, repeat="each_time", grace_hours=200)
    faults, gate = [], threading.Barrier(3)

    def work():
        try:
            gate.wait()
            plan(dealer, at=A_DAY, since=A_DAY - 4 * DAY)
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    assert Message.objects.of(dealer).count() == Occurrence.objects.of(dealer).count() == 5 * 3 * 4
    assert Run.objects.of(dealer).count() == 3 * 4
