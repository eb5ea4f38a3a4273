"""What a reply brings about: opt-outs for the number, one confirmation, visits, scores, tasks; each once."""

from datetime import timedelta

import pytest

from relance.delivery.deliver import deliver
from relance.facts.models import Appointment, ConsentEntry, Touch
from relance.outbox.models import Message, Task
from relance.outbox.recheck import Refusal, recheck
from relance.replies.models import Inbound
from relance.replies.receive import receive
from tests.builders import (
    A_DAY,
    a_customer,
    a_dealer,
    a_message,
    a_row,
    a_sale,
    a_staff_member,
    an_appointment,
    an_automation,
)

pytestmark = pytest.mark.django_db
NUMBER = "+15145550001"
LATER = A_DAY + timedelta(minutes=1)


@pytest.fixture
def dealer():
    return a_dealer()


def say(dealer, text, *, sender=NUMBER, at=LATER, ref=None):
    return receive(dealer, sender=sender, text=text, at=at, ref=ref or f"in-{text}-{at}")


def answers(dealer):
    return list(Message.objects.of(dealer).filter(purpose="answer", recipient="customer").order_by("pk"))


def would_send(dealer, customer, *, at=LATER, **values):
    """What the hand-over would have against a message that waits for this customer."""
    automation = an_automation(dealer, f"T{Message.objects.of(dealer).count()}")
    message = a_message(customer, automation, at=A_DAY, **values)
    said = recheck(dealer, [message], at=at)[message.pk]
    return said if isinstance(said, Refusal) else None


def reminder(dealer, customer, start_at="2026-05-05T09:00", **values):
    """A reminder of a visit that was sent to the customer a minute ago."""
    visit = an_appointment(customer, start_at, **values)
    automation = an_automation(
        dealer, f"R{visit.pk}", kind="appointment_reminder", subject="appointment", programme="appointment",
        replies={"assign": "reference"},
    )  # fmt: skip
    return visit, sent(
        dealer, customer, automation, subject_type="appointment", subject_id=visit.pk, subject_ref=visit.ref
    )


def survey(dealer, customer, **replies):
    """A survey that was sent to the customer a minute ago."""
    sale = a_sale(customer, "2026-05-01")
    automation = an_automation(
        dealer, "CSI", subject="sale", programme="satisfaction", replies={"sentiment": True, **replies}
    )  # fmt: skip
    return sent(dealer, customer, automation, subject_type="sale", subject_id=sale.pk, subject_ref=sale.ref)


def sent(dealer, customer, automation, **values):
    message = a_message(customer, automation, state="sent", address=customer.mobile, **values)
    a_row(
        Touch, dealer, kind="sent", ref=str(message.key), channel="sms", code=automation.code, happened_at=A_DAY,
        address=customer.mobile, customer=customer,
    )  # fmt: skip
    return message


def test_a_stop_withdraws_text_and_telephone_for_every_purpose(dealer):
    ann = a_customer(dealer, mobile=NUMBER)
    say(dealer, "Stop.")
    entries = ConsentEntry.objects.of(dealer).filter(customer=ann)
    found = {(e.channel, e.purpose, e.status, e.by) for e in entries}
    assert found == {("sms", "any", "withdrawn", "person"), ("phone", "any", "withdrawn", "person")}
    assert (entries[0].words, entries[0].source) == ("Stop.", "reply")
    assert entries[0].proof
    assert would_send(dealer, ann) == Refusal("no_channel", "sms: opted_out")
    assert would_send(dealer, ann, channel="email", address=ann.email) is None


def test_it_holds_for_everybody_who_has_the_number_now_or_gets_it_later(dealer):
    ann, bob = (a_customer(dealer, mobile=NUMBER) for _ in range(2))
    say(dealer, "STOP")
    late = a_customer(dealer, mobile=NUMBER)
    moved = a_customer(dealer)
    for customer in (ann, bob, late):
        assert would_send(dealer, customer) == Refusal("no_channel", "sms: opted_out")
    assert would_send(dealer, moved) is None


def test_who_gives_his_number_away_stays_out_himself(dealer):
    ann = a_customer(dealer, mobile=NUMBER)
    say(dealer, "STOP")
    ann.mobile = "+15145559999"
    ann.save()
    assert would_send(dealer, ann) == Refusal("no_channel", "sms: opted_out")


@pytest.mark.parametrize(
    ("settings", "channels"),
    [
        ({"consent_regime": "casl"}, {"sms", "phone"}),
        ({"consent_regime": "tcpa"}, {"any"}),
        ({"consent_regime": "tcpa", "stop_reaches": "its_channel"}, {"sms", "phone"}),
        ({"consent_regime": "gdpr", "stop_reaches": "every_channel"}, {"any"}),
    ],
)
def test_how_far_a_stop_reaches_is_a_setting_and_by_law_everything_under_tcpa(settings, channels):
    dealer = a_dealer(**settings)
    a_customer(dealer, mobile=NUMBER)
    say(dealer, "stop")
    assert set(ConsentEntry.objects.of(dealer).values_list("channel", flat=True)) == channels


def test_another_dealers_customers_hear_on():
    north, south = a_dealer(), a_dealer("south")
    theirs = a_customer(south, mobile=NUMBER)
    say(north, "STOP")
    assert would_send(south, theirs) is None


@pytest.mark.parametrize(
    ("text", "language", "begins"),
    [
        ("arrêt", "fr", "North Garage : vous ne recevrez plus"),
        ("ALTO", "es", "North Garage: no le enviaremos"),
        ("lõpeta", "et", "North Garage: me ei saada"),
        ("unsubscribe", "en", "North Garage: you will get no more"),
        ("STOP", "fr", "North Garage : vous"),
        ("por favor no me escriban más", "es", "North Garage: no le"),
    ],
)
def test_one_confirmation_in_the_language_of_the_word(dealer, text, language, begins):
    a_customer(dealer, mobile=NUMBER, language="fr")
    say(dealer, text)
    (found,) = answers(dealer)
    assert (found.language, found.body.startswith(begins), found.customer.language) == (language, True, "fr")
    assert len(found.body) <= 160
    assert found.expires_at - LATER == timedelta(minutes=5)


def test_the_confirmation_leaves_at_night_although_the_person_is_opted_out(dealer):
    a_customer(dealer, mobile=NUMBER)
    at_night = A_DAY + timedelta(hours=13)
    say(dealer, "stop", at=at_night)
    assert [m.state for m in deliver(dealer, at=at_night + timedelta(seconds=5))] == ["sent"]
    assert list(deliver(dealer, at=at_night + timedelta(seconds=60))) == []


def test_a_second_stop_is_not_confirmed_again(dealer):
    a_customer(dealer, mobile=NUMBER)
    for minute in range(3):
        say(dealer, "stop", at=LATER + timedelta(minutes=minute))
    assert len(answers(dealer)) == 1


def test_two_who_share_a_number_get_one_confirmation(dealer):
    for _ in range(2):
        a_customer(dealer, mobile=NUMBER)
    say(dealer, "stop")
    assert len(answers(dealer)) == 1


def test_a_confirmation_that_would_come_too_late_is_not_said(dealer):
    a_customer(dealer, mobile=NUMBER)
    say(dealer, "stop")
    assert [m.state for m in deliver(dealer, at=LATER + timedelta(minutes=6))] == ["failed"]


def test_where_the_provider_confirms_by_itself_we_do_not():
    dealer = a_dealer(stop_answer="provider")
    ann = a_customer(dealer, mobile=NUMBER)
    say(dealer, "stop")
    assert answers(dealer) == []
    assert would_send(dealer, ann) is not None


def test_start_brings_back_what_the_stop_took_and_says_so(dealer):
    ann = a_customer(dealer, mobile=NUMBER)
    say(dealer, "stop")
    say(dealer, "Start", at=LATER + timedelta(minutes=2))
    after = LATER + timedelta(minutes=3)
    assert would_send(dealer, ann, at=after) is None
    assert [m.body.split(":")[1][:22] for m in answers(dealer)] == [" you will get no more ", " you will get our mess"]
    granted = ConsentEntry.objects.of(dealer).filter(customer=ann, status="granted")
    assert {e.channel for e in granted} == {"sms", "phone"}


def test_yes_is_a_start_only_for_somebody_who_is_out(dealer):
    ann = a_customer(dealer, mobile=NUMBER)
    say(dealer, "YES")
    assert not ConsentEntry.objects.of(dealer).exists()
    say(dealer, "STOP", at=LATER + timedelta(minutes=1))
    say(dealer, "YES", at=LATER + timedelta(minutes=2))
    assert would_send(dealer, ann, at=LATER + timedelta(minutes=3)) is None


def test_start_on_one_number_does_not_bring_back_what_a_feed_keeps_sending(dealer):
    ann = a_customer(dealer, mobile=NUMBER)
    say(dealer, "stop", sender=ann.email)
    say(dealer, "start", at=LATER + timedelta(minutes=2))
    assert would_send(dealer, ann, at=LATER + timedelta(minutes=3), channel="email", address=ann.email) is not None


@pytest.mark.parametrize(("country", "parts"), [("CA", ["Help/Aide", "STOP", "ARRET"]), ("US", ["Help: ", "STOP"])])
def test_help_is_answered_also_to_somebody_whom_nobody_knows(country, parts):
    dealer = a_dealer(country=country)
    say(dealer, "HELP")
    (found,) = answers(dealer)
    assert found.customer is None
    assert all(part in found.body for part in [*parts, "North Garage", "514"])
    assert len(found.body) <= 160
    assert [m.state for m in deliver(dealer, at=LATER)] == ["sent"]


def test_machines_that_answer_each_other_come_to_an_end(dealer):
    for second in range(30):
        say(dealer, "help", at=LATER + timedelta(seconds=second))
    assert len(answers(dealer)) == 5


def test_stop_from_somebody_unknown_holds_when_he_becomes_a_customer(dealer):
    say(dealer, "STOP")
    assert would_send(dealer, a_customer(dealer, mobile=NUMBER)) == Refusal("no_channel", "sms: opted_out")


def test_cancel_right_after_a_reminder_opts_out_asks_a_person_and_leaves_the_visit_alone(dealer):
    ann = a_customer(dealer, mobile=NUMBER)
    a_staff_member(dealer, "A12")
    visit, message = reminder(dealer, ann, advisor="A12")
    say(dealer, "CANCEL")
    visit.refresh_from_db()
    task = Task.objects.of(dealer).get()
    assert (visit.status, task.kind, task.said, task.message_id) == ("booked", "question", "CANCEL", message.pk)
    assert task.staff is not None
    assert task.staff.ref == "A12"
    assert would_send(dealer, ann) is not None


@pytest.mark.parametrize(
    ("text", "status", "tasks"),
    [
        ("1", "confirmed", 0),
        ("Oui!", "confirmed", 0),
        ("cancel my appointment", "canceled", 1),
        ("2", "booked", 1),
        ("no", "booked", 1),
        ("ok thanks", "booked", 0),
    ],
)
def test_an_answer_to_a_reminder_changes_the_visit_or_asks(dealer, text, status, tasks):
    ann = a_customer(dealer, mobile=NUMBER)
    visit, _ = reminder(dealer, ann)
    say(dealer, text)
    visit.refresh_from_db()
    assert (visit.status, Task.objects.of(dealer).filter(kind="question").count()) == (status, tasks)


def test_who_wants_another_time_hears_that_we_come_back_to_him(dealer):
    reminder(dealer, a_customer(dealer, mobile=NUMBER))
    say(dealer, "change")
    assert "another time" in answers(dealer)[0].body


def test_an_answer_to_a_reminder_of_a_visit_that_is_over_is_asked_about(dealer):
    visit, _ = reminder(dealer, a_customer(dealer, mobile=NUMBER), "2026-05-04T10:00:30")
    say(dealer, "yes")
    visit.refresh_from_db()
    assert (visit.status, Task.objects.of(dealer).count()) == ("booked", 1)


def test_only_the_visit_that_was_spoken_of_changes(dealer):
    ann = a_customer(dealer, mobile=NUMBER)
    other = an_appointment(ann, "2026-06-05T09:00")
    reminder(dealer, ann)
    say(dealer, "yes")
    assert Appointment.objects.of(dealer).get(pk=other.pk).status == "booked"


@pytest.mark.parametrize(
    ("text", "score", "tasks"), [("9", 9, 0), ("4/10, waited for hours", 4, 1), ("dix", 10, 0), ("no", 1, 1)]
)
def test_a_survey_answer_is_a_fact_and_a_low_one_a_task_the_same_minute(dealer, text, score, tasks):
    ann = a_customer(dealer, mobile=NUMBER)
    survey(dealer, ann)
    say(dealer, text)
    touch = Touch.objects.of(dealer).get(kind="survey")
    assert (touch.score, touch.department, touch.code, touch.customer_id) == (score, "sales", "CSI", ann.pk)
    complaints = list(Task.objects.of(dealer).filter(kind="complaint"))
    assert len(complaints) == tasks
    assert all(task.created_at == LATER for task in complaints)


def test_who_is_to_be_told_of_an_unhappy_answer_gets_word(dealer):
    a_staff_member(dealer, "M1", email="boss@dealer.example")
    survey(dealer, a_customer(dealer, mobile=NUMBER), notify=["M1"])
    say(dealer, "2")
    notice = Message.objects.of(dealer).get(recipient="staff:M1")
    assert (notice.channel, notice.address) == ("staff", "boss@dealer.example")
    assert "Ann Lee" in (notice.body or "")
    assert [m.state for m in deliver(dealer, at=LATER)] == ["sent"]


def test_an_unhappy_reply_is_a_complaint_and_a_happy_one_is_not(dealer):
    a_customer(dealer, mobile=NUMBER)
    say(dealer, "terrible service, I want to talk to a manager")
    say(dealer, "great, thank you", at=LATER + timedelta(minutes=1))
    assert [task.kind for task in Task.objects.of(dealer)] == ["complaint"]
    moods = Touch.objects.of(dealer).filter(kind="received").order_by("happened_at").values_list("sentiment", flat=True)
    assert list(moods) == ["negative", "positive"]


def test_a_keyword_is_answered_tagged_and_given_to_a_person(dealer):
    ann = a_customer(dealer, mobile=NUMBER)
    keyword = {
        "words": ["invoice", "facture"],
        "answer": {"en": "It is on its way.", "fr": "Elle arrive."},
        "tag": "invoice",
        "task": True,
    }
    sent(dealer, ann, an_automation(dealer, "READY", replies={"keywords": [keyword]}))
    say(dealer, "Facture svp")
    assert [m.body for m in answers(dealer)] == ["It is on its way."]
    assert (Inbound.objects.of(dealer).get().tag, Task.objects.of(dealer).get().kind) == ("invoice", "question")


def test_a_doubtful_wish_opts_nobody_out_and_is_seen_by_a_person(dealer):
    ann = a_customer(dealer, mobile=NUMBER)
    say(dealer, "don't text me before 9")
    task = Task.objects.of(dealer).get()
    assert (task.kind, task.customer_id, task.created_at) == ("complaint", ann.pk, LATER)
    assert not ConsentEntry.objects.of(dealer).exists()
    assert answers(dealer) == []


@pytest.mark.parametrize(
    "text", ["stop by at 3", "arrêt du moteur", "cancel my appointment", "please end of day", "ok"]
)
def test_an_ordinary_reply_changes_no_consent(dealer, text):
    a_customer(dealer, mobile=NUMBER)
    say(dealer, text)
    assert not ConsentEntry.objects.of(dealer).exists()


def test_a_stop_by_mail_ends_mails(dealer):
    ann = a_customer(dealer)
    say(dealer, "Stop\n\nOn Monday North Garage wrote:\n> Reply STOP to end", sender=ann.email)
    assert would_send(dealer, ann, channel="email", address=ann.email) is not None
    assert would_send(dealer, ann) is None
    (found,) = answers(dealer)
    assert (found.channel, found.subject_line) == ("email", "Your message to North Garage")


def test_our_own_answers_are_not_what_somebody_answers(dealer):
    ann = a_customer(dealer, mobile=NUMBER)
    visit, _ = reminder(dealer, ann)
    say(dealer, "help")
    list(deliver(dealer, at=LATER + timedelta(seconds=1)))
    say(dealer, "1", at=LATER + timedelta(minutes=1))
    visit.refresh_from_db()
    assert visit.status == "confirmed"
