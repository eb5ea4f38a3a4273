"""A run that waits for a person goes or stays as a whole, without those who were held back before."""

from datetime import timedelta

import pytest

from relance.jobs.stages import plan
from relance.outbox.decide import approve_run, bring_back, reject_run, runs_that_wait
from relance.outbox.hold_back import hold_back
from relance.outbox.models import Message
from relance.plan.models import Run
from tests.builders import A_DAY, a_customer, a_dealer, an_automation

LATER = A_DAY + timedelta(hours=1)


@pytest.fixture
def dealer(db):
    return a_dealer()


@pytest.fixture
def run(dealer):
    """A run of three people; the last must not be mailed."""
    for ref, stops in (("A", False), ("B", False), ("C", True)):
        a_customer(dealer, ref=ref, do_not_mail=stops)
    an_automation(dealer, status="approval")
    plan(dealer, at=A_DAY, since=A_DAY - timedelta(minutes=1))
    return Run.objects.of(dealer).get()


def states(dealer):
    return dict(Message.objects.of(dealer).values_list("customer__ref", "state"))


def test_runs_that_wait_are_listed_with_the_number_of_people(dealer, run):
    assert runs_that_wait(dealer) == [(run, 2)]


def test_an_approved_run_goes_and_says_who_let_it_go(dealer, run):
    assert len(approve_run(dealer, run, by="Kim", at=LATER)) == 2
    assert states(dealer) == {"A": "ready", "B": "ready", "C": "refused"}
    assert Run.objects.of(dealer).get().cause == "approved by Kim"
    assert runs_that_wait(dealer) == []
    assert approve_run(dealer, run, by="Robin", at=LATER) == []
    assert Run.objects.of(dealer).get().cause == "approved by Kim"


def test_a_person_may_be_held_back_before(dealer, run):
    message = Message.objects.of(dealer).get(customer__ref="A")
    hold_back(dealer, message.automation, message.customer, reference_on=A_DAY.date(), by="Kim", at=LATER)
    approve_run(dealer, run, by="Kim", at=LATER)
    assert states(dealer) == {"A": "canceled", "B": "ready", "C": "refused"}


def test_a_rejected_run_stays_and_may_be_brought_back(dealer, run):
    rejected = reject_run(dealer, run, by="Kim", at=LATER)
    assert states(dealer) == {"A": "canceled", "B": "canceled", "C": "refused"}
    bring_back(dealer, rejected, by="Kim", at=LATER, cause="rejected")
    assert states(dealer) == {"A": "approval", "B": "approval", "C": "refused"}
