"""`why`: one line of JSON with stable keys, or some lines to read."""

import json

import pytest

from tests.builders import a_customer, a_dealer, a_repair_order, an_automation

pytestmark = pytest.mark.django_db
AT = "2026-05-04T10:00"
CLOSED = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 2}


@pytest.fixture
def dealer():
    dealer = a_dealer()
    a_repair_order(a_customer(dealer, ref="C1"), "2026-05-02T10:00", ref="R1")
    an_automation(dealer, audience=[CLOSED], subject="repair_order")
    return dealer


def test_why_prints_the_keys_of_the_contract(dealer, relance):
    (line,) = relance("why", "north", "SR180", "C1", "--at", AT, "--json").out.splitlines()
    found = json.loads(line)
    assert list(found) == ["automation", "customer", "subject", "at", "verdict", "rules", "gate", "message"]
    assert (found["subject"], found["at"], found["verdict"]) == ("R1", "2026-05-04T10:00:00-04:00", "ready")
    (rule,) = found["rules"]
    assert rule == {
        "rule": "repair order (closed): the last visit 2 days ago",
        "value": "2026-05-02T10:00:00-04:00",
        "holds": True,
    }
    assert found["gate"][0] == {"step": "do_not_mail", "result": "ok"}
    assert found["message"] is None


def test_a_message_that_was_made_is_named(dealer, relance):
    relance("plan", "north", "--at", AT, "--since", "2026-05-04")
    message = json.loads(relance("why", "north", "SR180", "C1", "--at", AT, "--json").out)["message"]
    assert list(message) == ["id", "status", "reason", "reference_at"]
    assert (message["status"], message["reference_at"]) == ("ready", "2026-05-04T10:00:00-04:00")


def test_of_several_messages_the_one_of_the_moment_is_named(relance):
    dealer = a_dealer()
    a_customer(dealer, ref="C1")
    an_automation(dealer, "EACH", repeat="each_time")
    for day in ("2026-05-04", "2026-05-05"):
        relance("plan", "north", "--at", f"{day}T10:00", "--since", "2026-05-04")
    message = json.loads(relance("why", "north", "EACH", "C1", "--at", AT, "--json").out)["message"]
    assert message["reference_at"] == "2026-05-04T10:00:00-04:00"


def test_for_a_person_it_reads_rule_by_rule(dealer, relance):
    lines = relance("why", "north", "SR180", "C1", "--at", AT, "--subject", "R1").out.splitlines()
    assert lines[0] == "Yes: this message goes out. (R1)"
    assert "the last visit 2 days ago" in lines[1] and "Met" in lines[1]
    assert len(lines) > 10  # and every gate


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("SR18", "C1"), "unknown automation 'SR18', did you mean 'SR180'?"),
        (("SR180", "C7"), "there is no customer C7: give the id of the business system, for example C1024"),
    ],
)
def test_an_unknown_name_is_told(dealer, relance, words, says):
    answer = relance("why", "north", *words, "--at", AT)
    assert (answer.status, answer.err) == (2, f"relance: {says}\n")
