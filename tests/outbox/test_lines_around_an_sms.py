"""An SMS names the dealer and says how to stop where the law wants it: added by relance, frozen with the text."""

from datetime import timedelta

import pytest

from relance.jobs.stages import messages_of, plan
from relance.outbox.forecast import people
from relance.plan.saying.legal_lines import composed_sms
from tests.builders import A_DAY, a_customer, a_dealer, a_message, a_staff_member, an_automation, consent

pytestmark = pytest.mark.django_db
BODY = "Hello Ann."
NAMED = "North Garage: Hello Ann.\nReply STOP to opt out."


def said(regime, *, purpose="service", **definition):
    """The one SMS of a dealer under this law, as it would arrive."""
    dealer = a_dealer(consent_regime=regime)
    consent(a_customer(dealer, created_at="2020-01-01T10:00"), "granted")
    an_automation(dealer, purpose=purpose, **definition)
    return composed_sms(planned(dealer))


def planned(dealer):
    (message,) = messages_of(dealer, plan(dealer, at=A_DAY, since=A_DAY - timedelta(minutes=1)))
    assert message.state == "ready", message.reason
    return message


@pytest.mark.parametrize("regime", ["casl", "tcpa", "gdpr", "none"])
@pytest.mark.parametrize("purpose", ["service", "marketing"])
def test_a_first_sms_says_who_and_how_to_stop_under_every_law(regime, purpose):
    assert said(regime, purpose=purpose) == NAMED


@pytest.mark.parametrize(
    ("regime", "purpose", "days", "lines"),
    [
        ("casl", "service", 3, True),
        ("tcpa", "marketing", 3, True),
        ("tcpa", "service", 3, False),
        ("tcpa", "service", 29, False),
        ("tcpa", "service", 31, True),
        ("gdpr", "service", 3, False),
        ("none", "service", 3, False),
    ],
)
def test_a_later_one_says_it_again_by_law_and_month(regime, purpose, days, lines):
    dealer = a_dealer(consent_regime=regime)
    customer = a_customer(dealer)
    consent(customer, "granted")
    an_earlier_one(customer, days)
    an_automation(dealer, purpose=purpose)
    assert composed_sms(planned(dealer)) == (NAMED if lines else BODY)


def an_earlier_one(customer, days, *, state="sent", closing="\nReply STOP to opt out."):
    at = A_DAY - timedelta(days=days)
    earlier = an_automation(customer.dealer, "EARLIER", status="off")
    return a_message(customer, earlier, at=at, state=state, channel="sms", closing=closing)


@pytest.mark.parametrize("state", ["ready", "refused", "canceled", "unsure", "failed"])
def test_one_that_never_left_has_told_nobody(state):
    dealer = a_dealer(consent_regime="tcpa")
    customer = a_customer(dealer)
    an_earlier_one(customer, 3, state=state)
    an_automation(dealer)
    assert planned(dealer).closing


def test_one_without_the_line_does_not_count():
    dealer = a_dealer(consent_regime="tcpa")
    an_earlier_one(a_customer(dealer), 3, closing="")
    an_automation(dealer)
    assert planned(dealer).closing


def test_a_survey_counts_as_marketing_where_the_law_says_so():
    dealer = a_dealer(consent_regime="gdpr")
    customer = a_customer(dealer, kind="customer")
    an_earlier_one(customer, 3)
    an_automation(dealer, programme="satisfaction")
    assert planned(dealer).closing


def test_a_text_that_names_the_dealer_is_not_made_to_name_him_twice():
    wording = {"sms": {"en": {"body": "Hello from NORTH GARAGE."}}}
    assert said("casl", wording=wording) == "Hello from NORTH GARAGE.\nReply STOP to opt out."


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("fr", "North Garage : Allo.\nSTOP pour vous désabonner."),
        ("es", "North Garage: Allo.\nSTOP para darse de baja."),
        ("et", "North Garage: Allo.\nLoobumiseks vastake STOP."),
    ],
)
def test_the_lines_are_in_the_messages_language(language, line):
    dealer = a_dealer(consent_regime="casl")
    a_customer(dealer, language=language)
    an_automation(dealer, wording={"sms": {language: {"body": "Allo."}}})
    assert composed_sms(planned(dealer)) == line


def test_the_body_stays_as_it_was_written():
    dealer = a_dealer(consent_regime="casl")
    a_customer(dealer)
    an_automation(dealer)
    assert planned(dealer).body == BODY


def test_the_staff_have_no_such_lines():
    dealer = a_dealer(consent_regime="casl")
    a_customer(dealer, salesperson="A12", salesperson_folded="a12")
    a_staff_member(dealer, roles=("salesperson",))
    an_automation(dealer, recipients=["salesperson"])
    assert planned(dealer).closing == ""


def test_an_e_mail_has_its_foot_instead():
    dealer = a_dealer(consent_regime="casl")
    a_customer(dealer)
    wording = {"email": {"en": {"subject": "A word", "body": "Hello."}}}
    an_automation(dealer, channels=["email"], wording=wording)
    message = planned(dealer)
    assert (message.channel, message.opening, message.closing) == ("email", "", "")


def test_a_forecast_shows_the_very_text_that_leaves():
    dealer = a_dealer(consent_regime="casl")
    a_customer(dealer)
    automation = an_automation(dealer)
    (person,) = people(dealer, automation=automation, day=A_DAY.date(), at=A_DAY - timedelta(hours=2))
    assert composed_sms(person) == composed_sms(planned(dealer)) == NAMED
