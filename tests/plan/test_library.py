"""Every entry of the library: it can be read, it is written in every language, and it says nothing that it must not."""

import re

import pytest

from relance.lib.language import LANGUAGES
from relance.lib.sms import size_of
from relance.plan.definition import read_definition
from relance.plan.placeholders import FIELDS
from relance.plan.render import parse
from relance.plan.shipped import DEMO, definition_of, entries, entry_of, library_line, name_in, unavailable
from relance.plan.wording_check import check, sample_sms

CODES = [entry.code for entry in entries()]
SPOKEN = [entry for entry in entries() if not entry.better]
PROMISED = [
    "C_REM1", "C_REM1_P", "C_REM2", "C_REM2_P", "C_NOSHOW", "C_NOSHOW_P", "C_THANKS", "C_THANKS_P", "C_DEFER",
    "C_DEFER_P", "C_INACT", "C_INACT_P", "V03", "V04", "V05", "V06", "V07", "V08", "V09", "V10", "V11", "V12",
    "V13", "V14", "V15", "V16", "V17", "V18", "E01", "E02", "E03", "E04", "E05", "P01", "P02", "P03", "P04",
    "L_ORDER", "L_ORDER_USED", "L_WELCOME", "L_SERVICE", "L_WARRANTY", "L_NEWS", "L_THANKS_SALE",
    "L_THANKS_SERVICE", "L_THANKS_REPAIR", "L_HOLIDAY", "J_ADVISOR", "J_PROGRESS", "J_READY", "J_CSI",
    "J_REVIEW", "J_SIX", "J_BOOKED", "J_TOMORROW", "J_MISSED", "J_UPSELL", "J_FIRST", "J_WARRANTY",
    "J_CSI_SALE",
]  # fmt: skip
SERVICE = [
    "C_REM1", "C_REM2", "C_NOSHOW", "C_THANKS", "V03", "V05", "V18", "E05", "P01", "P02", "P04", "L_ORDER",
    "L_WELCOME", "L_THANKS_SALE", "L_THANKS_SERVICE", "L_THANKS_REPAIR", "J_ADVISOR", "J_PROGRESS", "J_READY",
    "J_CSI", "J_BOOKED", "J_TOMORROW", "J_MISSED", "J_CSI_SALE",
]  # fmt: skip
POSTCARDS = ["V04", "V06", "V07", "V08", "V17", "L_HOLIDAY", "C_REM1_P", "C_INACT_P"]
LEFT_FOR_THE_AUTHOR = {f"V{number:02}" for number in range(7, 18)} | {"L_NEWS"}
BY_CODE = pytest.mark.parametrize("code", CODES)
QUIET_WORDS = re.compile(r"\bNone\b|\$\w|\bTODO\b|  ")


def texts(code):
    for channel, by_language in entry_of(code).wording.items():
        for language, words in by_language.items():
            for text in filter(None, (words.subject, words.body)):
                yield channel, language, text


def test_every_promised_entry_is_there():
    assert set(PROMISED) <= set(CODES)


def test_the_reserved_codes_stay_free():
    assert not {"V01", "V02"} & set(CODES)


@BY_CODE
def test_an_entry_is_a_definition_that_starts_off(code):
    definition = read_definition(definition_of(code), code)
    assert (definition.code, definition.status) == (code, "off")


@BY_CODE
def test_its_wording_has_no_fault(code):
    findings = check(read_definition(definition_of(code), code))
    allowed = "link.portal" if code == "P01" else "to be filled in" if code in LEFT_FOR_THE_AUTHOR else "nothing at all"
    assert [found.text for found in findings if allowed not in found.text] == []


@BY_CODE
def test_every_channel_is_written_in_every_language(code):
    for channel, by_language in entry_of(code).wording.items():
        assert set(by_language) == set(LANGUAGES), channel
    assert set(entry_of(code).name) == set(LANGUAGES)


@BY_CODE
def test_every_label_is_written_in_every_language(code):
    assert all(set(parameter.label) == set(LANGUAGES) for parameter in entry_of(code).parameters)


@pytest.mark.parametrize("entry", SPOKEN, ids=lambda entry: entry.code)
def test_it_is_written_for_text_and_mail_or_print_or_staff(entry):
    channels = set(entry.wording)
    assert {"sms", "email"} <= channels or channels in ({"postcard"}, {"staff"})


@pytest.mark.parametrize("code", POSTCARDS)
def test_entries_that_may_be_printed_have_a_postcard(code):
    assert "postcard" in entry_of(code).wording


@BY_CODE
def test_it_takes_two_parts_at_most(code):
    """With the line that says how to stop, to François, María and Tõnu: their names force UCS-2."""
    for channel, language, text in texts(code):
        if channel == "sms":
            assert size_of(sample_sms(parse(text), language)).parts <= 2, (language, text)


@BY_CODE
def test_it_reads_well_when_nothing_is_known(code):
    for _channel, _language, text in texts(code):
        said = "".join(
            piece if isinstance(piece, str) else piece.fallback or piece.field.sample_in("en")
            for piece in parse(text).pieces
        )
        assert not QUIET_WORDS.search(said), said
        assert not re.search(r"\s[.,?!](\s|$)", said), said


@BY_CODE
def test_every_field_that_may_be_empty_has_a_fallback(code):
    for _channel, _language, text in texts(code):
        bare = [slot.field.name for slot in parse(text).slots if slot.fallback is None]
        assert [name for name in bare if not FIELDS[name].always] == []


@BY_CODE
def test_a_fallback_is_never_empty(code):
    for _channel, _language, text in texts(code):
        assert all(slot.fallback != "" for slot in parse(text).slots)


@pytest.mark.parametrize("entry", SPOKEN, ids=lambda entry: entry.code)
def test_a_marketing_text_message_begins_with_the_dealers_name(entry):
    if entry.purpose == "marketing" and "sms" in entry.wording:
        assert all(words.body.startswith("{ company.name }") for words in entry.wording["sms"].values())


@pytest.mark.parametrize("entry", SPOKEN, ids=lambda entry: entry.code)
def test_every_text_message_names_the_dealer(entry):
    assert all("{ company.name }" in words.body for words in entry.wording.get("sms", {}).values())


@BY_CODE
def test_a_text_message_has_plain_quotes_and_blanks(code):
    for channel, _language, text in texts(code):
        if channel == "sms":
            assert not set(text) & set("’‘“”«»…–—\u00a0\u202f")


@BY_CODE
def test_french_mail_and_print_are_set_as_in_quebec(code):
    for channel, language, text in texts(code):
        if language == "fr" and channel in ("email", "postcard", "letter"):
            assert "'" not in text
            assert not re.search(r"\s[?!;]| :", text)


def test_purposes_are_the_strict_ones():
    service = {entry.code for entry in SPOKEN if entry.purpose == "service"}
    twins = {f"{code}_P" for code in ("C_REM1", "C_REM2", "C_NOSHOW", "C_THANKS")}
    assert service == set(SERVICE) | twins | {"L_ORDER_USED", "J_PROGRESS_CODE"}


@pytest.mark.parametrize("code", ["J_UPSELL", "V04", "L_WARRANTY"])
def test_quebecs_legal_warranty_is_explained_before_another_is_offered(code):
    for channel, by_language in entry_of(code).wording.items():
        body = by_language["fr"].body
        if channel != "staff":
            offered = body.find("prolong")
            assert 0 <= body.find("garantie légale") < (offered if offered >= 0 else len(body))


@BY_CODE
def test_orders_billed_inside_the_house_are_left_out(code):
    entry = entry_of(code)
    if entry.subject == "repair_order" and not entry.better:
        asked = [rule for rule in entry.audience if rule.get("attribute") == "billing"]
        assert [(rule["operator"], rule["value"]) for rule in asked] == [("is_not", "internal")]


@BY_CODE
def test_appointment_entries_speak_again_when_the_visit_moves(code):
    entry = entry_of(code)
    if entry.subject == "appointment":
        assert entry.repeat == "each_time"
        if entry.kind == "appointment_reminder":
            assert entry.schedule["closed_day"] == "send"


def test_realtime_entries_need_facts_of_the_hour_and_others_of_the_day():
    assert entry_of("J_MISSED").fresh_within == {"appointment": 60, "repair_order": 60}
    assert entry_of("V03").fresh_within == {"sale": 26 * 60}


def test_two_entries_for_one_purpose_share_a_theme():
    pairs = (("J_CSI", "C_THANKS"), ("E01", "L_SERVICE"), ("J_SIX", "C_INACT"), ("C_NOSHOW", "J_MISSED"))
    assert all(entry_of(one).theme == entry_of(other).theme for one, other in pairs)


def test_the_demo_has_one_entry_of_each_theme():
    themes = [(entry.theme, entry.code.endswith("_P")) for entry in map(entry_of, DEMO)]
    assert len(set(themes)) == len(themes)


def test_the_demo_waits_for_nothing():
    assert [code for code in DEMO if unavailable(entry_of(code))] == []


def test_an_entry_whose_page_is_missing_says_so():
    assert library_line(entry_of("P01"))["waits_for"] == ["link.portal"]


@pytest.mark.parametrize(
    ("code", "name", "language", "said"),
    [
        ("J_SIX", "Relance après six mois", "en", "Six-month recall"),
        ("J_SIX", "Six-month recall", "et", "Kutse poole aasta pärast"),
        ("J_SIX", "Our own name", "fr", "Our own name"),
        ("MINE", "Six-month recall", "fr", "Six-month recall"),
        ("J_SIX", "Six-month recall", "de", "Six-month recall"),
    ],
)
def test_a_name_is_said_in_the_readers_language_until_somebody_changes_it(code, name, language, said):
    assert name_in(code, name, language) == said
