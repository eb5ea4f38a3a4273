"""What came of a call: a fact that rules can ask about, and what follows from it."""

from datetime import datetime, timedelta

import pytest

from relance.delivery.deliver import deliver
from relance.delivery.models import Notice
from relance.facts.consent import ledger_of, standing_withdrawal
from relance.facts.models import Suppression, Touch
from relance.outbox.models import Message, Task
from relance.outbox.recheck import Refusal, recheck
from relance.plan.apply import definition_of
from relance.plan.draft import RunOf
from relance.plan.due import due_ids
from relance.replies.calls import OUTCOMES, Said, outcomes_of, say, undo
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_repair_order, a_staff_member, a_user, an_automation

pytestmark = pytest.mark.django_db
WORDS = {"phone": {"en": {"body": "Hello, **your visit** is due."}}}
HOURS = {day: ["08:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def a_call(**customer):
    dealer = a_dealer(opening_hours=HOURS)
    automation = an_automation(dealer, channels=["phone"], wording=WORDS)
    person = a_customer(dealer, **customer)
    a_message(person, automation, channel="phone", address=person.mobile, body="Hello, **your visit** is due.")
    list(deliver(dealer, at=A_DAY))
    return dealer, Task.objects.of(dealer).get()


def tell(dealer, task, outcome, *, at=A_DAY, **values):
    task = Task.objects.of(dealer).get(pk=task.pk)
    seen = values.pop("seen", len(outcomes_of(dealer, task)))
    return say(dealer, task, Said(outcome, "Kim", at, seen, **values))


def now(task):
    return Task.objects.of(task.dealer).get(pk=task.pk)


def test_a_message_by_telephone_becomes_a_call_with_what_to_say():
    dealer, task = a_call()
    assert (task.kind, task.state, task.said) == ("call", "open", "Hello, your visit is due.")
    assert Message.objects.of(dealer).get().state == "sent"


@pytest.mark.parametrize(("language", "first"), [("en", "First look whether"), ("fr", "Vérifiez d’abord si")])
def test_a_marketing_call_to_whom_a_national_list_may_protect_says_so_first(language, first):
    dealer = a_dealer(language=language, consent_regime="casl")
    stranger, customer = a_customer(dealer), a_customer(dealer)
    a_repair_order(customer, closed_at="2026-04-01T10:00")
    automation = an_automation(dealer, channels=["phone"], wording=WORDS, purpose="marketing")
    for person in (stranger, customer):
        offer = a_message(person, automation, channel="phone", address=person.mobile, body="An offer.")
        Message.objects.of(dealer).filter(pk=offer.pk).update(purpose="marketing")
    list(deliver(dealer, at=A_DAY))
    said = dict(Task.objects.of(dealer).values_list("customer_id", "said"))
    assert said[stranger.pk].startswith(first) and said[stranger.pk].endswith("\n\nAn offer.")
    assert said[customer.pk] == "An offer."


def test_a_call_is_for_the_customers_own_salesperson_and_he_hears_of_it():
    dealer = a_dealer()
    a_staff_member(dealer, "S7", roles=("salesperson",))
    user = a_user(dealer, reference="s7")
    person = a_customer(dealer, salesperson="S7")
    automation = an_automation(dealer, channels=["phone"], wording=WORDS)
    a_message(person, automation, channel="phone", address=person.mobile)
    list(deliver(dealer, at=A_DAY))
    assert Task.objects.of(dealer).values_list("staff__ref", flat=True).get() == "S7"
    assert Notice.objects.of(dealer).filter(user=user, kind="task", read_at=None).count() == 1


@pytest.mark.parametrize("outcome", ["reached", "wrong_number", "do_not_call"])
def test_some_outcomes_end_the_call(outcome):
    dealer, task = a_call()
    assert tell(dealer, task, outcome, note="He said so.")
    assert (now(task).state, now(task).outcome, now(task).closed_by, now(task).note) == (
        "done", outcome, "Kim", "He said so.",
    )  # fmt: skip


def test_every_outcome_is_a_fact_that_rules_can_ask_about():
    dealer, task = a_call()
    tell(dealer, task, "reached")
    rule = {"category": "call", "attribute": "outcome", "operator": "is", "value": "reached"}
    today = {"category": "call", "attribute": "last_time", "operator": "exactly_days_ago", "value": 0}
    after = an_automation(dealer, "AFTER", audience=[rule, today])
    run = RunOf(after, definition_of(after), A_DAY + timedelta(hours=1), A_DAY, A_DAY.date(), "")
    assert list(due_ids(dealer, run)) == [task.customer_id]


def test_nobody_answers_so_it_is_tried_on_the_next_open_day_three_times():
    dealer, task = a_call()
    friday = A_DAY + timedelta(days=4)
    assert tell(dealer, task, "no_answer", at=friday)
    assert now(task).due_at.astimezone(dealer.zone) == datetime(2026, 5, 11, 10, tzinfo=dealer.zone)  # not on Saturday
    assert tell(dealer, task, "no_answer", at=friday + timedelta(days=3))
    assert now(task).state == "open"
    assert tell(dealer, task, "no_answer", at=friday + timedelta(days=4))
    assert (now(task).state, now(task).outcome) == ("done", "no_answer")


def test_call_back_is_a_new_time():
    dealer, task = a_call()
    later = A_DAY + timedelta(days=2)
    assert tell(dealer, task, "call_back", again_at=later)
    assert (now(task).state, now(task).due_at) == ("open", later)


def test_a_wrong_number_is_neither_called_nor_written_to_again():
    dealer, task = a_call()
    tell(dealer, task, "wrong_number")
    number = task.message.address
    rows = set(Suppression.objects.of(dealer).values_list("channel", "address", "reason"))
    assert rows == {("phone", number, "wrong_number"), ("sms", number, "wrong_number")}
    again = a_message(task.customer, task.message.automation, channel="phone", address=number)
    answer = recheck(dealer, [again], at=A_DAY)[again.pk]
    assert isinstance(answer, Refusal) and "suppressed" in (answer.detail or "")


def test_do_not_call_stops_the_telephone_for_every_purpose():
    dealer, task = a_call()
    tell(dealer, task, "do_not_call")
    entries = ledger_of(dealer, [task.customer_id])[task.customer_id]
    for purpose in ("service", "marketing"):
        standing = standing_withdrawal(entries, channel="phone", purpose=purpose, at=A_DAY)
        assert standing is not None and standing.by == "staff" and str(task.key) in (standing.proof or "")
    assert standing_withdrawal(entries, channel="email", purpose="marketing", at=A_DAY) is None


def test_two_who_say_something_at_once_say_it_once():
    dealer, task = a_call()
    assert tell(dealer, task, "no_answer", seen=0)
    assert not tell(dealer, task, "no_answer", seen=0)
    assert len(outcomes_of(dealer, task)) == 1


def test_a_closed_call_takes_no_outcome():
    dealer, task = a_call()
    tell(dealer, task, "reached")
    assert not tell(dealer, task, "no_answer")
    assert now(task).outcome == "reached"


@pytest.mark.parametrize("outcome", [name for name, row in OUTCOMES.items() if row.is_undone])
def test_a_slip_of_the_finger_can_be_undone(outcome):
    dealer, task = a_call()
    tell(dealer, task, outcome, at=A_DAY + timedelta(minutes=5))
    assert undo(dealer, now(task))
    assert (now(task).state, now(task).outcome) == ("open", "")
    assert now(task).due_at <= A_DAY + timedelta(minutes=5)
    assert not Touch.objects.of(dealer).filter(kind="call").exists()
    assert not Suppression.objects.of(dealer).exists()


def test_an_opt_out_is_not_undone_by_a_finger():
    dealer, task = a_call()
    tell(dealer, task, "do_not_call")
    assert not undo(dealer, now(task))
    assert now(task).state == "done"


def test_another_dealers_number_stays_usable():
    _, task = a_call()
    other = a_dealer("south")
    tell(task.dealer, task, "wrong_number")
    assert not Suppression.objects.of(other).exists()
