"""A task is opened once for its reason, and closed once."""

from datetime import timedelta

import pytest

from relance.delivery.deliver import deliver
from relance.facts.models import Customer, Recall
from relance.jobs.stages import plan
from relance.outbox.models import Task
from relance.outbox.tasks import Reason, close_task, open_task, reopen_task
from tests.builders import A_DAY, a_customer, a_dealer, a_row, a_vehicle, an_automation

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


RECALL = {
    "subject": "vehicle",
    "audience": [{"category": "vehicle", "attribute": "open_recall", "operator": "is_known"}],
}


def a_vehicle_under_recall(dealer, **customer):
    vehicle = a_vehicle(a_customer(dealer, **customer), vin="JM1BK343851234567")
    a_row(Recall, dealer, vin=vehicle.vin, campaign="R10")
    return vehicle


def test_a_safety_recall_that_may_not_be_sent_is_a_call_for_a_person():
    dealer = a_dealer()
    an_automation(dealer, "E05", **RECALL)
    vehicle = a_vehicle_under_recall(dealer, do_not_mail=True)
    plan(dealer, at=A_DAY, since=A_DAY - timedelta(hours=1))
    task = Task.objects.of(dealer).values_list("kind", "customer_id", "message__vehicle_id").get()
    assert task == ("recall", vehicle.customer_id, vehicle.pk)


def test_do_not_mail_alone_opens_no_task():
    dealer = a_dealer()
    an_automation(dealer, "SR", subject="vehicle")
    an_automation(dealer, "E05", **RECALL)
    a_vehicle(a_customer(dealer, do_not_mail=True))
    a_vehicle_under_recall(dealer)
    plan(dealer, at=A_DAY, since=A_DAY - timedelta(hours=1))
    assert not Task.objects.of(dealer).exists()


def test_do_not_mail_that_comes_before_the_hand_over_opens_it_too():
    dealer = a_dealer()
    an_automation(dealer, "E05", **RECALL)
    vehicle = a_vehicle_under_recall(dealer)
    plan(dealer, at=A_DAY, since=A_DAY - timedelta(hours=1))
    Customer.objects.of(dealer).filter(pk=vehicle.customer_id).update(do_not_mail=True)
    assert [m.reason for m in deliver(dealer, at=A_DAY)] == ["do_not_mail"]
    assert Task.objects.of(dealer).get().kind == "recall"
