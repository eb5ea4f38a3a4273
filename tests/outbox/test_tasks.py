"""A task is opened once for its reason, and closed once."""

import pytest

from relance.outbox.models import Task
from relance.outbox.tasks import Reason, close_task, open_task, reopen_task
from tests.builders import A_DAY, a_customer, a_dealer

pytestmark = pytest.mark.django_db


def a_complaint(dealer):
    reason = Reason("complaint", "reply 7", customer=a_customer(dealer), said="The brakes still squeak.")
    return open_task(dealer, reason, due_at=A_DAY, at=A_DAY)


def test_the_same_reason_twice_is_one_task():
    dealer = a_dealer()
    reason = Reason("call", "message 1")
    first = open_task(dealer, reason, due_at=A_DAY, at=A_DAY)
    assert open_task(dealer, reason, due_at=A_DAY, at=A_DAY).pk == first.pk
    assert Task.objects.of(dealer).count() == 1


def test_a_closed_task_is_not_opened_again_by_its_reason():
    dealer = a_dealer()
    task = a_complaint(dealer)
    close_task(dealer, task, outcome="reached", by="Kim", at=A_DAY)
    again = open_task(dealer, Reason("complaint", "reply 7"), due_at=A_DAY, at=A_DAY)
    assert (again.pk, again.state) == (task.pk, "done")


def test_who_closes_second_closes_nothing():
    dealer = a_dealer()
    task = a_complaint(dealer)
    assert close_task(dealer, task, outcome="reached", by="Kim", at=A_DAY)
    assert not close_task(dealer, task, outcome="no_answer", by="Lee", at=A_DAY)
    assert Task.objects.of(dealer).get().closed_by == "Kim"


def test_a_closing_can_be_taken_back():
    dealer = a_dealer()
    task = a_complaint(dealer)
    close_task(dealer, task, outcome="reached", by="Kim", at=A_DAY)
    assert reopen_task(dealer, task)
    assert not reopen_task(dealer, task)
