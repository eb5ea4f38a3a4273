"""Whoever has a complaint open is left in peace: marketing and review requests wait until it is closed."""

from datetime import timedelta

import pytest

from relance.jobs.stages import messages_of, plan
from relance.measures.why import why
from relance.measures.why_in_words import why_in_words
from relance.outbox.forecast import KEPT, forecast
from relance.outbox.models import HoldBack
from relance.outbox.recheck import Refusal, recheck
from relance.outbox.tasks import Reason, close_task, open_task
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_row, a_staff_member, an_automation

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def dealer():
    return a_dealer()


@pytest.fixture
def ann(dealer):
    return a_customer(dealer)


def complain(customer, ref="reply 7", at=A_DAY - 3 * DAY, kind="complaint"):
    return open_task(customer.dealer, Reason(kind, ref, customer=customer), due_at=at, at=at)


def fate(dealer):
    (message,) = messages_of(dealer, plan(dealer, at=A_DAY, since=A_DAY - timedelta(minutes=1)))
    return message.reason, message.detail


@pytest.mark.parametrize(
    "definition", [{"purpose": "marketing"}, {"kind": "review_request"}], ids=["marketing", "review"]
)
def test_it_waits_while_a_complaint_is_open(dealer, ann, definition):
    an_automation(dealer, **definition)
    complain(ann)
    assert fate(dealer) == ("open_complaint", "2026-05-01")


def test_service_messages_go_all_the_same(dealer, ann):
    an_automation(dealer)
    complain(ann)
    assert fate(dealer) == (None, None)


def test_a_closed_complaint_stands_in_nobodys_way(dealer, ann):
    an_automation(dealer, purpose="marketing")
    close_task(dealer, complain(ann), outcome="reached", by="Kim", at=A_DAY)
    assert fate(dealer) == (None, None)


def test_another_kind_of_task_is_no_complaint(dealer, ann):
    an_automation(dealer, purpose="marketing")
    complain(ann, kind="call")
    assert fate(dealer) == (None, None)


def test_another_customers_complaint_is_his_own(dealer, ann):
    an_automation(dealer, purpose="marketing")
    complain(a_customer(dealer, do_not_mail=True))
    reasons = {m.customer_id: m.reason for m in messages_of(dealer, plan(dealer, at=A_DAY, since=A_DAY - DAY))}
    assert reasons[ann.pk] is None


def test_of_two_complaints_the_older_is_told(dealer, ann):
    an_automation(dealer, purpose="marketing")
    complain(ann, "reply 8", at=A_DAY - DAY)
    complain(ann, "reply 7", at=A_DAY - 9 * DAY)
    assert fate(dealer) == ("open_complaint", "2026-04-25")


def test_held_back_comes_first(dealer, ann):
    row = an_automation(dealer, purpose="marketing")
    a_row(HoldBack, dealer, automation=row, customer=ann, at=A_DAY, by="Kim")
    complain(ann)
    assert fate(dealer) == ("held_back", None)


def test_staff_are_told_about_a_customer_who_complains(dealer, ann):
    a_staff_member(dealer, roles=("service_manager",))
    an_automation(dealer, purpose="marketing", recipients=["service_manager"])
    complain(ann)
    assert fate(dealer) == (None, None)


def test_a_complaint_after_acceptance_stops_the_message_at_hand_over(dealer, ann):
    message = a_message(ann, an_automation(dealer, purpose="marketing"))
    assert not isinstance(recheck(dealer, [message], at=A_DAY)[message.pk], Refusal)
    complain(ann)
    assert recheck(dealer, [message], at=A_DAY)[message.pk] == Refusal("open_complaint", "2026-05-01")


def test_the_forecast_knows_of_it_at_once_and_forgets_it_when_it_is_closed(dealer, ann):
    KEPT.forget()
    an_automation(dealer, purpose="marketing")

    def foreseen():
        (cell,) = forecast(dealer, first=A_DAY.date(), last=A_DAY.date(), at=A_DAY - timedelta(hours=1)).cells.values()
        return cell.ready, cell.refused

    assert foreseen() == (1, 0)
    task = complain(ann)
    assert foreseen() == (0, 1)
    close_task(dealer, task, outcome="reached", by="Kim", at=A_DAY)
    assert foreseen() == (1, 0)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Stopped here: A complaint is still open, since May 1, 2026."),
        ("fr", "Arrêté ici : Une plainte est encore ouverte, depuis le 1er mai 2026."),
    ],
)
def test_why_tells_since_when(dealer, ann, language, sentence):
    row = an_automation(dealer, purpose="marketing")
    complain(ann)
    found = why(dealer, row, ann, at=A_DAY)
    assert sentence in why_in_words(dealer, row, found, language=language).gate
