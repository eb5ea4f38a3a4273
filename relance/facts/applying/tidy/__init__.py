"""Turns columns of cells into the fields that need more than copying: names, addresses, codes, what follows."""

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from relance.facts.applying.sheet import Sheet, json_text
from relance.facts.applying.tidy.names import name_case
from relance.facts.applying.tidy.tongues import two_letters
from relance.lib.addresses import read_email, read_phone, read_vin
from relance.lib.fold import fold

if TYPE_CHECKING:
    from relance.facts.applying.shapes import Put, Terms

COUNTRIES = {
    "canada": "CA", "usa": "US", "united states": "US", "united states of america": "US", "etats-unis": "US",
    "estados unidos": "US", "eesti": "EE", "estonia": "EE", "estonie": "EE", "mexico": "MX", "mexique": "MX",
    "france": "FR", "espana": "ES", "spain": "ES", "u.s.a.": "US", "u.s.": "US",
}  # fmt: skip
SYNONYMS = {"service_advisor": "advisor"}
TYPED = "as_typed"
BILLED = ("customer", "warranty", "internal")
NOTHING = (None, None)
FROM_VIN = ("make", "model", "year")
LETTERS_OF_COUNTRY = 2


def person_name(name: str) -> "Put":
    """A name in name case; the original is kept when it was typed otherwise."""
    is_compared = name != "mailing_name"

    def put(sheet: Sheet, values: list[Any], terms: "Terms") -> None:
        shown = [None if value is None else name_case(value) for value in values]
        if is_compared:
            sheet.put_folded(name, shown)
        else:
            sheet.put(name, shown)
        sheet.keep_typed(name, values, shown)

    return put


def email(sheet: Sheet, values: list[Any], terms: "Terms") -> None:
    """An e-mail address, as compared, and whether it can be used."""
    shown, usable = _pairs([NOTHING if value is None else read_email(value) for value in values])
    sheet.put_folded("email", shown)
    sheet.put("email_usable", usable)
    sheet.keep_typed("email", values, shown)
    terms.see(gettext("an e-mail address that cannot be used"), usable.count(False))


def language(sheet: Sheet, values: list[Any], terms: "Terms") -> None:
    """Two letters; a word that is no language we know is unknown, and said."""
    letters = [None if value is None else two_letters(value) for value in values]
    sheet.put("language", letters)
    for value, found in zip(values, letters, strict=True):
        if found is None and value is not None:
            terms.see(gettext("a language that we do not know"), 1, value)


def roles(sheet: Sheet, values: list[Any], terms: "Terms") -> None:
    """Roles in our words, each once."""
    named = [tuple(dict.fromkeys(SYNONYMS.get(role, role) for role in value or ())) for value in values]
    sheet.put("roles", [json_text(names) for names in named])


def vin(sheet: Sheet, values: list[Any], terms: "Terms") -> None:
    """A VIN, as compared, and whether it can be one."""
    shown, usable = _pairs([NOTHING if value is None else read_vin(value) for value in values])
    sheet.put_folded("vin", shown)
    sheet.put("vin_usable", usable)
    terms.see(gettext("a VIN that cannot be right"), usable.count(False))


def customer(sheet: Sheet, terms: "Terms") -> None:
    """Telephone numbers by the customer's country, else the dealer's; the name that is shown; what was typed."""
    countries = [terms.country if text is None else _country(text) or terms.country for text in sheet.now("country")]
    for name in ("mobile", "phone"):
        if name in sheet.columns:
            _phone(sheet, name, countries, terms)
    names = [
        mailing or (f"{first} {last}" if first and last else first or last) or company
        for mailing, first, last, company in zip(
            *map(sheet.now, ("mailing_name", "first_name", "last_name", "company")), strict=True
        )
    ]
    sheet.put_folded("name", names)
    sheet.put(TYPED, [_typed(sheet, place, old) for place, old in enumerate(sheet.olds)])


def _typed(sheet: Sheet, place: int, old: dict[str, Any] | None) -> str | None:
    typed = sheet.typed.get(place)
    if old is None and typed is None:
        return "{}"
    before = json.loads(old[TYPED]) if old else {}
    kept = {name: text for name, text in before.items() if name not in sheet.columns}
    return json_text(kept | (typed or {}))


def _phone(sheet: Sheet, name: str, countries: list[str], terms: "Terms") -> None:
    typed = sheet.columns[name]
    numbers = [text and read_phone(text, country) for text, country in zip(typed, countries, strict=True)]
    shown = [number and number.text for number in numbers]
    usable = [number and number.usable for number in numbers]
    sheet.put(name, shown)
    sheet.put(f"{name}_usable", usable)
    sheet.put(f"{name}_zones", [number and _zones(number.zones) for number in numbers])
    sheet.keep_typed(name, typed, shown)
    terms.see(gettext("a telephone number that cannot be used"), usable.count(False))


@lru_cache(maxsize=1_000)
def _zones(zones: tuple[str, ...]) -> str | None:
    return " ".join(zones) or None


@lru_cache(maxsize=1_000)
def _country(text: str) -> str | None:
    return text.upper() if len(text) == LETTERS_OF_COUNTRY else COUNTRIES.get(fold(text))


def consent(sheet: Sheet, terms: "Terms") -> None:
    """Entries of a feed are the feed's: they never undo what a person did."""
    sheet.put("by", ["feed"] * len(sheet.olds))


def appointment(sheet: Sheet, terms: "Terms") -> None:
    """The canonical status by the dealer's map, else by the words; a code that neither knows is unknown, and said."""
    raw = sheet.now("raw_status_folded")
    statuses = [None if code is None else terms.appointment_codes.get(code) for code in raw]
    sheet.put("status", statuses)
    for code, status, shown in zip(raw, statuses, sheet.now("raw_status"), strict=True):
        if status is None and code is not None:
            terms.see(gettext("a status that neither the map nor the words know"), 1, shown)


def repair_order(sheet: Sheet, terms: "Terms") -> None:
    """The state, and who was billed: the first amount above zero."""
    codes = terms.order_codes
    sheet.put(
        "state",
        [
            "closed" if closed is not None else codes.get(code or "", "open")
            for closed, code in zip(sheet.now("closed_at"), sheet.now("raw_status_folded"), strict=True)
        ],
    )
    sales = [sheet.now(f"{who}_sale") for who in BILLED]
    sheet.put("billing", [_billing(amounts) for amounts in zip(*sales, strict=True)])


def _billing(amounts: tuple[str | None, ...]) -> str | None:
    for who, amount in zip(BILLED, amounts, strict=True):
        if amount is not None and float(amount) > 0:
            return who
    return None


def _pairs(found: list[tuple[Any, Any]]) -> tuple[list[Any], list[Any]]:
    return [first for first, _ in found], [second for _, second in found]


def vehicle(sheet: Sheet, terms: "Terms") -> None:
    """What the VIN filled stays while the feed leaves it empty and the VIN is the same; else the VIN waits."""
    found = [
        _filled(sheet, place, old, number, usable)
        for place, (old, number, usable) in enumerate(
            zip(sheet.olds, sheet.now("vin_folded"), sheet.now("vin_usable"), strict=True)
        )
    ]
    make, model, year, decoded, waits = map(list, zip(*found, strict=True))
    sheet.put_folded("make", make)
    sheet.put_folded("model", model)
    sheet.put("year", year)
    sheet.put("decoded", decoded)
    sheet.put("vin_waits", waits)


def _filled(sheet: Sheet, place: int, old: dict[str, Any] | None, number: str | None, usable: bool | None) -> Any:
    """(make, model, year, which of them the VIN filled, whether the VIN waits) of one vehicle."""
    columns = sheet.columns
    if old is None:
        values = [columns[name][place] if name in columns else None for name in FROM_VIN]
        return *values, "[]", True if usable and None in values else None
    before = json.loads(old["decoded"])
    is_same = old["vin_folded"] == number
    values, decoded, is_news = [], [], not is_same
    for name in FROM_VIN:
        value = columns[name][place] if name in columns else None if name in before else old[name]
        if value is None and is_same and name in before:
            value = old[name]
            decoded.append(name)
        is_news |= value is None and old[name] is not None
        values.append(value)
    waits = bool(usable) and None in values and (is_news or bool(old["vin_waits"]))
    return *values, json_text(tuple(decoded)), waits or None
