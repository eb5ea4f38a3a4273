"""Why, said in plain sentences in four languages."""

from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from relance.lib.language import LANGUAGES
from relance.measures.why import GATES, why
from relance.measures.why_in_words import (
    PASSED,
    VERDICTS,
    change_in_words,
    reason_in_words,
    why_in_words,
    why_message,
)
from relance.measures.words import CHANNELS, REASONS
from tests.builders import a_customer, a_dealer, a_message, a_repair_order, an_automation

AT = datetime(2026, 5, 4, 14, tzinfo=UTC)
VISITED = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 30}


def asked(dealer, customer, automation, language=None):
    return why_in_words(dealer, automation, why(dealer, automation, customer, at=AT), language=language)


def visitor(dealer, closed_at="2026-04-04T15:00", **values):
    customer = a_customer(dealer, **{"first_name": "Ann", "mobile": "+15145550123", **values})
    a_repair_order(customer, closed_at)
    return customer


@pytest.mark.django_db
def test_a_message_that_goes_says_yes():
    dealer = a_dealer()
    words = asked(dealer, visitor(dealer), an_automation(dealer, subject="repair_order", audience=[VISITED]))
    assert words.headline == "Yes: this message goes out."
    assert words.rules == [
        "Met: repair order (closed): the last visit 30 days ago. Found: Saturday, April 4, 2026, 3:00 p.m."
    ]
    assert len(words.gate) == len(GATES)


@pytest.mark.django_db
def test_a_rule_that_does_not_hold_is_what_would_have_to_change():
    dealer = a_dealer()
    row = an_automation(dealer, subject="repair_order", audience=[VISITED])
    words = asked(dealer, visitor(dealer, "2026-04-05T15:00"), row)
    assert words.headline == "No: not every rule is met at this moment."
    assert (
        words.change == "It would be due if this were met as well: repair order (closed): the last visit 30 days ago."
    )


@pytest.mark.django_db
def test_a_refusal_says_where_it_was_stopped_and_what_to_do():
    dealer = a_dealer()
    words = asked(dealer, visitor(dealer, do_not_mail=True), an_automation(dealer, subject="repair_order"))
    assert "Stopped here: Wants no messages at all." in words.gate
    assert words.change == "Only the customer can change this, by asking for messages again."


@pytest.mark.django_db
def test_every_channel_says_what_it_lacks():
    dealer = a_dealer()
    row = an_automation(dealer, subject="repair_order", channels=["sms", "email"])
    words = asked(dealer, visitor(dealer, mobile=None, email=None), row)
    assert "Text message: there is no address." in words.gate
    assert "E-mail: there is no text for this channel." in words.gate


@pytest.mark.django_db
def test_who_has_nothing_of_the_kind_is_told_so():
    dealer = a_dealer()
    row = an_automation(dealer, subject="repair_order")
    assert asked(dealer, a_customer(dealer), row).headline.startswith("No: there is nothing of this kind")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "headline"),
    [
        ("fr", "Non : les règles ne sont pas toutes remplies à ce moment."),
        ("es", "No: en este momento no se cumplen todas las reglas."),
        ("et", "Ei: sel hetkel ei kehti kõik reeglid."),
    ],
)
def test_the_answer_speaks_four_languages(language, headline):
    dealer = a_dealer()
    row = an_automation(dealer, subject="repair_order", audience=[VISITED])
    assert asked(dealer, visitor(dealer, "2026-04-05T15:00"), row, language).headline == headline


@pytest.mark.django_db
def test_without_a_language_the_dealers_is_spoken():
    dealer = a_dealer(language="fr")
    row = an_automation(dealer, subject="repair_order", audience=[VISITED])
    assert asked(dealer, visitor(dealer, "2026-04-05T15:00"), row).headline.startswith("Non")


@pytest.mark.django_db
def test_a_stored_refusal_says_what_was_recorded_and_what_is_so_now():
    dealer = a_dealer()
    ann = a_customer(dealer, first_name="Ann", mobile="+15145550123")
    row = an_automation(dealer)
    message = a_message(
        ann, row, state="refused", reason="no_channel", detail="sms: no_address", send_at=None, channel=None
    )
    said = why_message(dealer, message)
    assert "Text message: there is no address." in said.recorded
    assert "Add it in your business system." in said.recorded
    assert said.now.headline == "Yes: this message goes out."


@pytest.mark.django_db
def test_a_message_that_waits_says_where_and_when_it_goes():
    dealer = a_dealer()
    ann = a_customer(dealer, first_name="Ann", mobile="+15145550123")
    said = why_message(dealer, a_message(ann, an_automation(dealer), at=AT), language="en")
    assert "Text message to +15145550123, to leave on Monday, May 4, 2026, 10:00 a.m." in said.recorded


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_verdict_and_gate_has_its_sentence(language):
    with override(language):
        assert set(GATES) <= set(REASONS) & set(PASSED)
        for reason in REASONS:
            assert reason_in_words(reason, None)
            assert change_in_words(reason, None)
        texts = [str(text) for table in (PASSED, VERDICTS, CHANNELS) for text in table.values()]
        texts += [str(text) for reason in REASONS.values() for text in reason]
    assert all(texts)
    if language != "en":
        with override("en"):
            english = {str(text) for table in (PASSED, VERDICTS) for text in table.values()}
        assert not english & set(texts)


def test_a_reason_of_tomorrow_is_shown_as_it_is():
    assert reason_in_words("something_new", "seven") == ["something_new: seven"]
    assert change_in_words("something_new", None) is None


def test_a_gap_names_the_field():
    with override("en"):
        assert reason_in_words("text_incomplete", "customer.first_name") == [
            "The text would have a gap: “First name” is not known."
        ]


@pytest.mark.django_db
def test_the_command_speaks_the_language_that_is_asked_for(relance):
    dealer = a_dealer()
    ann = visitor(dealer)
    an_automation(dealer, subject="repair_order", audience=[VISITED])
    answer = relance("why", dealer.slug, "SR180", ann.ref, "--at", "2026-05-04T10:00", "--language", "es")
    assert answer.status == 0
    assert answer.out.startswith("Sí: este mensaje sale.")
    assert relance("why", dealer.slug, "SR180", ann.ref, "--at", "2026-05-04", "--language", "de").status == 2
