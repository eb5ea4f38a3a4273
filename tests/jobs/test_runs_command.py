"""`relance runs`, `approve`, `hold-back`, `switch`: what went out and what a person decides about it, on a terminal."""

import json
from datetime import timedelta

import pytest

from relance.jobs.stages import plan
from relance.outbox.models import Message
from relance.plan.models import Automation, Run
from tests.builders import A_DAY, a_customer, a_dealer, an_automation

MINUTE = timedelta(minutes=1)
AT = "2026-05-04T11:00"


@pytest.fixture
def dealer(db):
    return a_dealer()


def planned(dealer):
    plan(dealer, at=A_DAY, since=A_DAY - MINUTE)


def listed(relance, *words):
    answer = relance("runs", "north", "--at", AT, "--json", *words)
    assert answer.status == 0, answer.err
    return [json.loads(line) for line in answer.out.splitlines()], answer.err


def test_runs_are_listed_with_what_waits_and_what_came_late(dealer, relance):
    a_customer(dealer)
    an_automation(dealer, "WAITS", status="approval")
    an_automation(dealer, "GOES")
    planned(dealer)
    a_customer(dealer)
    lines, said = listed(relance)
    assert [(line["automation"], line["state"], line["waiting"], line["late"]) for line in lines] == [
        ("GOES", "done", 0, 1), ("WAITS", "done", 1, 1),
    ]  # fmt: skip
    assert "1 person of GOES came after its run of 2026-05-04T10:00:00-04:00" in said


def test_late_rows_are_sent_when_asked(dealer, relance):
    an_automation(dealer)
    planned(dealer)
    a_customer(dealer)
    lines, _ = listed(relance)
    assert [(line["id"], line["late"]) for line in lines] == [(None, 1)]
    lines, said = listed(relance, "--send-late", "SR180")
    assert [(line["state"], line["drafts"], line["late"]) for line in lines] == [("late", 1, 0)]
    assert "1 late rows of SR180 taken up" in said


def test_runs_as_text_say_why_one_waits(relance, db):
    dealer = a_dealer(guards={"stale": True})
    an_automation(dealer, needs={"sale": 60})
    planned(dealer)
    assert "waits    SR180" in relance("runs", "north", "--at", AT).out
    assert "waits for newer facts: sale" in relance("runs", "north", "--at", AT).out


@pytest.mark.parametrize(("words", "state"), [([], "ready"), (["--reject"], "canceled")])
def test_a_run_that_waits_is_let_go_or_kept(dealer, relance, words, state):
    a_customer(dealer)
    an_automation(dealer, status="approval")
    planned(dealer)
    number = Run.objects.of(dealer).get().pk
    assert relance("approve", "north", number, *words).status == 0
    assert Message.objects.of(dealer).get().state == state
    again = relance("approve", "north", number)
    assert (again.status, again.err) == (2, f"relance: no run {number} waits for approval (none does)\n")


def test_a_person_is_held_back_and_let_free(dealer, relance):
    a_customer(dealer, ref="C")
    an_automation(dealer, status="approval")
    planned(dealer)
    assert relance("hold-back", "north", "SR180", "C").err == "C is held back from SR180 forever\n"
    assert Message.objects.of(dealer).get().state == "canceled"
    assert relance("hold-back", "north", "SR180", "C", "--day", "2026-05-04", "--undo").status == 2
    answer = relance("hold-back", "north", "SR180", "C", "--undo")
    assert (answer.status, answer.err) == (0, "hold-back taken away, 0 messages came back\n")
    assert relance("hold-back", "north", "SR18", "C").status == 2
    assert relance("hold-back", "north", "SR180", "D").status == 2


def test_an_automation_is_switched_and_its_rivals_are_named(dealer, relance):
    a_customer(dealer, name="Both Ways")
    an_automation(dealer, "ONE", theme="thanks")
    an_automation(dealer, "OTHER", theme="thanks", status="off")
    answer = relance("switch", "north", "OTHER", "on")
    assert answer.status == 0
    assert "ONE is of the same theme: both would speak to 1 person in the coming 30 days (Both Ways)" in answer.err
    assert relance("switch", "north", "OTHER", "loud").status == 2
    assert relance("switch", "north", "OTHER", "off").err == "OTHER is off\n"
    assert Automation.objects.of(dealer).get(code="OTHER").status == "off"


def test_a_person_is_held_back_from_everything_and_brought_back(dealer, relance):
    a_customer(dealer, ref="C")
    assert relance("hold-back", "north", "everything", "C").status == 2  # without a reason
    said = relance("hold-back", "north", "everything", "C", "--day", "2099-12-31", "--why", "away").err
    assert said == "C is held back from everything until 2099-12-31\n"
    answer = relance("hold-back", "north", "everything", "C", "--undo")
    assert (answer.status, answer.err) == (0, "hold-back taken away, 0 messages came back\n")
    assert relance("hold-back", "north", "everything", "C", "--undo").status == 2
