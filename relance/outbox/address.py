"""Turns a customer's facts into the address of a channel, or into the reason why there is none to use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from relance.lib.addresses.postal import Home, address_lines

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a channel reaches a person. `compared` is the form in which suppressions are stored."""

    text: str | None = None
    compared: str | None = None
    fault: str | None = None  # no_address | bad_address


def _number(facts: Facts, *columns: str) -> Address:
    for column in columns:
        text = facts[f"customer.{column}"]
        if text:
            if not facts[f"customer.{column}_usable"]:
                return Address(fault="bad_address")
            return Address(text, text)
    return Address(fault="no_address")


def _sms(facts: Facts, home: Home) -> Address:
    return _number(facts, "mobile")


def _phone(facts: Facts, home: Home) -> Address:
    return _number(facts, "phone", "mobile")


def _email(facts: Facts, home: Home) -> Address:
    text = facts["customer.email"]
    if not text:
        return Address(fault="no_address")
    return (
        Address(text, facts["customer.email_folded"])
        if facts["customer.email_usable"]
        else Address(fault="bad_address")
    )


def _post(facts: Facts, home: Home) -> Address:
    """A street with a city or a postal code, in lines as an envelope has them."""
    street, city, code = (facts[f"customer.{c}"] for c in ("address", "city", "postal_code"))
    if not street or not (city or code):
        return Address(fault="no_address")
    place = (city or "", facts["customer.region"] or "", code or "")
    text = "\n".join(address_lines(facts["customer.name"], street, place, facts["customer.country"], home))
    return Address(text, text)


def _staff(facts: Facts, home: Home) -> Address:
    return Address()


ADDRESS_OF: dict[str, Callable[[Facts, Home], Address]] = {
    "sms": _sms,
    "email": _email,
    "postcard": _post,
    "letter": _post,
    "phone": _phone,
    "staff": _staff,
}
NEEDS = frozenset(
    f"customer.{column}"
    for column in (
        "name", "email", "email_folded", "email_usable", "mobile", "mobile_usable", "mobile_zones", "phone",
        "phone_usable", "phone_zones", "address", "city", "region", "postal_code", "country",
    )
)  # fmt: skip
ZONES_OF = {"sms": ("mobile",), "phone": ("phone", "mobile")}


def zones_of(channel: str, facts: Facts) -> tuple[ZoneInfo, ...]:
    """The time zones in which the address may be; none known: empty, the dealer's."""
    for column in ZONES_OF.get(channel, ()):
        if facts[f"customer.{column}"]:
            return tuple(ZoneInfo(name) for name in (facts[f"customer.{column}_zones"] or "").split())
    return ()
