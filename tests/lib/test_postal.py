"""Addresses in the form of each country's post, from what people typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.lib.addresses.postal import Home, address_lines, country_code

CANADA, STATES, ESTONIA = Home("CA", "fr"), Home("US", "en"), Home("EE", "et")

CASES = [
    (("Montréal", "Québec", "h2x1y4"), None, CANADA, ["MONTRÉAL QC  H2X 1Y4"]),
    (("Ottawa", "on", "K1A-0B1"), "Canada", CANADA, ["OTTAWA ON  K1A 0B1"]),
    (("Moncton", "Nouveau-Brunswick", "E1C 1A1"), "Canada", STATES, ["MONCTON NB  E1C 1A1", "CANADA"]),
    (("Burlington", "Vermont", "054011234"), "USA", STATES, ["BURLINGTON VT 05401-1234"]),
    (("Burlington", "vt", "05401"), "United States", CANADA, ["BURLINGTON VT 05401", "ÉTATS-UNIS"]),
    (("Tallinn", "Harju maakond", "10111"), "Eesti", ESTONIA, ["10111 Tallinn"]),
    (("Paris", "", "75001"), "France", ESTONIA, ["75001 PARIS", "PRANTSUSMAA"]),
    (("München", "Bayern", "80331"), "Germany", STATES, ["80331 München", "GERMANY"]),
    (("Alcalá", "Madrid", "28801"), "España", CANADA, ["28801 ALCALÁ", "MADRID", "ESPAGNE"]),
    (("Rīga", "", "lv-1010"), "LV", ESTONIA, ["Rīga, LV-1010", "LÄTI"]),
    (("Leeds", "", "ls1 4ap"), "UK", STATES, ["LEEDS", "LS1 4AP", "UNITED KINGDOM"]),
    (("Puebla", "pue.", "72000"), "Mexico", STATES, ["72000 Puebla, PUE.", "MEXICO"]),
    (("Springfield", "", ""), "Nowhere", STATES, ["Springfield", "NOWHERE"]),
]


@pytest.mark.parametrize(("place", "country", "home", "expected"), CASES)
def test_the_last_lines_are_as_that_countrys_post_wants_them(place, country, home, expected):
    assert address_lines("Ann Lee", "1 Main St", place, country, home) == ["Ann Lee", "1 Main St", *expected]


def test_a_street_of_two_lines_stays_two_lines():
    lines = address_lines(None, "Suite 4\n1 Main St", ("Laval", "QC", ""), "CA", CANADA)
    assert lines == ["Suite 4", "1 Main St", "LAVAL QC"]


@pytest.mark.parametrize("word", ["Canada", " canada", "CA", "Kanada", "Canadá"])
def test_a_country_is_known_in_our_languages(word):
    assert country_code(word) == "CA"


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.sampled_from(["CA", "US", "EE", "", "x"]))
def test_whatever_was_typed_gives_lines_without_empty_ones(city, region, code, country):
    assert all(line.strip() == line and line for line in address_lines("A", "B", (city, region, code), country, CANADA))
