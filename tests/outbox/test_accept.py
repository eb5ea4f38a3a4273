"""Acceptance freezes what was decided, once per key, whoever asks."""

from datetime import datetime, timedelta

import pytest

from relance.dealers.hours import Calendar
from relance.jobs.stages import messages_of, plan
from relance.outbox.accept import accept
from relance.outbox.gate import Gate, needs_of
from relance.outbox.lines import history_lines, line, lines
from relance.outbox.models import Message
from relance.outbox.sending_time import SendingTime
from relance.outbox.states import move
from relance.plan.due import drafts, due_ids, run_of
from relance.plan.models import Automation, Occurrence, Run
from relance.plan.recipients import Roster
from relance.plan.schedule import RunAt
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_vehicle, an_appointment, an_automation

pytestmark = pytest.mark.django_db
KEYS = [
    "automation", "occurrence", "reference_at", "subject_type", "subject", "customer", "vehicle", "recipient",
    "channel", "send_at", "status", "reason", "detail", "language", "subject_line", "body",
]  # fmt: skip


@pytest.fixture
def dealer():
    return a_dealer()


def decided(dealer, automation, at=A_DAY):
    run = run_of(dealer, automation, RunAt(at, at))
    calendar = Calendar(dealer)
    found = list(drafts(dealer, run, due_ids(dealer, run), roster=Roster(dealer), needs=needs_of(run.definition)))
    gate = Gate(dealer, at, calendar=calendar, sending_time=SendingTime(dealer, calendar))
    row = Run.objects.create(
        dealer=dealer, automation=automation, reference_at=at, run_at=at, state="done", planned_at=at
    )
    return row, list(zip(found, gate.judge(found), strict=True))


def made(dealer):
    return messages_of(dealer, plan(dealer, at=A_DAY, since=A_DAY - timedelta(minutes=1)))


def test_a_key_that_is_taken_makes_no_second_message(dealer):
    a_customer(dealer)
    automation = an_automation(dealer)
    first, second = decided(dealer, automation), decided(dealer, automation)
    for run, pairs in (first, second, first):
        accept(dealer, run, pairs, at=A_DAY, waits=False)
    assert Message.objects.of(dealer).count() == Occurrence.objects.of(dealer).count() == 1
    assert Message.objects.of(dealer).get().run_id == first[0].pk


def test_the_facts_of_the_words_are_kept_with_the_message(dealer):
    customer = a_customer(dealer)
    vehicle = a_vehicle(customer)
    an_automation(dealer, subject="vehicle")
    (message,) = made(dealer)
    assert message.facts["customer.first_name"] == "Ann"
    assert (message.vehicle_id, message.subject_ref, message.version) == (vehicle.pk, vehicle.ref, 1)


def test_a_refusal_is_stored_with_its_reason_and_without_words(dealer):
    a_customer(dealer, do_not_mail=True)
    an_automation(dealer)
    (message,) = made(dealer)
    assert (message.state, message.reason, message.channel, message.body, message.send_at) == (
        "refused", "do_not_mail", None, None, None,
    )  # fmt: skip
    assert message.facts == {}


def test_a_message_expires_a_grace_after_its_sending_time(dealer):
    a_customer(dealer)
    an_automation(dealer, grace_hours=3)
    assert made(dealer)[0].expires_at == A_DAY + timedelta(hours=3)


def test_a_reminder_expires_when_the_visit_begins(dealer):
    visit = an_appointment(a_customer(dealer), "2026-05-04T11:00")
    an_automation(dealer, subject="appointment", kind="appointment_reminder")
    assert made(dealer)[0].expires_at == visit.start_at


def test_a_line_has_the_keys_of_the_contract_with_the_dealers_offset(dealer):
    customer = a_customer(dealer, ref="C")
    a_vehicle(customer, ref="V")
    an_automation(dealer, subject="vehicle", repeat="each_time")
    (found,) = lines(dealer, made(dealer))
    assert list(found) == KEYS
    assert found == {
        "automation": "SR180",
        "occurrence": "2026-05-04",
        "reference_at": "2026-05-04T10:00:00-04:00",
        "subject_type": "vehicle",
        "subject": "V",
        "customer": "C",
        "vehicle": "V",
        "recipient": "customer",
        "channel": "sms",
        "send_at": "2026-05-04T10:00:00-04:00",
        "status": "ready",
        "reason": None,
        "detail": None,
        "language": "en",
        "subject_line": None,
        "body": "Hello Ann.",
    }


def test_lines_come_in_the_order_of_the_messages(dealer):
    customer, automation = a_customer(dealer), an_automation(dealer)
    rows = [a_message(customer, automation, body=f"{n}") for n in range(3)]
    assert [found["body"] for found in lines(dealer, rows[::-1])] == ["2", "1", "0"]


HISTORIES = [
    ("ready", [], ["ready"]),
    ("refused", [], ["refused"]),
    ("ready", ["sending", "sent"], ["ready", "sending", "sent"]),
    ("approval", ["ready", "sending"], ["approval", "ready", "sending"]),
    ("ready", ["refused"], ["ready", "refused"]),
]


@pytest.mark.parametrize(("first", "moves", "states"), HISTORIES)
def test_a_history_begins_with_the_state_of_acceptance(dealer, first, moves, states):
    message = a_message(a_customer(dealer), an_automation(dealer), state=first)
    for state in moves:
        move(dealer, [message], to=state, at=A_DAY, cause="test")
    (found,) = history_lines(dealer, [message])
    assert [step["state"] for step in found["moves"]] == states
    assert found["moves"][0] == {"state": states[0], "at": "2026-05-04T10:00:00-04:00", "cause": "accepted"}
    assert (found["id"], found["status"]) == (str(message.key), states[-1])
    assert list(found) == ["id", *KEYS, "moves"]


def test_a_line_of_one_message_is_the_line_of_many(dealer):
    message = a_message(a_customer(dealer), an_automation(dealer))
    assert line(dealer, message) == lines(dealer, [message])[0]


def test_a_version_is_kept_as_it_was_at_acceptance(dealer):
    a_customer(dealer)
    row = an_automation(dealer)
    Automation.objects.of(dealer).filter(pk=row.pk).update(version=7)
    assert made(dealer)[0].version == 7
    assert isinstance(Message.objects.of(dealer).get().accepted_at, datetime)
