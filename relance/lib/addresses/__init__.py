"""Turns a telephone number, an e-mail address or a VIN as typed into the form in which it is used.

What cannot be used comes back as it was typed, `usable` False: it is kept and shown, never dropped.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, timezone

NANP_COUNTRIES = frozenset("US CA AG AI AS BB BM BS DM DO GD GU JM KN KY LC MP MS PR SX TC TT VC VG VI".split())  # noqa: SIM905
NANP = re.compile(r"(\+?1)?[\s.\-/]*\(?([2-9]\d{2})\)?[\s.\-/]*([2-9]\d{2})[\s.\-]*(\d{4})")
PLAIN_EMAIL = re.compile(
    r"[A-Za-z0-9_+%&'/=?^`{|}~#$*!\-]+(?:\.[A-Za-z0-9_+%&'/=?^`{|}~#$*!\-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
LONGEST_LOCAL, LONGEST_EMAIL = 64, 254
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
VIN_VALUES = dict(
    zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], strict=True)
)
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
NORTH_AMERICA = frozenset("12345")


class Number(NamedTuple):
    """A telephone number: E.164 when it can be used, and the time zones of its region (none: unknown)."""

    text: str
    usable: bool
    zones: tuple[str, ...]


@lru_cache(maxsize=10_000)
def said_number(text: str, country: str) -> str:
    """A number as people of `country` write it; one of another country with its prefix; no number stays as it is."""
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException:
        return text
    at_home = phonenumbers.country_code_for_region(country) == number.country_code
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    )


def read_phone(text: str, country: str) -> Number:
    """A number as typed by someone in `country`."""
    text = text.strip()
    plain = NANP.fullmatch(text)
    if plain and (country in NANP_COUNTRIES or text.startswith("+1")):
        area, office, rest = plain.group(2, 3, 4)
        usable, zones = _nanp_office(area + office)
        return Number(f"+1{area}{office}{rest}", True, zones) if usable else Number(text, False, ())
    return _any_phone(text, country)


@lru_cache(maxsize=100_000)
def _nanp_office(digits: str) -> tuple[bool, tuple[str, ...]]:
    """What holds for every number of one area code and office, so that it is asked once."""
    number = PhoneNumber(country_code=1, national_number=int(digits) * 10_000 + 1234)
    if not _is_mainland(digits[:3]) and not phonenumbers.is_valid_number(number):
        return False, ()
    return True, _zones(number)


@lru_cache(maxsize=1_000)
def _is_mainland(area: str) -> bool:
    """An area code of Canada or the United States, in which every office may exist."""
    number = PhoneNumber(country_code=1, national_number=int(area) * 10_000_000 + 2_341_234)
    return phonenumbers.region_code_for_number(number) in ("US", "CA")


@lru_cache(maxsize=50_000)
def _any_phone(text: str, country: str) -> Number:
    try:
        number = phonenumbers.parse(text[:60], country)
    except NumberParseException:
        return Number(text, False, ())
    if not phonenumbers.is_valid_number(number):
        return Number(text, False, ())
    return Number(phonenumbers.format_number(number, PhoneNumberFormat.E164), True, _zones(number))


def _zones(number: PhoneNumber) -> tuple[str, ...]:
    zones = timezone.time_zones_for_geographical_number(number)
    nowhere = zones == _zones_of_plan() or "Etc/Unknown" in zones  # a toll-free number has no region
    return () if nowhere else tuple(zones)


@lru_cache(maxsize=1)
def _zones_of_plan() -> tuple[str, ...]:
    """All zones of the North American plan: what the library answers when it knows no region."""
    return tuple(timezone.time_zones_for_number(phonenumbers.parse("+18005550101", None)))


def read_email(text: str) -> tuple[str, bool]:
    """An address with its domain in small letters, and whether it has the form of one."""
    text = text.strip()
    local, _, domain = text.rpartition("@")
    if PLAIN_EMAIL.fullmatch(text) and len(local) <= LONGEST_LOCAL and len(text) <= LONGEST_EMAIL:
        return f"{local}@{domain.lower()}", True
    if len(text) > LONGEST_EMAIL or text.isascii():  # the long way is for addresses with letters like ü
        return text, False
    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized, True
    except EmailNotValidError:
        return text, False


def read_vin(text: str) -> tuple[str, bool]:
    """A VIN in capitals, and whether length, letters and (North American) check digit are right."""
    vin = text.strip().upper()
    if not VIN.fullmatch(vin) or (vin[0] in NORTH_AMERICA and not has_check_digit(vin)):
        return text.strip(), False
    return vin, True


def has_check_digit(vin: str) -> bool:
    """Whether the ninth sign of a well-formed VIN checks the others."""
    left = sum(VIN_VALUES[sign] * weight for sign, weight in zip(vin, VIN_WEIGHTS, strict=True)) % 11
    return vin[8] == ("X" if left == 10 else str(left))
