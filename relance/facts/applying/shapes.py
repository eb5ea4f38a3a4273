"""The way of every record into its table: which column fills which fields, and which fields follow from others.

One table, SHAPES. To add a column: one line in intake/records.py, one line here. A `put` fills the fields of one column
of the feed, for a whole batch; a `derive` comes last and always sets the same fields, whatever the rows say.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import models

from relance.dealers.models import Dealer, Staff
from relance.facts.applying import tidy
from relance.facts.applying.sheet import Sheet, json_text
from relance.facts.models import (
    Appointment,
    ConsentEntry,
    Customer,
    DeferredWork,
    Recall,
    RepairOrder,
    Sale,
    Vehicle,
)
from relance.lib.fold import fold, fold_codes, fold_titles

CANONICAL = ("proposed", "booked", "confirmed", "rescheduled", "arrived", "completed", "canceled", "no_show")
STATES = ("open", "ready", "closed")


@dataclass
class Terms:
    """What a row's fields depend on besides the row, and what is counted on the way."""

    country: str
    appointment_codes: dict[str, str]
    order_codes: dict[str, str]
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)  # (what is wrong, value) → rows

    @classmethod
    def of(cls, dealer: Dealer) -> "Terms":
        """The terms of a dealer."""
        codes = dealer.preferences.status_map
        return cls(
            country=dealer.country,
            appointment_codes={fold(w): w for w in CANONICAL} | {fold(c): w for c, w in codes.appointment.items()},
            order_codes={fold(w): w for w in STATES} | {fold(c): w for c, w in codes.repair_order.items()},
        )

    def see(self, what: str, rows: int, value: str = "") -> None:
        """Count rows in which something is wrong."""
        if rows:
            self.seen[what, value] += rows


Put = Callable[[Sheet, list[Any], Terms], None]
Derive = Callable[[Sheet, Terms], None]


@dataclass(frozen=True)
class Shape:
    """One record's way into its table."""

    model: type[models.Model]
    puts: dict[str, Put]
    references: dict[str, str] = field(default_factory=dict)  # column → field of the foreign key
    match: tuple[str, ...] = ("ref",)
    derive: Derive | None = None
    appended: bool = False  # only ever appended to: a known row stays as it is


def plain(name: str) -> Put:
    """The value as it is."""

    def put(sheet: Sheet, values: list[Any], terms: Terms) -> None:
        sheet.put(name, values)

    return put


def folded(name: str) -> Put:
    """The value, and the same as rules compare it."""

    def put(sheet: Sheet, values: list[Any], terms: Terms) -> None:
        sheet.put_folded(name, values)

    return put


def listed(name: str, fold_all: Callable[[Any], str]) -> Put:
    """A list, and the same as one text in which words are looked for."""
    fold_once = lru_cache(maxsize=2_000)(fold_all)

    def put(sheet: Sheet, values: list[Any], terms: Terms) -> None:
        sheet.put(name, [json_text(value) for value in values])
        sheet.put(f"{name}_folded", [None if value is None else fold_once(value) for value in values])

    return put


def staff_reference(sheet: Sheet, values: list[Any], terms: Terms) -> None:
    """The reference of a member of the staff."""
    sheet.put("ref", values)
    sheet.put("ref_folded", [fold(value) for value in values])


def _alike(put: Callable[[str], Put], *names: str) -> dict[str, Put]:
    return {name: put(name) for name in names}


STAFF = Shape(
    Staff,
    {
        "reference": staff_reference,
        "role": tidy.roles,
        "language": tidy.language,
        **_alike(plain, "name", "email", "mobile"),
    },
)
CUSTOMERS = Shape(
    Customer,
    {
        "id": plain("ref"),
        "language": tidy.language,
        "email": tidy.email,
        **_alike(tidy.person_name, "first_name", "last_name", "mailing_name"),
        **_alike(folded, "company", "city", "region", "postal_code", "salesperson"),
        **_alike(
            plain,
            "mobile",
            "phone",
            "address",
            "country",
            "birth_date",
            "kind",
            "preferred_channel",
            "do_not_mail",
            "status",
            "created_at",
        ),
    },
    derive=tidy.customer,
)
CONSENTS = Shape(
    ConsentEntry,
    _alike(plain, "channel", "purpose", "status", "at", "expires_at", "source", "proof"),
    references={"customer_id": "customer_id"},
    match=("customer_id", "channel", "purpose", "status", "at", "by"),
    derive=tidy.consent,
    appended=True,
)
VEHICLES = Shape(
    Vehicle,
    {
        "id": plain("ref"),
        "vin": tidy.vin,
        "accessories": listed("accessories", fold_codes),
        **_alike(folded, "plate", "plate_region", "make", "model", "sub_model", "engine"),
        **_alike(
            plain,
            "year",
            "kind",
            "odometer",
            "odometer_unit",
            "odometer_on",
            "in_service_on",
            "warranty_end_on",
            "warranty_end_odometer",
            "extended_warranty_end_on",
            "status",
        ),
    },
    references={"customer_id": "customer_id"},
    derive=tidy.vehicle,
)
SALES = Shape(
    Sale,
    {
        "id": plain("ref"),
        **_alike(folded, "salesperson", "make", "model"),
        **_alike(
            plain,
            "finance_manager",
            "sales_manager",
            "ordered_at",
            "expected_delivery_on",
            "delivered_on",
            "condition",
            "deal",
            "term_end_on",
        ),
    },
    references={"customer_id": "customer_id", "vehicle_id": "vehicle_id"},
)
APPOINTMENTS = Shape(
    Appointment,
    {
        "id": plain("ref"),
        "status": folded("raw_status"),
        **_alike(folded, "advisor", "requested_work"),
        **_alike(plain, "created_at", "start_at"),
    },
    references={"customer_id": "customer_id", "vehicle_id": "vehicle_id"},
    derive=tidy.appointment,
)
REPAIR_ORDERS = Shape(
    RepairOrder,
    {
        "id": plain("ref"),
        "status": folded("raw_status"),
        "packages": listed("packages", fold_titles),
        **_alike(folded, "reference", "advisor"),
        **_alike(
            plain,
            "opened_at",
            "closed_at",
            "odometer",
            "customer_sale",
            "warranty_sale",
            "internal_sale",
            "next_visit_on",
        ),
    },
    references={"customer_id": "customer_id", "vehicle_id": "vehicle_id"},
    derive=tidy.repair_order,
)
DEFERRED_WORK = Shape(
    DeferredWork,
    {"id": plain("ref"), "description": folded("description"), **_alike(plain, "amount", "status")},
    references={"repair_order_id": "repair_order_id"},
)
RECALLS = Shape(
    Recall,
    {**_alike(folded, "vin", "campaign"), **_alike(plain, "title", "announced_on")},
    match=("vin_folded", "campaign_folded"),
)
SHAPES = {
    "staff": STAFF,
    "customers": CUSTOMERS,
    "consents": CONSENTS,
    "vehicles": VEHICLES,
    "sales": SALES,
    "appointments": APPOINTMENTS,
    "repair_orders": REPAIR_ORDERS,
    "deferred_work": DEFERRED_WORK,
    "recalls": RECALLS,
}
