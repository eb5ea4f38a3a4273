"""A run that would reach unusually many people waits for a person: where the limits lie, and what counts as usual."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from relance.outbox.runs import make
from relance.outbox.runs.make import Making
from relance.plan.due import run_of
from relance.plan.models import Run
from relance.plan.schedule import RunAt
from tests.builders import A_DAY, a_customer, a_dealer, an_automation

DAY = timedelta(days=1)


@pytest.fixture
def dealer(db):
    return a_dealer(guards={"blast": True})


def is_blast(dealer, people, *usual, state="done", days_ago=1):
    """Whether so many people are too many after these earlier runs."""
    automation = an_automation(dealer)
    for number, drafts in enumerate(usual):
        at = A_DAY - (days_ago + number) * DAY
        Run.objects.create(
            dealer=dealer, automation=automation, reference_at=at, run_at=at, planned_at=at, state=state, drafts=drafts
        )
    return Making(dealer, A_DAY).is_blast(run_of(dealer, automation, RunAt(A_DAY, A_DAY)), people)


@pytest.mark.parametrize(("people", "customers", "waits"), [(201, 1, True), (200, 1, False), (201, 1100, False)])
def test_over_200_and_over_a_fifth_is_too_many(dealer, monkeypatch, people, customers, waits):
    monkeypatch.setattr(make, "Customer", SimpleNamespace(objects=Rows(customers)))
    assert is_blast(dealer, people) is waits


class Rows:
    """Stands for so many customers."""

    def __init__(self, number):
        self.number = number

    def of(self, _dealer):
        return self

    def count(self):
        return self.number


@pytest.mark.parametrize(
    ("people", "usual", "waits"),
    [
        (31, (10,), True),
        (30, (10,), False),
        (31, (1, 10, 400), True),
        (20, (1,), False),
        (21, (1,), True),
        (99, (), False),
    ],
)
def test_over_three_times_the_median_is_too_many_from_21_on(dealer, people, usual, waits):
    assert is_blast(dealer, people, *usual) is waits


@pytest.mark.parametrize("more", [{"state": "late"}, {"state": "by_hand"}, {"state": "missed"}, {"days_ago": 31}])
def test_only_ordinary_runs_of_30_days_are_the_usual(dealer, more):
    a_customer(dealer)
    assert is_blast(dealer, 100, 2, **more) is False


def test_the_guard_can_be_off(db):
    assert is_blast(a_dealer(), 10_000, 1) is False
