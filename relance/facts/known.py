"""Turns ids of the business system into what is stored under them: digests, keys, whole rows."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models

from relance.dealers.models import Dealer
from relance.facts.models import Customer, RepairOrder, Vehicle
from relance.facts.shapes import SHAPES, Row, Shape

LEADS: dict[str, type[models.Model]] = {"customer_id": Customer, "vehicle_id": Vehicle}


class Stored:
    """What one dealer's tables hold, asked for a batch at a time."""

    def __init__(self, dealer: Dealer) -> None:
        self.dealer = dealer

    def digests(self, record: str, keys: list[str]) -> dict[str, str]:
        """The digest of the row last taken in, by id."""
        return dict(self._by_ref(SHAPES[record].model, "ref, digest", keys))

    def ids(self, record: str, ids: Iterable[str]) -> set[str]:
        """Those of `ids` that are there."""
        return {ref for (ref,) in self._by_ref(SHAPES[record].model, "ref", list(ids))}

    def lead(self, column: str, ids: Iterable[str]) -> dict[str, Row]:
        """For every id the fields that a row gets when this column names it."""
        if column == "repair_order_id":
            return self._orders(ids)
        return {ref: {column: key} for ref, key in self._by_ref(LEADS[column], "ref, id", list(ids))}

    def keys(self, model: type[models.Model], refs: list[str]) -> list[int]:
        """The primary keys of the rows with these ids."""
        return [key for (key,) in self._by_ref(model, "id", refs)]

    def _orders(self, refs: Iterable[str]) -> dict[str, Row]:
        """Deferred work has its order's customer, vehicle and moment."""
        orders = RepairOrder.objects.of(self.dealer).filter(ref__in=list(refs))
        names = ("ref", "pk", "customer_id", "vehicle_id", "closed_at", "opened_at")
        return {
            ref: {
                "repair_order_id": key,
                "customer_id": customer,
                "vehicle_id": vehicle,
                "recommended_at": closed or opened,
            }
            for ref, key, customer, vehicle, closed, opened in orders.values_list(*names)
        }

    def _by_ref(self, model: type[models.Model], columns: str, refs: list[str]) -> list[tuple[Any, ...]]:
        """The columns of the rows with these ids. Plain SQL: the ORM takes longer over 2,000 ids than the database."""
        if not refs:
            return []
        marks = ", ".join(["%s"] * len(refs))
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {columns} FROM {table} WHERE dealer_id = %s AND ref IN ({marks})", [self.dealer.pk, *refs]
            )
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def rows(self, shape: Shape, keys: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], Row]:
        """The stored rows, whole, by the fields that make them the same."""
        first = list({key[0] for key in keys})
        if shape.match == ("ref",):  # mostly none are there, or few: ask that in plain SQL first
            first = [ref for (ref,) in self._by_ref(shape.model, "ref", first)]
        if not first:
            return {}
        names = [field.attname for field in shape.model._meta.concrete_fields if field.attname != "dealer_id"]
        found = _rows(shape.model, self.dealer).filter(**{f"{shape.match[0]}__in": first}).values(*names)
        return {tuple(row[name] for name in shape.match): row for row in found}


def _rows(model: type[models.Model], dealer: Dealer) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = model.objects.of(dealer)  # type: ignore[attr-defined]
    return rows
