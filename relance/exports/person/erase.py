"""Turns a customer into nobody: rows, files, rejects; what is left are hashes that keep him from coming back.

Other people's visits with a vehicle that was his stay, without the vehicle.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import connection, models, transaction
from django.utils.translation import gettext

from relance.dealers.models import Dealer
from relance.exports.person.files import clear
from relance.exports.person.gather import everything_of
from relance.facts.models import Customer, Merge, RepairOrder, Vehicle
from relance.facts.persons.erased import ADDRESSES, Mark, remember
from relance.facts.persons.merge import pointing
from relance.lib.errors import BadInput
from relance.outbox.models import Message
from relance.plan.models import PlanMark


@dataclass
class Erasure:
    """What was taken away, and the files that a person has to look at."""

    rows: dict[str, int] = field(default_factory=dict)  # by table
    files: int = 0
    left: list[Path] = field(default_factory=list)  # they name him and cannot be cleared by itself


def erase(dealer: Dealer, customer: Customer, *, home: Path, at: datetime) -> Erasure:
    """Forget him. BadInput while a message of his is being handed over."""
    with _overwriting(), transaction.atomic():
        PlanMark.objects.of(dealer).bulk_create([PlanMark(dealer=dealer)], ignore_conflicts=True)
        PlanMark.objects.of(dealer).select_for_update().get()  # no run is made meanwhile
        if Message.objects.of(dealer).filter(customer=customer, state="sending").exists():
            told = gettext("a message to customer {customer} is being handed over just now: try again in a minute")
            raise BadInput(told.format(customer=customer.ref))
        his = everything_of(dealer, customer)
        marks = list(_marks(dealer, customer, his))
        names = {str(row.key) for row in his.get(Message, []) if isinstance(row, Message)}
        _leave_the_vehicles(dealer, customer, his.get(Vehicle, []))
        for model, rows in his.items():
            if model is not Customer:
                model._base_manager.filter(pk__in=[row.pk for row in rows]).delete()
        customer.delete()
        remember(dealer, marks, at=at)
    erasure = Erasure({model._meta.label: len(rows) for model, rows in his.items()})
    erasure.files, erasure.left = clear(home, dealer.slug, names=names, marks=marks)
    return erasure


def _marks(dealer: Dealer, customer: Customer, his: dict[type[models.Model], list[models.Model]]) -> Iterator[Mark]:
    """What would bring him back: his ids and those of what was his, his addresses."""
    yield "customers", customer.ref
    for ref in Merge.objects.of(dealer).filter(kept=customer).values_list("gone_ref", flat=True):
        yield "customers", ref
    for what, model in (("vehicles", Vehicle), ("repair_orders", RepairOrder)):
        for row in his.get(model, []):
            yield what, row.ref  # type: ignore[attr-defined]
    for what, column in ADDRESSES.items():
        if address := getattr(customer, column):
            yield what, address


def _leave_the_vehicles(dealer: Dealer, customer: Customer, vehicles: list[models.Model]) -> None:
    keys = [vehicle.pk for vehicle in vehicles]
    for model, name in pointing(Vehicle):
        if "customer" in {field.name for field in model._meta.get_fields()}:
            others = model._base_manager.filter(dealer_id=dealer.pk, **{f"{name}__in": keys})
            others.exclude(customer=customer).update(**{name: None})


@contextmanager
def _overwriting() -> Iterator[None]:
    """SQLite writes zeros where rows were and empties its journal; PostgreSQL's vacuum does it in time."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=ON")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=OFF")
        if not connection.in_atomic_block:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
