"""What the CRM manager and the manager have to look after."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from relance.facts.models import Suppression, Touch
from relance.measures.quality import Answering, reach, satisfaction, upkeep
from relance.measures.results.share import Share
from relance.outbox.tasks import Reason, close_task, open_task
from tests.builders import (
    A_DAY,
    a_customer,
    a_dealer,
    a_message,
    a_repair_order,
    a_row,
    a_staff_member,
    an_automation,
    consent,
)

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NO_EMAIL = {"email": None, "email_usable": None}
NO_MOBILE = {"mobile": None, "mobile_usable": None}


def test_reach_counts_everybody_once():
    dealer = a_dealer()
    a_customer(dealer)
    a_customer(dealer, **NO_MOBILE)
    a_customer(dealer, **NO_EMAIL)
    a_customer(dealer, **NO_EMAIL, **NO_MOBILE, address="1 Elm Street", city="Laval")
    a_customer(dealer, **NO_EMAIL, mobile="123", mobile_usable=False)
    found = reach(dealer)
    assert (found.both, found.email_only, found.mobile_only, found.none, found.post_only) == (1, 1, 1, 2, 1)
    assert found.total == 5


def test_those_whom_nothing_may_reach_are_not_counted():
    dealer = a_dealer()
    a_customer(dealer, do_not_mail=True)
    a_customer(dealer, status="deceased")
    assert reach(dealer).total == 0


def test_what_waits_for_a_person_is_counted():
    dealer = a_dealer()
    customer = a_customer(dealer)
    a_message(customer, an_automation(dealer), state="unsure")
    open_task(dealer, Reason("call", "1"), due_at=A_DAY - timedelta(hours=1), at=A_DAY)
    open_task(dealer, Reason("call", "2"), due_at=A_DAY + timedelta(hours=1), at=A_DAY)
    Suppression.objects.create(dealer=dealer, channel="email", address="x@example.org", reason="bounced", at=A_DAY)
    consent(customer, "withdrawn", by="person")
    consent(customer, "granted", source="", proof=None)
    found = upkeep(dealer, at=A_DAY)
    assert (found.unsure, found.overdue_tasks, found.open_tasks, found.opted_out) == (1, 1, 2, 1)
    assert (found.suppressed, found.unproven) == ({"bounced": 1}, 1)


def test_what_nobody_answered_and_what_never_arrived_is_counted():
    dealer = a_dealer()
    for kind, state, ago in (("question", "failed", 1), ("complaint", "failed", 91), ("call", "sent", 1)):
        open_task(dealer, Reason(kind, kind), due_at=A_DAY, at=A_DAY)
        a_message(a_customer(dealer), an_automation(dealer, kind.upper()), state=state, moved_at=A_DAY - ago * DAY)
    found = upkeep(dealer, at=A_DAY)
    assert (found.unanswered, found.failed) == (2, 1)


def test_how_quickly_each_of_the_staff_answers():
    dealer = a_dealer()
    quick, slow = a_staff_member(dealer, "A1", name="Quick"), a_staff_member(dealer, "A2", name="Slow")
    for number, (staff, hours) in enumerate(((quick, 1), (slow, 10), (quick, 3), (None, 99))):
        task = open_task(dealer, Reason("call", str(number), staff=staff), due_at=A_DAY, at=A_DAY - hours * HOUR)
        close_task(dealer, task, outcome="reached", by="x", at=A_DAY)
    assert satisfaction(dealer, at=A_DAY).staff == [Answering("Quick", 2, 2 * HOUR), Answering("Slow", 1, 10 * HOUR)]


def test_an_automation_that_never_ran_stands_first():
    dealer = a_dealer()
    ran = an_automation(dealer, "A_RAN")
    a_message(a_customer(dealer), ran)
    an_automation(dealer, "B_NEVER")
    an_automation(dealer, "C_OFF", status="off")
    found = upkeep(dealer, at=A_DAY).last_runs
    assert [(one.automation.code, one.run_at) for one in found] == [("B_NEVER", None), ("A_RAN", A_DAY)]


def test_answers_are_counted_by_department():
    dealer = a_dealer()
    for number, score in enumerate((10, 9, 4)):
        values = {"ref": str(number), "happened_at": A_DAY, "channel": "sms", "score": score, "department": "service"}
        a_row(Touch, dealer, customer=a_customer(dealer), kind="survey", **values)
    (department,) = satisfaction(dealer, at=A_DAY).departments
    assert (department.name, department.answers, department.top_box) == ("service", 3, Share(2, 3))
    assert department.mean == pytest.approx(7.67, abs=0.01)


def test_how_long_a_task_waited():
    dealer = a_dealer()
    task = open_task(dealer, Reason("call", "1"), due_at=A_DAY, at=A_DAY - timedelta(hours=5))
    close_task(dealer, task, outcome="reached", by="Kim", at=A_DAY - timedelta(hours=2))
    found = satisfaction(dealer, at=A_DAY)
    assert (found.answered_after, found.tasks_closed) == (timedelta(hours=3), 1)


def test_the_workshop_s_months_are_the_dealer_s():
    dealer = a_dealer()
    a_repair_order(a_customer(dealer), "2026-04-30T23:30", customer_sale=Decimal(120))
    months = satisfaction(dealer, at=A_DAY).months
    assert len(months) == 12
    assert [(one.month, one.visits, one.revenue) for one in months if one.visits] == [(date(2026, 4, 1), 1, 120.0)]
