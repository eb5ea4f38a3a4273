"""`plan`, `forecast`, `reply`: what they print, and what they say when they cannot."""

import json
from datetime import timedelta

import pytest
import time_machine

from relance.facts.models import Touch
from relance.outbox.models import Message
from relance.plan.models import Automation
from tests.builders import A_DAY, a_customer, a_dealer, an_automation

pytestmark = pytest.mark.django_db
AT = "2026-05-04T10:00"
KEYS = [
    "automation", "occurrence", "reference_at", "subject_type", "subject", "customer", "vehicle", "recipient",
    "channel", "send_at", "status", "reason", "detail", "language", "subject_line", "body",
]  # fmt: skip


@pytest.fixture
def dealer():
    dealer = a_dealer()
    a_customer(dealer, ref="C1")
    a_customer(dealer, ref="C2", do_not_mail=True)
    an_automation(dealer)
    return dealer


def read(answer):
    return [json.loads(line) for line in answer.out.splitlines()]


def test_plan_prints_a_line_of_json_per_draft_that_it_made(dealer, relance):
    answer = relance("plan", "north", "--at", AT, "--since", "2026-05-04", "--json")
    first, second = read(answer)
    assert list(first) == KEYS
    assert (first["customer"], first["status"], first["send_at"]) == ("C1", "ready", "2026-05-04T10:00:00-04:00")
    assert (second["customer"], second["status"], second["reason"]) == ("C2", "refused", "do_not_mail")
    assert (answer.status, answer.err) == (0, "1 ready, 1 refused, 0 runs missed\n")


def test_a_second_plan_of_the_same_moment_prints_nothing(dealer, relance):
    relance("plan", "north", "--at", AT, "--json")
    assert relance("plan", "north", "--at", AT, "--json").out == ""


def test_for_a_person_a_line_says_who_how_and_when_or_why_not(dealer, relance):
    lines = relance("plan", "north", "--at", AT, "--since", "2026-05-04").out.splitlines()
    assert lines == [
        "ready     SR180 → customer C1 (customer C1) sms 2026-05-04T10:00:00-04:00",
        "refused   SR180 → customer C2 (customer C2) do_not_mail",
    ]


def test_a_dry_run_prints_the_same_and_says_that_nothing_was_changed(dealer, relance):
    shown = relance("plan", "north", "--at", AT, "--json", "--dry-run")
    assert "dry run: nothing was changed" in shown.err
    assert not Message.objects.of(dealer).exists()
    assert relance("plan", "north", "--at", AT, "--json").out == shown.out


def test_a_broken_automation_is_told(dealer, relance):
    Automation.objects.of(dealer).update(definition={"code": "SR180"})
    answer = relance("plan", "north", "--at", AT)
    assert answer.err.splitlines()[-1].startswith("paused: SR180: ")
    assert answer.status == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("plan", "nort", "--at", AT), "unknown dealer 'nort', did you mean 'north'?"),
        (("plan", "north", "--at", "tomorrow"), "'tomorrow' is not a moment"),
        (("plan", "north"), "Missing option '--at': see relance plan --help"),
        (("reply", "north"), "Missing option '--from': see relance reply --help"),
        (("automations",), "Missing command: see relance automations --help"),
        (("forecast", "north", "--from", "2026-05-05", "--to", "2026-05-04"), "is no period"),
        (("forecast", "north", "--from", "2026-05-05", "--to", "2036-05-04"), "is no period"),
        (("forecast", "north", "--from", "May", "--to", "2026-05-04"), "'May' is not a day"),
        (("reply", "north", "--from", "Ann", "--text", "a", "--at", AT), "is neither a telephone number"),
    ],
)
def test_bad_input_is_one_line_with_what_to_do(dealer, relance, words, says):
    answer = relance(*words)
    assert (answer.status, answer.out) == (2, "")
    assert says in answer.err
    assert len(answer.err.splitlines()) == 1


def test_forecast_prints_day_automation_channel_count_and_certainty(dealer, relance):
    an_automation(dealer, "LIVE", schedule={"kind": "realtime"}, status="off")
    with time_machine.travel(A_DAY - timedelta(hours=1), tick=False):
        answer = relance("forecast", "north", "--from", "2026-05-04", "--to", "2026-05-10", "--json")
    assert read(answer) == [{"day": "2026-05-04", "automation": "SR180", "channel": "sms", "count": 1, "certain": True}]


def test_forecast_reads_aloud(dealer, relance):
    with time_machine.travel(A_DAY - timedelta(hours=1), tick=False):
        answer = relance("forecast", "north", "--from", "2026-05-04", "--to", "2026-05-04")
    assert answer.out.split() == ["2026-05-04", "SR180", "sms", "1"]


def test_a_reply_is_taken_in_and_told_of(dealer, relance):
    customer = a_customer(dealer, mobile="+14385550001", ref="C9")
    answer = relance("reply", "north", "--from", "438-555-0001", "--text", "Thanks", "--at", AT)
    assert (answer.err, Touch.objects.of(dealer).get().customer_id) == ("reply from Ann Lee\n", customer.pk)
    assert relance("reply", "north", "--from", "438-555-0002", "--text", "Hm", "--at", AT).err == (
        "reply from nobody that we know\n"
    )


def test_two_replies_of_one_minute_are_two(dealer, relance):
    a_customer(dealer, mobile="+14385550001")
    for text in ("Yes", "and thanks"):
        relance("reply", "north", "--from", "438-555-0001", "--text", text, "--at", AT)
    assert set(Touch.objects.of(dealer).values_list("text", flat=True)) == {"Yes", "and thanks"}


def test_deliver_prints_drafts_and_counts_answers(relance):
    dealer = a_dealer()
    a_customer(dealer, mobile="+15145550101", ref="C1")
    an_automation(dealer, "EACH", repeat="each_time")
    relance("plan", "north", "--at", AT, "--since", "2026-05-04")
    relance("reply", "north", "--from", "+15145550101", "--text", "STOP", "--at", AT)
    answer = relance("deliver", "north", "--at", AT, "--json")
    assert [(line["automation"], line["status"], line["detail"]) for line in read(answer)] == [
        ("EACH", "refused", "sms: opted_out")
    ]
    assert answer.err == "1 refused, 1 sent\n"  # the confirmation is sent all the same
