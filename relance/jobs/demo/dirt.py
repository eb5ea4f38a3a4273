"""Turns one customer in twenty into a row that cannot be taken in, as real exports have them.

Such rows are additional ones under ids of their own, so that nothing leads to them.
"""

from random import Random

from relance.jobs.demo.people import Person, reseed
from relance.jobs.demo.world import MINUTES, World

Row = tuple[str, ...]

SHARE = 0.05
STRANGER = "C9999999"  # a customer whom nobody knows
PLANTED = "X"  # how the ids of planted rows begin


def dirty_rows(world: World, random: Random, person: Person, at: int) -> tuple[str, Row] | None:
    """A planted row of this customer and its file, from a day after he came."""
    reseed(random, world, person.number, 6)
    r = random.random
    if r() >= SHARE:
        return None
    shows, kind = person.created + int(r() * 200) * MINUTES, int(r() * len(KINDS))
    return KINDS[kind](person.ref, f"{PLANTED}{person.number:07d}") if shows <= at else None


def _wrong_start(customer: str, ref: str) -> tuple[str, Row]:
    return "appointments", (ref, customer, "", "", "", "2025-13-45T09:00", "booked", "")


def _unknown_customer(customer: str, ref: str) -> tuple[str, Row]:
    row = (ref, STRANGER, "", "104711", "A12", "2025-05-06T09:00", "", "open", "", "", "", "", "", "")
    return "repair_orders", row


def _wrong_amount(customer: str, ref: str) -> tuple[str, Row]:
    row = (ref, customer, "", "104712", "A15", "2025-05-06T09:00", "", "open", "", "89,95 $", "", "", "", "")
    return "repair_orders", row


def _unknown_order(customer: str, ref: str) -> tuple[str, Row]:
    return "deferred_work", (ref, "R0000000", "?", "10.00", "open")


def _wrong_day(customer: str, ref: str) -> tuple[str, Row]:
    return "sales", (ref, customer, "", "S03", "", "", "", "", "31/02/2025", "new", "cash", "", "Mazda", "CX-5")


def _without_customer(customer: str, ref: str) -> tuple[str, Row]:
    return "vehicles", (ref, "", *("",) * 18)


def _wrong_consent(customer: str, ref: str) -> tuple[str, Row]:
    return "consents", (customer, "any", "marketing", "granted", "hier", "", "", "")


KINDS = (
    _wrong_start,
    _unknown_customer,
    _wrong_amount,
    _unknown_order,
    _wrong_day,
    _without_customer,
    _wrong_consent,
)
