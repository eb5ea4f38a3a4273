"""Turns a street, a place, a region, a postal code and a country into the lines of an address as its post wants them.

Canada Post: `MONTRÉAL QC  H2X 1Y4`; USPS: `BURLINGTON VT 05401-1234`; Europe: `80331 München`. The name, the street and
whatever the post does not ask for stay as they were typed. Mail that crosses a border ends with the country's name.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale

from relance.lib.fold import fold

CA_CODE = re.compile(r"([A-Z]\d[A-Z])[ -]?(\d[A-Z]\d)")
US_CODE = re.compile(r"(\d{5})[ -]?(\d{4})")
CA_REGIONS = {
    "alberta": "AB", "british columbia": "BC", "colombie-britannique": "BC", "manitoba": "MB", "new brunswick": "NB",
    "nouveau-brunswick": "NB", "newfoundland": "NL", "newfoundland and labrador": "NL", "terre-neuve-et-labrador": "NL",
    "nova scotia": "NS", "nouvelle-ecosse": "NS", "ontario": "ON", "prince edward island": "PE",
    "ile-du-prince-edouard": "PE", "quebec": "QC", "saskatchewan": "SK", "northwest territories": "NT",
    "territoires du nord-ouest": "NT", "nunavut": "NU", "yukon": "YT",
}  # fmt: skip
US_REGIONS = {
    "alabama": "AL", "alaska": "AK", "arizona": "AZ", "arkansas": "AR", "california": "CA", "colorado": "CO",
    "connecticut": "CT", "delaware": "DE", "district of columbia": "DC", "florida": "FL", "georgia": "GA",
    "hawaii": "HI", "idaho": "ID", "illinois": "IL", "indiana": "IN", "iowa": "IA", "kansas": "KS", "kentucky": "KY",
    "louisiana": "LA", "maine": "ME", "maryland": "MD", "massachusetts": "MA", "michigan": "MI", "minnesota": "MN",
    "mississippi": "MS", "missouri": "MO", "montana": "MT", "nebraska": "NE", "nevada": "NV", "new hampshire": "NH",
    "new jersey": "NJ", "new mexico": "NM", "new york": "NY", "north carolina": "NC", "north dakota": "ND",
    "ohio": "OH", "oklahoma": "OK", "oregon": "OR", "pennsylvania": "PA", "puerto rico": "PR", "rhode island": "RI",
    "south carolina": "SC", "south dakota": "SD", "tennessee": "TN", "texas": "TX", "utah": "UT", "vermont": "VT",
    "virginia": "VA", "washington": "WA", "west virginia": "WV", "wisconsin": "WI", "wyoming": "WY",
}  # fmt: skip
OTHER_NAMES = {"usa": "US", "u.s.a.": "US", "u.s.": "US", "united states of america": "US", "etats-unis": "US",
               "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "holland": "NL",
               "czech republic": "CZ"}  # fmt: skip
LANGUAGES = ("en", "fr", "es", "et")
Place = tuple[str, str, str]  # city, region, postal code; each may be empty


@dataclass(frozen=True)
class Home:
    """Where a letter begins: mail inside this country carries no country's name."""

    country: str
    language: str = "en"


def address_lines(name: str | None, street: str, place: Place, country: str | None, home: Home) -> list[str]:
    """The lines of an address, the name first. `country` as somebody typed it; empty is the sender's own."""
    code = country_code(country) if country else home.country
    form = FORMS.get(code or "", _plain)
    lines = [name or "", *street.splitlines(), *form(*(part.strip() for part in place))]
    if code != home.country:
        lines.append(_country_line(code, country or "", home))
    return [line for line in map(str.strip, lines) if line]


@lru_cache(maxsize=1_000)
def country_code(text: str) -> str | None:
    """`Canada`, `canada`, `CA`, `CAN`, `Eesti` as two letters; None for a word that is no country."""
    wanted = fold(text)
    return OTHER_NAMES.get(wanted) or _names().get(wanted)


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Countries by their names in our languages and by their codes, folded."""
    found: dict[str, str] = {}
    for language in (*LANGUAGES, "de", "it", "fi"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(fold(name), code)
                found.setdefault(code.lower(), code)
    return found


def _country_line(code: str | None, typed: str, home: Home) -> str:
    """In capitals, in the language of the country that the letter leaves."""
    name = Locale(home.language).territories.get(code) if code else None
    return (name or typed).upper()


def _canada(city: str, region: str, code: str) -> list[str]:
    """Canada Post: one blank before the province, two before the code."""
    found = CA_CODE.fullmatch(code.upper())
    code = f"{found[1]} {found[2]}" if found else code.upper()
    place = _words(city.upper(), _region(region, CA_REGIONS))
    return ["  ".join(part for part in (place, code) if part)]


def _states(city: str, region: str, code: str) -> list[str]:
    found = US_CODE.fullmatch(code)
    code = f"{found[1]}-{found[2]}" if found else code.upper()
    return [_words(city.upper(), _region(region, US_REGIONS), code)]


def _britain(city: str, region: str, code: str) -> list[str]:
    return [city.upper(), code.upper()]


def _code_first(city: str, region: str, code: str) -> list[str]:
    """Most of Europe: the code before the place; a region only where there is no place."""
    return [_words(code.upper(), city or region)]


def _code_first_in_capitals(city: str, region: str, code: str) -> list[str]:
    return [_words(code.upper(), (city or region).upper())]


def _spain(city: str, region: str, code: str) -> list[str]:
    province = region if fold(region) != fold(city) else ""
    return [_words(code, city.upper()), province.upper()]


def _latvia(city: str, region: str, code: str) -> list[str]:
    return [", ".join(part for part in (city or region, code.upper()) if part)]


def _mexico(city: str, region: str, code: str) -> list[str]:
    place = ", ".join(part for part in (city, region.upper()) if part)
    return [_words(code, place)]


def _australia(city: str, region: str, code: str) -> list[str]:
    return [_words(city.upper(), region.upper(), code)]


def _plain(city: str, region: str, code: str) -> list[str]:
    """A country whose form we do not know: everything that was typed."""
    return [_words(city, region, code.upper())]


def _region(text: str, short: dict[str, str]) -> str:
    return short.get(fold(text), text.upper())


def _words(*parts: str) -> str:
    return " ".join(part for part in parts if part)


Form = Callable[[str, str, str], list[str]]
FORMS: dict[str, Form] = {
    "CA": _canada,
    "US": _states,
    "PR": _states,
    "GB": _britain,
    "IE": _plain,
    "ES": _spain,
    "LV": _latvia,
    "MX": _mexico,
    "AU": _australia,
    **dict.fromkeys(("FR", "IT", "MC", "BE", "LU"), _code_first_in_capitals),
    **dict.fromkeys(
        ("EE", "LT", "FI", "SE", "NO", "DK", "IS", "DE", "AT", "CH", "LI", "NL", "PL", "CZ", "SK", "PT", "SI", "HR",
         "BG", "RO", "GR", "CY", "HU", "MT"),
        _code_first,
    ),
}  # fmt: skip
