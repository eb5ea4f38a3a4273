"""Turns the next visit agreed on a repair order into a proposed appointment, and keeps the two in step.

It stands unless a real appointment of that vehicle (without vehicle: of that customer), not canceled, starts on or
after the order's closing, or a later order names a next visit itself. What is undone comes back.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.models import Appointment, RepairOrder
from relance.intake.check import PROPOSED
from relance.lib.moments import local
from relance.lib.rows import insert, is_one_of, select, update

Fields = dict[str, Any]
ASKED = (
    "pk", "ref", "customer_id", "vehicle_id", "advisor", "advisor_folded", "opened_at", "closed_at", "next_visit_on",
)  # fmt: skip
FIELDS = ("customer_id", "vehicle_id", "created_at", "start_at", "status", "advisor", "advisor_folded")


def propose(
    dealer: Dealer, calendar: Calendar, *, vehicle_ids: list[int] | None = None, customer_ids: list[int] | None = None
) -> None:
    """Keep the proposed visits of these vehicles (or of these customers' orders without vehicle) in step."""
    if vehicle_ids is not None:
        vehicle_ids = _concerned(vehicle_ids)
    if not vehicle_ids and not customer_ids:
        return
    whose = _whose(vehicle_ids, customer_ids)
    orders = RepairOrder.objects.of(dealer).filter(whose, next_visit_on__isnull=False)
    proposing: list[Fields] = [dict(zip(ASKED, values, strict=True)) for values in orders.values_list(*ASKED)]
    standing = _standing(dealer, whose, [PROPOSED + order["ref"] for order in proposing])
    if not proposing and not standing:
        return
    real = _real_starts(dealer, proposing)
    latest = _latest(proposing)
    wanted = {
        PROPOSED + order["ref"]: _visit(
            dealer, calendar, order, real[_subject(order)], stands=latest[_subject(order)] == order["pk"]
        )
        for order in proposing
    }
    _write(dealer, wanted, standing)


def _concerned(vehicle_ids: list[int]) -> list[int]:
    """Those for which a visit is or was agreed: few of many."""
    test, values = is_one_of("vehicle_id", vehicle_ids)
    asked = select(("vehicle_id",), RepairOrder, f"{test} AND next_visit_on IS NOT NULL", values)
    stand = select(("vehicle_id",), Appointment, f"{test} AND proposed_by_id IS NOT NULL", values)
    return sorted({pk for (pk,) in (*asked, *stand)})


def _whose(vehicle_ids: list[int] | None, customer_ids: list[int] | None) -> Q:
    if vehicle_ids is not None:
        return Q(vehicle_id__in=vehicle_ids)
    return Q(customer_id__in=customer_ids or [], vehicle_id=None)


def _subject(row: Fields) -> tuple[str, int]:
    """Whose visits replace each other: the vehicle's, else the customer's."""
    return ("vehicle", row["vehicle_id"]) if row["vehicle_id"] else ("customer", row["customer_id"])


def _standing(dealer: Dealer, whose: Q, refs: list[str]) -> dict[str, Fields]:
    """Visits proposed before: of these orders, and of these vehicles by orders that do not propose any more."""
    rows = Appointment.objects.of(dealer)
    found = list(rows.filter(ref__in=refs).values("pk", "ref", *FIELDS))
    found += rows.filter(whose, proposed_by__isnull=False).values("pk", "ref", *FIELDS)
    return {row["ref"]: row for row in found}


def _real_starts(dealer: Dealer, orders: list[Fields]) -> dict[tuple[str, int], list[datetime]]:
    """When real visits of the vehicles (or customers) of these orders start."""
    subjects = {_subject(order) for order in orders}
    vehicles = Q(vehicle_id__in=[key for what, key in subjects if what == "vehicle"])
    customers = Q(customer_id__in=[key for what, key in subjects if what == "customer"], vehicle_id=None)
    starts: dict[tuple[str, int], list[datetime]] = defaultdict(list)
    real = Appointment.objects.of(dealer).filter(proposed_by=None).exclude(status="canceled")
    for whose in (vehicles, customers):
        for customer, vehicle, start in real.filter(whose).values_list("customer_id", "vehicle_id", "start_at"):
            starts[_subject({"customer_id": customer, "vehicle_id": vehicle})].append(start)
    return starts


def _latest(orders: list[Fields]) -> dict[tuple[str, int], int]:
    """The latest order of each subject: its word on the next visit is the one that counts."""
    ordered = sorted(orders, key=lambda order: (order["opened_at"], order["ref"]))
    return {_subject(order): order["pk"] for order in ordered}


def _visit(dealer: Dealer, calendar: Calendar, order: Fields, real: Iterable[datetime], *, stands: bool) -> Fields:
    """The visit as it should be."""
    ended = order["closed_at"] or order["opened_at"]
    day: date = order["next_visit_on"]
    replaced = any(start >= ended for start in real)
    return {
        "customer_id": order["customer_id"],
        "vehicle_id": order["vehicle_id"],
        "created_at": ended,
        "start_at": local(day, calendar.opening(day), dealer.zone),
        "status": "proposed" if stands and not replaced else "canceled",
        "advisor": order["advisor"],
        "advisor_folded": order["advisor_folded"],
        "proposed_by_id": order["pk"],
    }


def _write(dealer: Dealer, wanted: dict[str, Fields], standing: dict[str, Fields]) -> None:
    fixed = {"dealer_id": dealer.pk, "digest": "", "meta": {}, "meta_folded": {}}
    new = [fields | fixed | {"ref": ref} for ref, fields in wanted.items() if ref not in standing]
    insert(Appointment, new, match=("dealer_id", "ref"), change=FIELDS)
    changed = []
    for ref, row in standing.items():
        fields = wanted.get(ref) or {name: row[name] for name in FIELDS} | {"status": "canceled"}
        if any(row[name] != fields[name] for name in FIELDS):
            changed.append(fields | {"id": row["pk"]})
    update(Appointment, changed, FIELDS)
