"""`messages`: every message with its moves, oldest first."""

import json

import pytest

from relance.outbox.states import move
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

pytestmark = pytest.mark.django_db


def test_a_message_is_printed_with_its_id_and_its_moves(relance):
    dealer = a_dealer()
    message = a_message(a_customer(dealer), an_automation(dealer))
    move(dealer, [message], to="sending", at=A_DAY, cause="taken up")
    (line,) = relance("messages", "north", "--json").out.splitlines()
    found = json.loads(line)
    assert [*found][::17] == ["id", "moves"]
    assert (found["id"], found["status"]) == (str(message.key), "sending")
    at = "2026-05-04T10:00:00-04:00"
    assert found["moves"] == [
        {"state": "ready", "at": at, "cause": "accepted"},
        {"state": "sending", "at": at, "cause": "taken up"},
    ]


def test_they_come_oldest_first_and_in_parts(relance, monkeypatch):
    monkeypatch.setattr("relance.jobs.commands.runs.messages.PART", 2)
    dealer = a_dealer()
    customer, automation = a_customer(dealer), an_automation(dealer)
    for n in range(5):
        a_message(customer, automation, body=f"{n}")
    lines = relance("messages", "north", "--json").out.splitlines()
    assert [json.loads(line)["body"] for line in lines] == ["0", "1", "2", "3", "4"]


def test_another_dealers_messages_are_not_shown(relance):
    a_dealer("south")
    dealer = a_dealer()
    a_message(a_customer(dealer), an_automation(dealer))
    assert relance("messages", "south", "--json").out == ""


def test_for_a_person_a_line_has_state_automation_customer_and_first_words(relance):
    dealer = a_dealer()
    a_message(a_customer(dealer, ref="C1"), an_automation(dealer), body="Hello Ann.\nBye.")
    assert relance("messages", "north").out.split() == ["ready", "SR180", "C1", "Hello", "Ann."]
