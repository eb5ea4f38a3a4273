"""Turns a few words into rows: ordinary functions with good defaults, for tests that need people and their history.

Moments and days may be texts (`"2026-05-04T10:00"` is local to the dealer); `…_folded` columns are filled in.
"""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any, TypeVar

from django.db import models

from relance.dealers.access import DealerRow
from relance.dealers.models import Dealer, Membership, Staff, User
from relance.facts.models import Appointment, ConsentEntry, Customer, DeferredWork, RepairOrder, Sale, Vehicle
from relance.lib.fold import fold, fold_codes, fold_titles
from relance.lib.moments import parse_day, parse_moment
from relance.outbox.models import Message
from relance.plan.models import Automation, Occurrence, Run

Row = TypeVar("Row", bound=DealerRow)
NUMBERS = count(1)
A_DAY = datetime(2026, 5, 4, 14, tzinfo=UTC)  # a Monday, 10:00 in Toronto
QUIET_SETTINGS = {  # nothing stands in the way of a test's ten people
    "guards": "off",
    "frequency_cap": "none",
    "consent_regime": "none",
    "address": "1 Station Road",
    "phone": "+15145550100",
    "email": "desk@dealer.example",
    "owner": "Robin Keeper",
}


def a_dealer(
    slug: str = "north", *, timezone: str = "America/Toronto", language: str = "en", **settings: Any
) -> Dealer:
    """A dealer; further words are its settings, `country` too."""
    return Dealer.objects.create(
        slug=slug,
        name=settings.pop("name", "North Garage"),
        timezone=timezone,
        language=language,
        country=settings.pop("country", "CA"),
        settings={**QUIET_SETTINGS, **settings},
        created_at=A_DAY,
    )


def a_user(
    dealer: Dealer | None = None,
    *,
    email: str = "manager@dealer.example",
    role: str = "crm_manager",
    reference: str = "",
) -> User:
    """A person who signs in with the password `a long password`; a member of `dealer` when there is one."""
    user = User(email=email, name="Kim Manager", created_at=A_DAY)
    user.set_password("a long password")
    user.save()
    if dealer is not None:
        Membership.objects.create(dealer=dealer, user=user, role=role, reference=reference)
    return user


def a_staff_member(dealer: Dealer, ref: str = "A12", *, roles: tuple[str, ...] = ("advisor",), **values: Any) -> Staff:
    """Somebody whom visits and sales name by `ref`."""
    values = {"name": "Alex Advisor", "email": f"{ref.lower()}@dealer.example", **values}
    return a_row(Staff, dealer, ref=ref, roles=list(roles), **values)


def a_customer(dealer: Dealer, **values: Any) -> Customer:
    """A person with a name, an e-mail address and a mobile number that can be used."""
    number = next(NUMBERS)
    values = {
        "ref": f"C{number}",
        "first_name": "Ann",
        "last_name": "Lee",
        "name": "Ann Lee",
        "email": f"ann{number}@example.org",
        "email_usable": True,
        "mobile": f"+1514555{number % 10000:04}",
        "mobile_usable": True,
        "mobile_zones": "America/Toronto",
        **values,
    }
    return a_row(Customer, dealer, **values)


def a_vehicle(customer: Customer, **values: Any) -> Vehicle:
    """A car of that customer."""
    values = {"ref": f"V{next(NUMBERS)}", "make": "Mazda", "model": "CX-5", "year": 2022, "status": "active", **values}
    return a_row(Vehicle, customer.dealer, customer=customer, **values)


def an_appointment(customer: Customer, start_at: str | datetime, **values: Any) -> Appointment:
    """A booked visit."""
    return _record(Appointment, customer, "A", {"status": "booked", "start_at": start_at, **values})


def a_repair_order(customer: Customer, closed_at: str | datetime | None, **values: Any) -> RepairOrder:
    """A repair order; closed, or open when `closed_at` is None."""
    values = {"opened_at": closed_at, "closed_at": closed_at, "state": "closed" if closed_at else "open", **values}
    return _record(RepairOrder, customer, "R", values)


def a_sale(customer: Customer, delivered_on: str | date | None, **values: Any) -> Sale:
    """A sale; delivered, or only ordered when `delivered_on` is None."""
    return _record(Sale, customer, "S", {"delivered_on": delivered_on, "condition": "new", "deal": "cash", **values})


def deferred_work(order: RepairOrder, description: str = "Front brakes", **values: Any) -> DeferredWork:
    """A line that was recommended on `order` and not done."""
    values = {"recommended_at": order.closed_at or order.opened_at, "status": "open", **values}
    values = {"repair_order": order, "description": description, "vehicle": order.vehicle, **values}
    return _record(DeferredWork, order.customer, "D", values)


def consent(customer: Customer, status: str = "granted", **values: Any) -> ConsentEntry:
    """An entry of the consent ledger."""
    values = {"channel": "any", "purpose": "any", "at": A_DAY, "recorded_at": A_DAY, **values}
    return a_row(ConsentEntry, customer.dealer, customer=customer, status=status, **values)


def an_automation(dealer: Dealer, code: str = "SR180", **definition: Any) -> Automation:
    """An automation as a row; further words go into its definition. Tests of the checks use `automations apply`."""
    definition = {
        "code": code,
        "name": "Service reminder",
        "programme": "service_reminder",
        "purpose": "service",
        "subject": "customer",
        "audience": [],
        "schedule": {"kind": "daily", "at": "10:00"},
        "channels": ["sms"],
        "wording": {"sms": {"en": {"body": "Hello {customer.first_name}."}}},
        "status": "on",
        **definition,
    }
    columns = {name: definition[name] for name in ("name", "programme", "purpose", "subject", "status")}
    columns |= {"live_from": datetime(2020, 1, 1, tzinfo=UTC), "updated_at": A_DAY}
    return a_row(Automation, dealer, code=code, definition=definition, **columns)


def a_message(customer: Customer, automation: Automation, *, at: datetime = A_DAY, **values: Any) -> Message:
    """A message in the outbox, ready to be sent at `at`; refused ones need `state="refused", reason=…`."""
    dealer = customer.dealer
    run = Run.objects.create(
        dealer=dealer, automation=automation, reference_at=at, run_at=at, state="done", planned_at=at
    )
    occurrence = Occurrence.objects.create(
        dealer=dealer,
        automation=automation,
        subject_type="customer",
        subject_id=customer.pk,
        recipient="customer",
        key=f"test:{next(NUMBERS)}",
        reference_on=at.date(),
        run=run,
    )
    values = {
        "version": automation.version,
        "reference_at": at,
        "run_at": at,
        "subject_type": "customer",
        "subject_id": customer.pk,
        "subject_ref": customer.ref,
        "recipient": "customer",
        "purpose": automation.purpose,
        "channel": "sms",
        "address": customer.mobile,
        "language": "en",
        "body": "Hello Ann.",
        "state": "ready",
        "send_at": at,
        "accepted_at": at,
        "moved_at": at,
        **values,
    }
    parts = {"customer": customer, "automation": automation, "run": run, "occurrence": occurrence}
    return a_row(Message, dealer, **parts, **values)


def a_row(table: type[Row], dealer: Dealer, /, **values: Any) -> Row:
    """A row of any fact table, with its folded columns and its texts read as days and moments."""
    columns = {field.name: field for field in table._meta.get_fields() if isinstance(field, models.Field)}
    for name, value in list(values.items()):
        if isinstance(value, str) and isinstance(columns[name], models.DateTimeField):
            values[name] = parse_moment(value, dealer.zone)
        elif isinstance(value, str) and isinstance(columns[name], models.DateField):
            values[name] = parse_day(value)
        if f"{name}_folded" in columns and value is not None:
            values.setdefault(f"{name}_folded", _folded(name, value))
    row = table(dealer=dealer, **values)
    row.save(force_insert=True)
    return row


def _folded(name: str, value: Any) -> Any:
    if name == "accessories":
        return fold_codes(value)
    if name == "packages":
        return fold_titles(value)
    if isinstance(value, dict):
        return {key: fold(text) for key, text in value.items()}
    return fold(value)


def _record(table: type[Row], customer: Customer, letter: str, values: dict[str, Any]) -> Row:
    return a_row(table, customer.dealer, **{"ref": f"{letter}{next(NUMBERS)}", "customer": customer, **values})
