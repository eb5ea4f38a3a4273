"""Turns typed cells into the fields that need more than copying: names, addresses, codes, what follows."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from relance.facts.tidy.names import name_case
from relance.facts.tidy.tongues import two_letters
from relance.facts.tidy.vin import decode
from relance.lib.addresses import read_email, read_phone, read_vin
from relance.lib.fold import fold

if TYPE_CHECKING:
    from relance.facts.shapes import Put, Row, Terms

COUNTRIES = {
    "canada": "CA", "usa": "US", "united states": "US", "united states of america": "US", "etats-unis": "US",
    "estados unidos": "US", "eesti": "EE", "estonia": "EE", "estonie": "EE", "mexico": "MX", "mexique": "MX",
    "france": "FR", "espana": "ES", "spain": "ES", "u.s.a.": "US", "u.s.": "US",
}  # fmt: skip
SYNONYMS = {"service_advisor": "advisor"}
TYPED = "as_typed"
LETTERS_OF_COUNTRY = 2


def person_name(name: str) -> "Put":
    """A name in name case; the original is kept when it was typed otherwise."""
    beside = f"{name}_folded" if name != "mailing_name" else None

    def put(row: "Row", value: Any, terms: "Terms") -> None:
        shown = None if value is None else name_case(value)
        row[name] = shown
        if beside:
            row[beside] = None if shown is None else fold(shown)
        _keep(row, name, value, shown)

    return put


def email(row: "Row", value: Any, terms: "Terms") -> None:
    """An e-mail address, as compared, and whether it can be used."""
    shown, usable = (None, None) if value is None else read_email(value)
    row["email"], row["email_usable"] = shown, usable
    row["email_folded"] = None if shown is None else fold(shown)
    _keep(row, "email", value, shown)
    if usable is False:
        terms.seen["an e-mail address that cannot be used", ""] += 1


def language(row: "Row", value: Any, terms: "Terms") -> None:
    """Two letters; a word that is no language we know is unknown, and said."""
    row["language"] = None if value is None else two_letters(value)
    if value is not None and row["language"] is None:
        terms.seen["a language that we do not know", value] += 1


def roles(row: "Row", value: Any, terms: "Terms") -> None:
    """Roles in our words, each once."""
    row["roles"] = list(dict.fromkeys(SYNONYMS.get(role, role) for role in value or ()))


def vin(row: "Row", value: Any, terms: "Terms") -> None:
    """A VIN, as compared, and whether it can be one."""
    shown, usable = (None, None) if value is None else read_vin(value)
    row["vin"], row["vin_usable"] = shown, usable
    row["vin_folded"] = None if shown is None else fold(shown)
    if usable is False:
        terms.seen["a VIN that cannot be right", ""] += 1


def customer(row: "Row", old: "Row | None", terms: "Terms") -> None:
    """Telephone numbers by the customer's country, else the dealer's; the name that is shown; what was typed."""
    country = _country(_now(row, old, "country")) or terms.country
    for name in ("mobile", "phone"):
        if name in row:
            _phone(row, name, country, terms)
    first, last = _now(row, old, "first_name"), _now(row, old, "last_name")
    person = " ".join(part for part in (first, last) if part)
    name = _now(row, old, "mailing_name") or person or _now(row, old, "company")
    row["name"] = name
    row["name_folded"] = None if name is None else fold(name)
    kept = {key: text for key, text in (old[TYPED] if old else {}).items() if key not in row}
    row[TYPED] = kept | row.get(TYPED, {})


def _phone(row: "Row", name: str, country: str, terms: "Terms") -> None:
    value = row[name]
    number = None if value is None else read_phone(value, country)
    row[name] = number.text if number else None
    row[f"{name}_usable"] = number.usable if number else None
    row[f"{name}_zones"] = " ".join(number.zones) or None if number else None
    _keep(row, name, value, row[name])
    if number and not number.usable:
        terms.seen["a telephone number that cannot be used", ""] += 1


def _country(text: str | None) -> str | None:
    if text is None:
        return None
    return text.upper() if len(text) == LETTERS_OF_COUNTRY else COUNTRIES.get(fold(text))


def consent(row: "Row", old: "Row | None", terms: "Terms") -> None:
    """Entries of a feed are the feed's: they never undo what a person did."""
    row["by"] = "feed"


def vehicle(row: "Row", old: "Row | None", terms: "Terms") -> None:
    """Make and year out of the VIN where the feed leaves them empty; `decoded` says which ones."""
    before = set(old["decoded"]) if old else set()
    given = {
        name: row[name] if name in row else None if name in before else _now(row, old, name)
        for name in ("make", "year")
    }
    number = _now(row, old, "vin")
    found = decode(number) if number and None in given.values() else None
    row["decoded"] = []
    for name, value in given.items():
        if value is None and found and getattr(found, name) is not None:
            value = getattr(found, name)
            row["decoded"].append(name)
        row[name] = value
    row["make_folded"] = None if row["make"] is None else fold(row["make"])


def appointment(row: "Row", old: "Row | None", terms: "Terms") -> None:
    """The canonical status by the dealer's map, else by the words; a code that neither knows is unknown, and said."""
    raw = _now(row, old, "raw_status_folded")
    row["status"] = None if raw is None else terms.appointment_codes.get(raw)
    if raw is not None and row["status"] is None:
        terms.seen["a status that neither the map nor the words know", row.get("raw_status") or raw] += 1


def repair_order(row: "Row", old: "Row | None", terms: "Terms") -> None:
    """The state, and who was billed: the first amount above zero."""
    raw = _now(row, old, "raw_status_folded")
    closed = _now(row, old, "closed_at") is not None
    row["state"] = "closed" if closed else terms.order_codes.get(raw or "", "open")
    row["billing"] = next(
        (who for who in ("customer", "warranty", "internal") if (_now(row, old, f"{who}_sale") or Decimal(0)) > 0), None
    )


def _now(row: "Row", old: "Row | None", name: str) -> Any:
    """The field as it will be: as the row says, else as it was."""
    if name in row:
        return row[name]
    return old[name] if old else None


def _keep(row: "Row", name: str, typed: Any, shown: Any) -> None:
    if typed != shown:
        row.setdefault(TYPED, {})[name] = typed
