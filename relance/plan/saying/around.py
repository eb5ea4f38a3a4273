"""Turns subjects into what stands around them: the vehicle seen last, open work, the last visit, who is in charge."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from relance.dealers.models import Dealer, Staff
from relance.facts.models import DeferredWork, RepairOrder, Vehicle
from relance.facts.recalls import recall_key
from relance.facts.schedules import shipped, standing

Facts = dict[str, Any]
Chunk = dict[int, Facts]
GONE = ("sold", "scrapped")
NOT_BORROWED = frozenset({"vehicle.id", "vehicle.ref", "vehicle.status"})  # the subject's own or nobody's


class Question(NamedTuple):
    """What is being asked about a chunk of subjects."""

    dealer: Dealer
    subject: str
    staff: str | None
    needs: frozenset[str]
    at: datetime


class Special(NamedTuple):
    """A group of facts that takes a query of its own: the plain facts it starts from, and how it is filled in."""

    needs: Callable[[Question], Iterable[str]]
    fill: Callable[[Question, Chunk], None]


def _vehicles_of(dealer: Dealer, customers: Collection[int]) -> QuerySet[Vehicle]:
    """The customers' vehicles that are still there, the one seen last at the end."""
    kept = Vehicle.objects.of(dealer).filter(customer_id__in=customers).exclude(status__in=GONE)
    return kept.order_by(F("last_seen_at").asc(nulls_first=True), "ref")


def _borrow(dealer: Dealer, rows: Collection[Facts], prefix: str, keys: Collection[str]) -> None:
    """Fills `prefix.column` from the vehicle that each row's customer was seen with last."""
    columns = [key.split(".", 1)[1] for key in keys]
    customers = {facts["customer.id"] for facts in rows}
    if not columns or not customers:
        return
    last: dict[int, tuple[Any, ...]] = {}
    for row in _vehicles_of(dealer, customers).values_list("customer_id", *columns):
        last[row[0]] = row[1:]
    for facts in rows:
        for column, value in zip(columns, last.get(facts["customer.id"], ()), strict=False):
            facts[f"{prefix}.{column}"] = value


def _vehicle_of_customer(question: Question, chunk: Chunk) -> None:
    if question.subject != "customer" or not chunk:
        return
    first = next(iter(chunk.values()))
    keys = [key for key in first if key.startswith("vehicle.") and key not in NOT_BORROWED]
    _borrow(question.dealer, chunk.values(), "vehicle", keys)


def _last_seen(question: Question, chunk: Chunk) -> None:
    rows = [facts for facts in chunk.values() if facts["vehicle.id"] is None]
    if question.subject != "customer":  # whose vehicle.… is the one seen last already
        _borrow(question.dealer, rows, "last_seen", [key for key in question.needs if key.startswith("last_seen.")])


def _deferred(question: Question, chunk: Chunk) -> None:
    """The open lines: of the repair order; else of the subject's vehicle; else all the customer's."""
    by_order = question.subject in ("repair_order", "deferred_work")
    column, key = ("repair_order_id", "repair_order.id") if by_order else ("customer_id", "customer.id")
    lines = DeferredWork.objects.of(question.dealer).filter(
        status="open", **{f"{column}__in": {facts[key] for facts in chunk.values()}}
    )
    found: dict[int, list[tuple[int | None, dict[str, Any]]]] = defaultdict(list)
    rows = lines.order_by("recommended_at", "ref").values_list(column, "vehicle_id", "description", "amount")
    for owner, vehicle, description, amount in rows:
        line = {"description": description, "amount": None if amount is None else str(amount)}  # as JSON can hold it
        found[owner].append((vehicle, line))
    for facts in chunk.values():
        own = None if by_order else facts["vehicle.id"]
        facts["deferred.items"] = [line for vehicle, line in found[facts[key]] if own is None or vehicle == own]


def _last_service(question: Question, chunk: Chunk) -> None:
    """The latest closed repair order of the vehicle, else of the customer."""
    for key, column in (("vehicle.id", "vehicle_id"), ("customer.id", "customer_id")):
        rows = [facts for facts in chunk.values() if (facts["vehicle.id"] is None) == (key == "customer.id")]
        if not rows:
            continue
        closed = RepairOrder.objects.of(question.dealer).filter(
            closed_at__lte=question.at, **{f"{column}__in": {facts[key] for facts in rows}}
        )
        last = {
            owner: found
            for owner, *found in closed.order_by("closed_at", "ref").values_list(column, "closed_at", "odometer")
        }
        for facts in rows:
            facts["last_service.at"], facts["last_service.odometer"] = last.get(facts[key], (None, None))


def _vehicles_list(question: Question, chunk: Chunk) -> None:
    found: dict[int, list[list[Any]]] = defaultdict(list)
    customers = {facts["customer.id"] for facts in chunk.values()}
    for owner, *parts in _vehicles_of(question.dealer, customers).values_list("customer_id", "year", "make", "model"):
        if any(parts[1:]):
            found[owner].append(parts)
    for facts in chunk.values():
        facts["vehicles.list"] = found[facts["customer.id"]][::-1]


def _staff(question: Question, chunk: Chunk) -> None:
    """The advisor of a visit; the salesperson of a sale, else, and for everything else, the customer's."""
    people = {
        folded: person
        for folded, *person in Staff.objects.of(question.dealer)
        .order_by("-ref")
        .values_list("ref_folded", "name", "mobile", "email")
    }
    own, customers = question.staff, "customer.salesperson_folded"
    keys = [key for key in (own, customers if own in (None, "sale.salesperson_folded") else None) if key]
    for facts in chunk.values():
        person = next((people[facts[key]] for key in keys if facts[key] in people), (None, None, None))
        facts["staff.name"], facts["staff.mobile"], facts["staff.email"] = person


def _operations(question: Question, chunk: Chunk) -> None:
    """The codes of what is due, each with its names; the dealer's own schedules go before the shipped ones."""
    names = {operation.code: operation.name for plan in shipped() for operation in plan.operations}
    for definition in standing(question.dealer).values_list("definition", flat=True):
        names |= {operation["code"]: operation["name"] for operation in definition["operations"]}
    for facts in chunk.values():
        codes = facts["vehicle.next_service_operations"] or []
        facts["next_service.operations"] = [(code, names.get(code, {})) for code in codes]


def _recall(question: Question, chunk: Chunk) -> None:
    """The name of the vehicle's open recall that was learned last."""
    vehicles = Vehicle.objects.of(question.dealer).filter(pk__in={facts["vehicle.id"] for facts in chunk.values()})
    keys = dict(vehicles.values_list("pk", recall_key(question.dealer)))
    for facts in chunk.values():
        facts["recall.key"] = keys[facts["vehicle.id"]]


def _at(question: Question, chunk: Chunk) -> None:
    for facts in chunk.values():
        facts["at"] = question.at


def _nothing(_question: Question) -> tuple[str, ...]:
    return ()


SPECIALS: dict[str, Special] = {
    "vehicle.": Special(_nothing, _vehicle_of_customer),
    "last_seen.": Special(_nothing, _last_seen),
    "deferred.": Special(
        lambda question: ("repair_order.id",) if question.subject in ("repair_order", "deferred_work") else (),
        _deferred,
    ),
    "last_service.": Special(_nothing, _last_service),
    "vehicles.": Special(_nothing, _vehicles_list),
    "staff.": Special(lambda question: (*filter(None, (question.staff,)), "customer.salesperson_folded"), _staff),
    "recall.": Special(_nothing, _recall),
    "next_service.": Special(lambda _question: ("vehicle.next_service_operations",), _operations),
    "at": Special(_nothing, _at),
}
