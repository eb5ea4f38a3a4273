"""What the law wants stands in every message as it leaves, and is missed as soon as it is taken out (R64)."""

from datetime import date
from typing import Any

import pytest

from relance.dealers.models import Dealer
from relance.plan.definition import read_definition
from relance.plan.render import parse
from relance.plan.saying.composed_check import STOP_LINK, composed, missing
from relance.plan.saying.legal_elements import wanted
from relance.plan.saying.legal_lines import MAIL_ADVERTISES, PRINT_STOPS, SMS_STOPS, contacts
from relance.plan.shipped import definition_for, definition_of, entries
from relance.plan.wording_check import check, sample_of

ON = date(2026, 5, 4)
FILLED_IN: dict[str, Any] = {
    "address": "1 Station Road\nSpringfield 12345", "phone": "+1 613 555-0100", "email": "desk@dealer.example",
    "website": "https://dealer.example", "owner": "Robin Keeper", "feedback": "https://dealer.example/feedback",
    "review_links": ["https://reviews.example/us"],
}  # fmt: skip
PLACES: dict[str, dict[str, Any]] = {
    "Ontario": {"country": "CA", "region": "ON"},
    "Québec": {"country": "CA", "region": "QC"},
    "Texas": {"country": "US", "region": "TX"},
    "Estonia": {"country": "EE", "region": None},
}
CHANNELS = ("sms", "email", "postcard", "letter", "phone")
SPOKEN = "Hello, this is { company.name }, { company.phone }. Shall we find a time for your { vehicle.make | vehicle }?"


def a_dealer(place: str, **settings: Any) -> Dealer:
    words = FILLED_IN | {"region": PLACES[place]["region"]} | settings
    country = str(PLACES[place]["country"])
    return Dealer(slug="x", name="Rideau Motors", timezone="America/Toronto", country=country, settings=words)


def messages(dealer: Dealer, channel: str) -> list[tuple[str, str, str]]:
    """Purpose, language and composed text of what the library says on a channel; a call has its own script."""
    if channel == "phone":
        return [(p, "en", sample_of(parse(SPOKEN), "en", dealer)) for p in ("service", "marketing")]
    found: list[tuple[str, str, str]] = []
    for entry in entries():
        by_language = entry.wording.get("postcard" if channel == "letter" else channel, {})  # type: ignore[call-overload]
        for language, words in by_language.items() if "customer" in entry.recipients and not entry.better else ():
            body = sample_of(parse(words.body), language, dealer)
            said = composed(dealer, language, channel=channel, purpose=entry.purpose, body=body)
            found.append((entry.purpose, language, said))
    return found


def without(dealer: Dealer, element: str, text: str) -> str:
    """The text with one element taken out."""
    own = dealer.preferences
    gone = {
        "sender": [dealer.name],
        "postal_address": (own.address or "").splitlines()[:1],
        "contact": contacts(dealer),
        "advertisement": [*MAIL_ADVERTISES.values()],
        "stop": [
            STOP_LINK,
            *SMS_STOPS.values(),
            *(line.partition("{")[0].strip(" :") for line in PRINT_STOPS.values()),
        ],
    }[element]
    for part in gone:
        text = text.replace(part, "")
    return text


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("channel", CHANNELS)
def test_every_message_of_the_library_has_all_that_the_law_wants(place, channel):
    dealer = a_dealer(place)
    found = messages(dealer, channel)
    assert len(found) >= (2 if channel == "phone" else 40)
    assert [said for purpose, _, said in found if missing(dealer, said, channel=channel, purpose=purpose, on=ON)] == []


@pytest.mark.parametrize(
    ("place", "purpose", "is_said"),
    [("Texas", "marketing", True), ("Texas", "service", False), ("Ontario", "marketing", False)],
)
@pytest.mark.parametrize("language", MAIL_ADVERTISES)
def test_an_american_advertisement_by_e_mail_says_what_it_is_and_nothing_else_does(place, purpose, is_said, language):
    said = composed(a_dealer(place), language, channel="email", purpose=purpose, body="Hello.")
    assert (MAIL_ADVERTISES[language] in said) == is_said


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("channel", CHANNELS)
def test_each_element_is_missed_when_it_is_taken_out(place, channel):
    dealer = a_dealer(place)
    for purpose, _, said in messages(dealer, channel):
        for element in wanted(dealer.regime, channel, purpose, ON).elements:
            left = without(dealer, element, said)
            assert element in missing(dealer, left, channel=channel, purpose=purpose, on=ON), (element, left)


def an_automation(channel: str, body: str = "Hello.", **values: Any) -> Any:
    words = {"body": body} | ({"subject": "A word"} if channel == "email" else {})
    entry = {
        "code": "TRY", "name": "Try", "subject": "customer", "purpose": "marketing", "schedule": {"kind": "manual"},
        "channels": [channel], "wording": {channel: {"fr": words, "en": words}}, **values,
    }  # fmt: skip
    return read_definition(entry, "TRY")


def refused(definition: Any, dealer: Dealer) -> list[str]:
    return [found.text for found in check(definition, dealer) if found.severity == "refuse_on_switch"]


NOBODY = {"phone": None, "email": None, "website": None}


@pytest.mark.parametrize(
    ("place", "channel", "settings", "says"),
    [
        ("Ontario", "email", {"address": None}, "your postal address"),
        ("Ontario", "email", NOBODY, "a way to reach you"),
        ("Texas", "email", {"address": None}, "your postal address"),
        ("Estonia", "email", {"address": ""}, "your postal address"),
        ("Estonia", "postcard", NOBODY, "how to stop"),
        ("Estonia", "letter", {"address": None}, "your postal address"),
        ("Ontario", "postcard", {"address": None}, "your postal address"),
        ("Texas", "phone", {}, "who speaks"),
        ("Ontario", "phone", {}, "a way to reach you"),
    ],
)
def test_what_a_setting_leaves_out_keeps_the_automation_off(place, channel, settings, says):
    told = refused(an_automation(channel), a_dealer(place, **settings))
    assert any(says in line for line in told), told


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("channel", ["sms", "email", "postcard", "letter"])
def test_with_every_setting_nothing_is_missed(place, channel):
    assert refused(an_automation(channel), a_dealer(place)) == []


def test_a_channel_that_is_not_used_is_not_looked_at():
    definition = an_automation("email", channels=["sms"], wording={"email": {"fr": {"body": "a"}, "en": {"body": "a"}}})
    assert refused(definition, a_dealer("Texas", address=None)) == []


@pytest.mark.parametrize(
    "body",
    [
        "Ask us about an extended warranty.",
        "Votre garantie peut être prolongée : demandez une prolongation.",
        "Una garantía extendida para su vehículo.",
        "Teie autole sobib lisagarantii.",
        "An extended warranty; the legal warranty stays.",  # explained, but behind the offer
    ],
)
def test_quebec_wants_the_legal_warranty_explained_first(body):
    definition = an_automation("letter", body)
    assert any("legal warranty" in line for line in refused(definition, a_dealer("Québec")))
    assert refused(definition, a_dealer("Ontario")) == []


@pytest.mark.parametrize(
    "body", ["The legal warranty stays. An extended warranty adds to it.", "Your warranty ends soon."]
)
def test_an_offer_that_explains_it_first_may_go(body):
    assert refused(an_automation("letter", body), a_dealer("Québec")) == []


@pytest.mark.parametrize("code", ["V04", "J_UPSELL", "L_WARRANTY"])
def test_the_library_has_a_wording_for_quebec(code):
    dealer = a_dealer("Québec", **{})
    definition = read_definition(definition_for(dealer, code), code)
    assert refused(definition, dealer) == []
    assert {language for by in definition.wording.values() for language in by} <= {"fr", "en", "es", "et"}
    elsewhere = read_definition(definition_of(code), code)
    assert any("legal warranty" in line for line in refused(elsewhere, dealer))
