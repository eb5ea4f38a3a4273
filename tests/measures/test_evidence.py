"""For any message: consent, rules, words, hours, the provider's answers, the history; from what was kept."""

import json
from datetime import timedelta

import pytest

from relance.delivery.deliver import deliver
from relance.facts.consent import Entry, record_for_address
from relance.replies.receive import receive
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation, consent

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer():
    return a_dealer(consent_regime="casl")


def a_sent_message(dealer):
    ann = a_customer(dealer, ref="C1", mobile="+15145550001")
    consent(
        ann,
        "granted",
        channel="sms",
        purpose="marketing",
        at="2026-01-05T09:00",
        words="Yes, text me offers",
        proof="form 7",
        by="person",
    )
    message = a_message(ann, an_automation(dealer, "NEWS", purpose="marketing"), body="New models.")
    assert [m.state for m in deliver(dealer, at=A_DAY)] == ["sent"]
    return message


def test_a_message_is_explained_from_what_was_kept(relance, dealer):
    message = a_sent_message(dealer)
    receive(dealer, sender="+15145550001", text="STOP", at=A_DAY + timedelta(days=1), ref="1")
    answer = relance("evidence", "north", message.key, "--json")
    found = json.loads(answer.out)
    allowed = found["may_be_sent"]
    assert (allowed["verdict"], allowed["regime"], allowed["rule"]["k"]) == ("allowed", "casl", "K1 K2 K3 K4")
    assert [(e["words"], e["proof"]) for e in allowed["carried_by"]] == [("Yes, text me offers", "form 7")]
    assert (found["rules"]["automation"], found["rules"]["version"]) == ("NEWS", 1)
    assert found["content"]["text"] == "New models."
    assert found["hours"]["dealer"] == "08:00-21:00"
    assert [a["result"] for a in found["provider"]["attempts"]] == ["accepted"]
    assert found["provider"]["reference"]
    assert [(e["of"], e["status"]) for e in found["consent_history"]][:1] == [("person", "granted")]
    assert ("number", "withdrawn") in {(e["of"], e["status"]) for e in found["consent_history"]}


def test_a_customer_is_explained_with_everything_that_was_sent(relance, dealer):
    a_sent_message(dealer)
    found = json.loads(relance("evidence", "north", "--customer", "C1", "--json").out)
    assert (found["customer"], found["regime"]) == ("C1", "casl")
    assert [m["status"] for m in found["messages"]] == ["sent"]
    assert len(found["consent_history"]) == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "one of the two"),
        (["x"], "no message id"),
        (["00000000-0000-4000-8000-000000000000"], "has no message"),
        (["--customer", "C9"], "there is no customer C9"),
    ],
)
def test_what_cannot_be_found_is_said_in_one_line(relance, dealer, words, says):
    answer = relance("evidence", "north", *words)
    assert (answer.status, says in answer.err) == (2, True)


def test_what_was_said_for_the_number_counts_in_the_verdict(relance, dealer):
    """Who has the number of somebody who said stop may not be written to, whatever he himself once said."""
    ann = a_customer(dealer, ref="C1", mobile="+15145550001")
    consent(ann, "granted", channel="sms", purpose="marketing", at="2026-01-05T09:00", by="person")
    stop = Entry("sms", "any", "withdrawn", A_DAY - timedelta(days=3), by="person")
    record_for_address(dealer, "+15145550001", stop, recorded_at=A_DAY)
    message = a_message(ann, an_automation(dealer, "NEWS", purpose="marketing"))
    found = json.loads(relance("evidence", "north", message.key, "--json").out)
    assert found["may_be_sent"]["verdict"] == "opted_out"
