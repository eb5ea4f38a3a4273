"""Why somebody hears from an automation or not: each rule with what was found, then each gate."""

from datetime import timedelta

import pytest

from relance.jobs.stages import plan
from relance.measures.why import GATES, why
from relance.outbox.models import Message
from relance.plan.models import Automation
from tests.builders import A_DAY, a_customer, a_dealer, a_repair_order, a_staff_member, an_appointment, an_automation

pytestmark = pytest.mark.django_db
CLOSED = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 2}
NO_NEXT = {"category": "appointment", "attribute": "next_one", "operator": "does_not_exist"}
DAY = timedelta(days=1)


@pytest.fixture
def dealer():
    return a_dealer()


def ask(automation, customer, at=A_DAY, subject=None):
    return why(customer.dealer, automation, customer, at=at, subject=subject)


def results(found):
    return {step.step: step.result for step in found.gate}


def test_ready_when_every_rule_and_gate_says_so(dealer):
    customer = a_customer(dealer)
    a_repair_order(customer, "2026-05-02T10:00", ref="R1")
    found = ask(an_automation(dealer, subject="repair_order", audience=[CLOSED, NO_NEXT]), customer)
    assert (found.verdict, found.subject, found.message) == ("ready", "R1", None)
    assert [(rule.entry, rule.value, rule.holds) for rule in found.rules] == [
        (0, "2026-05-02T10:00:00-04:00", True), (1, None, True),
    ]  # fmt: skip
    assert found.rules[0].sentence == "repair order (closed): the last visit 2 days ago"
    assert results(found) == dict.fromkeys(GATES, "ok")


def test_not_due_shows_which_rule_fails_and_what_was_found(dealer):
    customer = a_customer(dealer)
    a_repair_order(customer, "2026-05-02T10:00")
    an_appointment(customer, "2026-05-20T10:00")
    found = ask(an_automation(dealer, audience=[CLOSED, NO_NEXT]), customer)
    assert found.verdict == "not_due"
    assert [rule.holds for rule in found.rules] == [True, False]
    assert found.rules[1].value == "2026-05-20T10:00:00-04:00"


def test_the_moment_that_is_asked_about_is_the_reference_moment(dealer):
    customer = a_customer(dealer)
    a_repair_order(customer, "2026-05-02T10:00")
    automation = an_automation(dealer, audience=[CLOSED])
    assert [ask(automation, customer, A_DAY + n * DAY).verdict for n in (-1, 0, 1)] == ["not_due", "ready", "not_due"]


def test_alternatives_share_the_number_of_their_entry(dealer):
    found = ask(an_automation(dealer, audience=[NO_NEXT, {"any": [CLOSED, NO_NEXT]}]), a_customer(dealer))
    assert [(rule.entry, rule.holds) for rule in found.rules] == [(0, True), (1, False), (1, True)]
    assert found.verdict == "ready"


def test_refused_shows_the_gates_passed_the_one_that_stops_and_the_rest(dealer):
    customer = a_customer(dealer, mobile=None, mobile_usable=None)
    found = ask(an_automation(dealer), customer)
    assert found.verdict == "refused"
    place = GATES.index("no_channel")
    assert [step.result for step in found.gate] == ["ok"] * place + ["stops"] + ["not_reached"] * (
        len(GATES) - place - 1
    )
    assert found.gate[place].detail == "sms: no_address"


def test_the_gate_is_shown_even_when_the_rules_say_no(dealer):
    found = ask(an_automation(dealer, audience=[CLOSED]), a_customer(dealer, do_not_mail=True))
    assert (found.verdict, results(found)["do_not_mail"]) == ("not_due", "stops")


def test_a_message_that_was_made_is_shown_and_the_key_is_used(dealer):
    customer = a_customer(dealer)
    automation = an_automation(dealer)
    plan(dealer, at=A_DAY, since=A_DAY - timedelta(minutes=1))
    found = ask(automation, customer, A_DAY + DAY)
    assert (found.verdict, found.message) == ("spoken_to", Message.objects.of(dealer).get())


def test_off_when_it_is_off_or_not_yet_live(dealer):
    customer = a_customer(dealer)
    assert ask(an_automation(dealer, "OFF", status="off"), customer).verdict == "off"
    late = an_automation(dealer, "LATER")
    late.live_from = A_DAY + timedelta(minutes=1)
    assert ask(late, customer).verdict == "off"
    assert ask(late, customer, A_DAY + DAY).verdict == "ready"


def test_without_a_subject_it_is_the_one_nearest_to_being_due(dealer):
    customer = a_customer(dealer)
    for day, ref in ((1, "R1"), (2, "R2"), (3, "R3")):
        a_repair_order(customer, f"2026-05-0{day}T10:00", ref=ref)
    rule = CLOSED | {"attribute": "happened_at"}
    automation = an_automation(dealer, subject="repair_order", audience=[rule])
    assert ask(automation, customer).subject == "R2"
    assert ask(automation, customer, subject="R1").subject == "R1"
    assert ask(automation, customer, subject="R1").verdict == "not_due"


def test_nothing_of_that_kind_is_no_subject(dealer):
    automation = an_automation(dealer, subject="repair_order")
    assert ask(automation, a_customer(dealer)).verdict == "no_subject"
    other = a_customer(a_dealer("south"))
    a_repair_order(other, "2026-05-02T10:00", ref="R")
    assert ask(automation, a_customer(dealer), subject="R").verdict == "no_subject"


def test_asking_writes_nothing(dealer):
    customer = a_customer(dealer)
    ask(an_automation(dealer), customer)
    assert not Message.objects.of(dealer).exists()
    assert Automation.objects.of(dealer).get().version == 1


def test_staff_are_asked_about_like_customers(dealer):
    a_staff_member(dealer, "M1", roles=("service_manager",))
    words = {"staff": {"en": {"body": "Call {customer.first_name}."}}}
    automation = an_automation(dealer, recipients=["service_manager"], channels=["staff"], wording=words)
    assert ask(automation, a_customer(dealer, do_not_mail=True)).verdict == "ready"


def test_the_answer_is_what_planning_does(dealer):
    people = [a_customer(dealer, do_not_mail=n % 3 == 0, mobile_usable=n % 2 == 0) for n in range(12)]
    for n, customer in enumerate(people):
        a_repair_order(customer, A_DAY - (n % 4) * DAY)
    automation = an_automation(dealer, audience=[CLOSED])
    told = {c.ref: ask(automation, c) for c in people}
    plan(dealer, at=A_DAY, since=A_DAY - timedelta(minutes=1))
    made = {m.customer.ref: m.reason for m in Message.objects.of(dealer).select_related("customer")}
    assert {ref for ref, found in told.items() if found.verdict in ("ready", "refused")} == set(made)
    for ref, reason in made.items():
        stops = [step.step for step in told[ref].gate if step.result == "stops"]
        assert stops == ([reason] if reason else [])
