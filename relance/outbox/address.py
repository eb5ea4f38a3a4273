"""Turns a customer's facts into the address of a channel, or into the reason why there is none to use."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from relance.lib.addresses.postal import Home, address_lines

Facts = Mapping[str, Any]


class Address(NamedTuple):
    """Where a channel reaches a person. `compared` is the form in which suppressions are stored."""

    text: str | None = None
    compared: str | None = None
    fault: str | None = None  # no_address | bad_address


NONE, BAD = Address(fault="no_address"), Address(fault="bad_address")


def _number(facts: Facts, *columns: str) -> Address:
    for column in columns:
        text = facts[f"customer.{column}"]
        if text:
            return Address(text, text) if facts[f"customer.{column}_usable"] else BAD
    return NONE


def _sms(facts: Facts, home: Home) -> Address:
    return _number(facts, "mobile")


def _phone(facts: Facts, home: Home) -> Address:
    return _number(facts, "phone", "mobile")


def _email(facts: Facts, home: Home) -> Address:
    text = facts["customer.email"]
    if not text:
        return NONE
    return Address(text, facts["customer.email_folded"]) if facts["customer.email_usable"] else BAD


def has_post(facts: Facts, home: Home) -> Address:
    """Whether there is a postal address, without writing it: for whoever only counts."""
    is_there = facts["customer.address"] and (facts["customer.city"] or facts["customer.postal_code"])
    return UNWRITTEN if is_there else NONE


def _post(facts: Facts, home: Home) -> Address:
    """A street with a city or a postal code, in lines as an envelope has them."""
    street, city, code = facts["customer.address"], facts["customer.city"], facts["customer.postal_code"]
    if has_post(facts, home).fault:
        return NONE
    place = (city or "", facts["customer.region"] or "", code or "")
    text = "\n".join(address_lines(facts["customer.name"], street, place, facts["customer.country"], home))
    return Address(text, text)


AT_A_DESK = Address()  # staff read on a page
UNWRITTEN = Address()


def _staff(facts: Facts, home: Home) -> Address:
    return AT_A_DESK


ADDRESS_OF: dict[str, Callable[[Facts, Home], Address]] = {
    "sms": _sms,
    "email": _email,
    "postcard": _post,
    "letter": _post,
    "phone": _phone,
    "staff": _staff,
}
_POST = ("name", "address", "city", "region", "postal_code", "country")
_COLUMNS: dict[str, tuple[str, ...]] = {
    "sms": ("mobile", "mobile_usable", "mobile_zones"),
    "email": ("email", "email_folded", "email_usable"),
    "postcard": _POST,
    "letter": _POST,
    "phone": ("phone", "phone_usable", "phone_zones", "mobile", "mobile_usable", "mobile_zones"),
    "staff": (),
}
NEEDS_OF = {channel: frozenset(f"customer.{c}" for c in columns) for channel, columns in _COLUMNS.items()}
ZONES_OF = {"sms": ("mobile",), "phone": ("phone", "mobile")}


def zones_of(channel: str, facts: Facts) -> tuple[ZoneInfo, ...]:
    """The time zones in which the address may be; none known: empty, the dealer's."""
    for column in ZONES_OF.get(channel, ()):
        if facts[f"customer.{column}"]:
            return _zones(facts[f"customer.{column}_zones"] or "")
    return ()


@lru_cache(maxsize=1_000)
def _zones(names: str) -> tuple[ZoneInfo, ...]:
    return tuple(ZoneInfo(name) for name in names.split())
