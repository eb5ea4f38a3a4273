"""A run's drafts: who is due, less whom the once-keys know, with the facts that their words need."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relance.outbox.gate import needs_of
from relance.plan.due import drafts, due_ids, run_of
from relance.plan.models import Occurrence, Run
from relance.plan.recipients import Roster
from relance.plan.schedule import RunAt
from tests.builders import A_DAY, a_customer, a_dealer, a_staff_member, an_automation

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer():
    return a_dealer()


def say(dealer, automation, subject, recipient, key, on):
    run = Run.objects.create(
        dealer=dealer, automation=automation, reference_at=A_DAY, run_at=A_DAY, state="done", planned_at=A_DAY
    )
    Occurrence.objects.create(
        dealer=dealer, automation=automation, subject_type="customer", subject_id=subject.pk, recipient=recipient,
        key=key, reference_on=on, run=run,
    )  # fmt: skip


def due(dealer, automation, at=A_DAY, spoken=False):
    run = run_of(dealer, automation, RunAt(at, at))
    needs = needs_of(run.definition)
    found = drafts(dealer, run, due_ids(dealer, run), roster=Roster(dealer), needs=needs, spoken=spoken)
    return [(draft.values["subject.ref"], draft.recipient) for draft in found]


def test_subjects_come_in_the_order_of_their_ids_as_text(dealer):
    for ref in ("9", "10", "a", "B"):
        a_customer(dealer, ref=ref)
    assert [ref for ref, _ in due(dealer, an_automation(dealer))] == ["10", "9", "B", "a"]


def test_each_recipient_has_a_key_of_his_own(dealer):
    customer = a_customer(dealer, ref="C")
    a_staff_member(dealer, "M1", roles=("service_manager",))
    automation = an_automation(dealer, recipients=["customer", "service_manager"])
    say(dealer, automation, customer, "customer", "", A_DAY.date())
    assert due(dealer, automation) == [("C", "staff:M1")]


def test_a_key_of_another_automation_or_dealer_stands_in_nobodys_way(dealer):
    customer = a_customer(dealer, ref="C")
    say(dealer, an_automation(dealer, "OTHER"), customer, "customer", "", A_DAY.date())
    assert due(dealer, an_automation(dealer)) == [("C", "customer")]


@pytest.mark.parametrize(("days", "expected"), [(9, []), (10, [("C", "customer")]), (11, [("C", "customer")])])
def test_not_before_so_many_days_after_the_previous_one(dealer, days, expected):
    customer = a_customer(dealer, ref="C")
    automation = an_automation(dealer, repeat={"days": 10})
    say(dealer, automation, customer, "customer", "x", A_DAY.date())
    assert due(dealer, automation, A_DAY + timedelta(days=days)) == expected


def test_why_may_ask_about_whom_the_keys_know(dealer):
    customer = a_customer(dealer, ref="C")
    a_staff_member(dealer, "M1", roles=("service_manager",))
    automation = an_automation(dealer, recipients=["service_manager"])
    say(dealer, automation, customer, "staff:M1", "", A_DAY.date())
    assert due(dealer, automation) == []
    assert due(dealer, automation, spoken=True) == [("C", "staff:M1")]


def test_the_number_of_queries_does_not_grow_with_the_people(dealer):
    automation = an_automation(dealer)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            due(dealer, automation)
        return len(queries)

    a_customer(dealer)
    one = asked()
    for _ in range(20):
        a_customer(dealer)
    assert asked() == one
