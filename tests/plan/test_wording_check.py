"""What is found in a wording before it is used."""

from typing import Any

import pytest

from relance.dealers.models import Dealer
from relance.plan.definition import Definition, read_definition
from relance.plan.saying.loaded_words import invited, selling
from relance.plan.wording_check import Finding, check


def an_automation(body: str = "Hello.", *, channel: str = "sms", language: str = "en", **values: Any) -> Definition:
    words: dict[str, str] = {"body": body} | ({"subject": "A word"} if channel == "email" else {})
    entry = {
        "code": "TRY",
        "name": "Try",
        "subject": "customer",
        "purpose": "service",
        "schedule": {"kind": "manual"},
        "channels": [channel],
        "wording": {channel: {language: words}},
        **values,
    }
    return read_definition(entry, "TRY")


FILLED_IN = {"address": "1 Station Road", "phone": "+1 514 555-0100"}


def a_dealer(**settings: Any) -> Dealer:
    words = {"language": settings.pop("language", "en"), "country": settings.pop("country", "CA")}
    return Dealer(slug="x", name="Rideau Motors", timezone="America/Toronto", settings=FILLED_IN | settings, **words)


def found(findings: list[Finding], severity: str) -> list[str]:
    return [finding.text for finding in findings if finding.severity == severity]


def test_an_innocent_wording_has_no_findings() -> None:
    body = "Hello { customer.first_name | friend }, your { vehicle.make | vehicle } is ready. { company.name }"
    assert check(an_automation(body), a_dealer(consent_regime="none")) == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("Hello { customer.frist_name | you }", "did you mean 'customer.first_name'?"),
        ("Hello { customer", "never closed"),
        ("On { appointment.start_at_date }", "belongs to appointment, this automation is about customer"),
        ("New? { sale.condition | x }", "belongs to sale"),
    ],
)
def test_what_cannot_be_understood_is_a_fault(body: str, told: str) -> None:
    faults = found(check(an_automation(body)), "fault")
    assert len(faults) == 1
    assert faults[0].startswith("wording.sms.en.body: ")
    assert told in faults[0]


def test_a_subject_line_is_checked_too() -> None:
    wording = {"email": {"en": {"subject": "{ vehicle.mak | x }", "body": "Hello."}}}
    faults = found(check(an_automation(channel="email", wording=wording)), "fault")
    assert faults[0].startswith("wording.email.en.subject: line 1, column 1: unknown field")


@pytest.mark.parametrize(
    ("body", "settings", "told"),
    [
        ("See you at [your place].", {}, "[your place] is still to be filled in"),
        ("Book: { link.booking }", {}, "this page is not there yet"),
        ("Tell us: { link.feedback }", {}, "the setting 'feedback' is empty"),
        ("{ company.owner }", {}, "the setting 'owner' is empty"),
        ("Rate us: { link.review }", {}, "the setting 'review_links' is empty"),
        ("{ promotion.text | }", {}, "sells"),
        ("{ link.unsubscribe }", {}, "leave it out"),
    ],
)
def test_what_must_be_put_right_keeps_it_off(body: str, settings: dict[str, Any], told: str) -> None:
    findings = check(an_automation(body), a_dealer(**settings))
    assert found(findings, "fault") == []
    assert any(told in text for text in found(findings, "refuse_on_switch"))


def test_the_places_of_a_personal_reminder_are_filled_in_each_time() -> None:
    body = "[Your message.] { company.name }"
    assert found(check(an_automation(body, theme="personal"), a_dealer()), "refuse_on_switch") == []
    assert len(found(check(an_automation(body, theme="mailing"), a_dealer()), "refuse_on_switch")) == 1


def test_a_setting_that_is_filled_in_or_has_a_fallback_is_no_finding() -> None:
    dealer = a_dealer(feedback="https://dealer.example/feedback")
    assert found(check(an_automation("{ link.feedback } { company.owner | we }"), dealer), "refuse_on_switch") == []
    assert found(check(an_automation("{ link.feedback }")), "refuse_on_switch") == []


def test_a_field_that_may_be_empty_wants_a_fallback_once() -> None:
    body = "{ vehicle.make } { vehicle.make } { customer.first_name | you } { company.name }"
    assert len(found(check(an_automation(body)), "warning")) == 1


def test_a_long_sms_names_what_makes_it_long() -> None:
    """The lines that relance adds count: `Rideau Motors: ` and a line with STOP are 38 places."""
    assert found(check(an_automation("a" * 268)), "warning") == []
    assert "takes 3 parts as an SMS (307 places, GSM-7)" in found(check(an_automation("a" * 269)), "warning")[0]
    assert "UCS-2, because of ê" in found(check(an_automation("ê" * 140)), "warning")[0]
    assert check(an_automation("a" * 1000, channel="letter")) == []


def test_what_the_staff_read_is_counted_as_it_stands() -> None:
    assert found(check(an_automation("a" * 306, recipients=["advisor"])), "warning") == []


@pytest.mark.parametrize(
    ("text", "kind", "word"),
    [
        ("Reply YES to confirm.", "blocks", "yes"),
        ("Answer 1 to confirm or CANCEL to cancel.", "blocks", "cancel"),
        ("Text us END", "blocks", "end"),
        ("reply with 'Info'", "blocks", "info"),
        ("Répondez CANCEL pour annuler", "blocks", "cancel"),
        ("Répondez par FIN", "blocks", "fin"),
        ("Responda CANCELAR", "blocks", "cancelar"),
        ("Responda con «CANCELAR»", "blocks", "cancelar"),
        ("Vasta START", "blocks", "start"),
        ("Reply stop to unsubscribe", "added_by_relance", "stop"),
        ("Answer yes or no.", "blocks", "yes"),
        ("Reply 1, 2 or END", "blocks", "end"),
        ("Répondez ARRÊT", "added_by_relance", "arret"),
        ("Envoyez AIDE", "added_by_relance", "aide"),
        ("Responda ALTO", "added_by_relance", "alto"),
        ("Vastake STOPP", "added_by_relance", "stopp"),
    ],
)
def test_an_invitation_to_answer_what_carriers_act_on_is_found(text: str, kind: str, word: str) -> None:
    assert invited(text, kind) == [word]


@pytest.mark.parametrize(
    "text",
    [
        "Answer 1 to confirm, 2 to change, or call.",
        "Reply CONFIRM or CHANGE.",
        "Stop by at three; we close at the end of the day.",
        "Please call us to cancel your visit.",
        "Répondez 1 pour confirmer, 2 pour changer.",
        "Arrêt du moteur : appelez-nous.",
        "Responda 1 para confirmar.",
        "Vasta 1, kui sobib.",
        "Reply with a number from 1 to 10.",
        "Reply 2 to cancel, 3 to start again.",
        "Reply with your start date, or call us to end it.",
        "Text us info on your car and we send you an offer.",
    ],
)
def test_an_honest_question_is_not_an_invitation(text: str) -> None:
    assert invited(text, "blocks") == []
    assert invited(text, "added_by_relance") == []


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_carriers_words_matter_where_customers_answer(channel: str) -> None:
    body = "Reply YES to confirm. { company.name }"
    assert "asks for YES" in found(check(an_automation(body, channel=channel)), "refuse_on_switch")[0]
    told = found(check(an_automation("Text HELP for our number.", channel=channel)), "refuse_on_switch")
    assert "relance adds that line by itself, leave it out" in told[0]
    assert check(an_automation(body, channel="letter")) == []
    assert check(an_automation(body, recipients=["advisor"])) == []


def test_a_keyword_of_ours_is_none_of_the_carriers() -> None:
    replies = {"keywords": [{"words": ["service", "YES"], "answer": {"en": "Thanks."}}]}
    findings = check(an_automation(replies=replies))
    assert found(findings, "refuse_on_switch") == [
        "replies.keywords: carriers act on YES themselves: choose another word"
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("20 % off all tyres, a special offer!", ["special offer", "20 %"]),
        ("Profitez de nos rabais", ["rabais"]),
        ("Un descuento para usted", ["descuento"]),
        ("Sooduspakkumine rehvidele", ["sooduspakkumine"]),
        ("Feel free to call us.", []),
        ("Merci d'avoir choisi notre service.", []),
        ("Gracias por su visita.", []),
        ("Täname külastuse eest.", []),
    ],
)
def test_words_that_sell_are_found_in_four_languages(text: str, words: list[str]) -> None:
    assert selling(text) == words


SELLS = {
    "en": "offer discount sale promotion coupon deal free save bargain rebate",
    "fr": "offre rabais solde promotion coupon économisez gratuit remise",
    "es": "oferta descuento promoción cupón rebaja ahorre gratis",
    "et": "pakkumine soodustus allahindlus kampaania kupong tasuta ostke",
}


@pytest.mark.parametrize("word", [word for words in SELLS.values() for word in words.split()])
def test_a_single_word_that_sells_makes_it_marketing(word: str) -> None:
    assert selling(f"A, {word}, b.") != []


def test_a_service_message_sells_nothing_and_a_marketing_one_may() -> None:
    body = "{ company.name }: a discount for you."
    assert "sells (discount)" in found(check(an_automation(body)), "refuse_on_switch")[0]
    assert check(an_automation(body, purpose="marketing")) == []


def test_the_dealers_languages_are_missed() -> None:
    dealer = a_dealer(consent_regime="none", language="es", languages=["en", "et"])
    says = found(check(an_automation(), dealer), "warning")
    assert says == [f"wording.sms: has no wording in your language '{language}'" for language in ("es", "et")]


def test_quebec_asks_for_french() -> None:
    quebec = a_dealer(region="QC", consent_regime="none")
    assert "French" in found(check(an_automation(), quebec), "refuse_on_switch")[0]
    assert found(check(an_automation("Bonjour.", language="fr"), quebec), "refuse_on_switch") == []
    assert found(check(an_automation(recipients=["advisor"]), quebec), "refuse_on_switch") == []


def test_a_channel_without_words_and_an_email_without_a_subject_line_are_told() -> None:
    wording = {"email": {"en": {"body": "Hello."}}}
    says = found(check(an_automation(channels=["sms", "email"], wording=wording)), "warning")
    assert says == [
        "wording.sms: has no wording: nobody hears by this channel",
        "wording.email.en: has no subject line",
    ]


def test_the_gravest_comes_first() -> None:
    body = "{ vehicle.make } [here] { sale.condition }"
    assert [f.severity for f in check(an_automation(body))] == ["fault", "refuse_on_switch", "warning", "warning"]
