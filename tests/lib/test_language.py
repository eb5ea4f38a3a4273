"""Days, times, money and lists in four languages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.lib.language import LANGUAGES, Speech, currency_of, locale_of
from relance.lib.sms import size_of

TORONTO = ZoneInfo("America/Toronto")
SPEECHES = {
    "en_CA": Speech("en", "CA", TORONTO, "CAD"),
    "en_US": Speech("en", "US", TORONTO, "USD"),
    "en_EE": Speech("en", "EE", ZoneInfo("Europe/Tallinn"), "EUR"),
    "fr_CA": Speech("fr", "CA", TORONTO, "CAD"),
    "es_US": Speech("es", "US", TORONTO, "USD"),
    "et_EE": Speech("et", "EE", ZoneInfo("Europe/Tallinn"), "EUR"),
}
DAY = date(2026, 4, 1)
MOMENT = datetime(2026, 4, 1, 13, 5, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    ("place", "day", "near", "weekday", "time"),
    [
        ("en_CA", "April 1, 2026", "Wednesday, April 1", "Wednesday", "9:05 a.m."),
        ("en_US", "April 1, 2026", "Wednesday, April 1", "Wednesday", "9:05 AM"),
        ("en_EE", "1 April 2026", "Wednesday, 1 April", "Wednesday", "16:05"),
        ("fr_CA", "1er avril 2026", "mercredi 1er avril", "mercredi", "9 h 05"),
        ("es_US", "1 de abril de 2026", "miércoles, 1 de abril", "miércoles", "9:05 a.m."),
        ("et_EE", "1. aprill 2026", "kolmapäev, 1. aprill", "kolmapäev", "16:05"),
    ],
)
def test_a_day_is_said_as_people_say_it(place: str, day: str, near: str, weekday: str, time: str) -> None:
    speech = SPEECHES[place]
    assert (speech.day(DAY), speech.near_day(DAY), speech.weekday(DAY)) == (day, near, weekday)
    assert speech.time(MOMENT) == time
    assert speech.moment(MOMENT) == f"{speech.full_day(DAY)}, {time}"


@pytest.mark.parametrize(
    ("place", "money", "number"),
    [
        ("en_CA", "$1,234.50", "84,213"),
        ("en_US", "$1,234.50", "84,213"),
        ("fr_CA", "1 234,50 $", "84 213"),
        ("es_US", "$1,234.50", "84,213"),
        ("et_EE", "1 234,50 €", "84 213"),
    ],
)
def test_amounts_are_written_as_in_the_country(place: str, money: str, number: str) -> None:
    assert SPEECHES[place].money(Decimal("1234.5")) == money
    assert SPEECHES[place].number(Decimal("84213.4")) == number


def test_a_currency_without_a_sign_of_its_own_keeps_its_letters() -> None:
    assert "SEK" in Speech("en", "CA", TORONTO, "SEK").money(Decimal(5))


@pytest.mark.parametrize(
    ("place", "items", "said"),
    [
        ("en_CA", ["a", "b", "c"], "a, b and c"),
        ("fr_CA", ["a", "b"], "a et b"),
        ("es_US", ["a", "b"], "a y b"),
        ("es_US", ["a", "Iglesia"], "a e Iglesia"),
        ("es_US", ["a", "hielo"], "a y hielo"),
        ("et_EE", ["a", "b"], "a ja b"),
        ("en_CA", ["a"], "a"),
        ("en_CA", [], ""),
    ],
)
def test_a_list_ends_with_and(place: str, items: list[str], said: str) -> None:
    assert SPEECHES[place].joined(items) == said


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("en_CA", "a, b and 2 more"),
        ("fr_CA", "a, b et 2 de plus"),
        ("es_US", "a, b y 2 más"),
        ("et_EE", "a, b ja veel 2"),
    ],
)
def test_a_long_list_counts_the_rest(place: str, said: str) -> None:
    assert SPEECHES[place].joined(["a", "b", "c", "d"], 2) == said


@pytest.mark.parametrize("speech", SPEECHES.values(), ids=SPEECHES)
@given(
    moment=st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    amount=st.decimals(0, 99999, places=2),
)
def test_blanks_are_plain(speech: Speech, moment: datetime, amount: Decimal) -> None:
    said = f"{speech.moment(moment)}|{speech.near_day(moment)}|{speech.money(amount)}|{speech.number(amount)}"
    assert not {"\u00a0", "\u202f", "\u2009"} & set(said)


def test_a_french_time_costs_no_second_alphabet() -> None:
    assert size_of(SPEECHES["fr_CA"].moment(MOMENT)).encoding == "GSM-7"


def test_a_day_is_that_of_the_dealers_zone() -> None:
    assert SPEECHES["en_CA"].day(datetime(2026, 4, 2, 3, 0, tzinfo=UTC)) == "April 1, 2026"


@pytest.mark.parametrize(
    ("language", "country", "locale"),
    [
        ("fr", "ca", "fr_CA"),
        ("fr", "US", "fr_CA"),
        ("es", "CA", "es_US"),
        ("et", "CA", "et_EE"),
        ("en", "EE", "en_150"),
    ],
)
def test_an_unusual_pair_speaks_as_our_wordings_do(language: str, country: str, locale: str) -> None:
    assert str(locale_of(language, country)) == locale


@pytest.mark.parametrize(
    ("country", "currency"), [("CA", "CAD"), ("US", "USD"), ("EE", "EUR"), ("ee", "EUR"), ("XX", "EUR")]
)
def test_a_country_has_its_currency(country: str, currency: str) -> None:
    assert currency_of(country) == currency


def test_every_language_has_a_speech() -> None:
    assert {speech.language for speech in SPEECHES.values()} == set(LANGUAGES)
