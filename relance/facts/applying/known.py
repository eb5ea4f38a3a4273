"""Turns ids of the business system into what is stored under them: digests, keys, whole rows."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from relance.dealers.models import Dealer
from relance.facts.applying.shapes import SHAPES, Shape
from relance.facts.applying.sheet import Row
from relance.facts.models import Customer, Merge, RepairOrder, Vehicle
from relance.facts.persons.erased import Forgotten
from relance.lib.rows import as_kept, is_one_of, select, utc_text

ORDERS_FIELDS = ("repair_order_id", "customer_id", "vehicle_id", "recommended_at")
LEADS: dict[str, type[models.Model]] = {"customer_id": Customer, "vehicle_id": Vehicle}


class Stored:
    """What one dealer's tables hold, asked for a batch at a time."""

    def __init__(self, dealer: Dealer) -> None:
        self.dealer = dealer
        self.erased = Forgotten(dealer)
        merges = Merge.objects.of(dealer).values_list("gone_ref", "kept_id", "digest")
        self.merged = {ref: (kept, digest) for ref, kept, digest in merges}  # ids of customers who are others now
        self._began_empty: dict[type[models.Model], bool] = {}

    def digests(self, record: str, keys: list[str]) -> dict[str, str]:
        """The digest of the row last taken in, by id."""
        model = SHAPES[record].model
        found = {} if self.began_empty(model) else dict(self._by_ref(model, "ref, digest", keys))
        if record == "customers" and self.merged:
            found |= {key: self.merged[key][1] for key in keys if key in self.merged}
        return found

    def began_empty(self, model: type[models.Model]) -> bool:
        """Whether the dealer had none of these rows when first asked: then none of a feed's ids needs to be looked for.

        What another import stores meanwhile is found by the table itself when the same row is inserted.
        """
        if model not in self._began_empty:
            self._began_empty[model] = not _rows(model, self.dealer).exists()
        return self._began_empty[model]

    def forgets(self) -> bool:
        """Whether anybody was erased."""
        return bool(self.erased)

    def forgotten(self, record: str, ids: Iterable[str]) -> set[str]:
        """Those of `ids` that belong to people who were erased."""
        return self.erased.among(record, ids)

    def ids(self, record: str, ids: Iterable[str]) -> set[str]:
        """Those of `ids` that are there."""
        wanted = list(ids)
        found = {ref for (ref,) in self._by_ref(SHAPES[record].model, "ref", wanted)}
        return found | self.merged.keys() & set(wanted) if record == "customers" else found

    def lead(self, column: str, ids: Iterable[str]) -> tuple[tuple[str, ...], dict[str, tuple[Any, ...]]]:
        """The fields that a row gets when this column names an id, and for every id their values."""
        if column == "repair_order_id":
            return ORDERS_FIELDS, self._orders(ids)
        wanted = list(ids)
        found = {ref: (key,) for ref, key in self._by_ref(LEADS[column], "ref, id", wanted)}
        if column == "customer_id" and self.merged:
            found |= {ref: (self.merged[ref][0],) for ref in wanted if ref in self.merged}
        return (column,), found

    def keys(self, model: type[models.Model], refs: list[str]) -> list[int]:
        """The primary keys of the rows with these ids."""
        return [key for (key,) in self._by_ref(model, "id", refs)]

    def _orders(self, refs: Iterable[str]) -> dict[str, tuple[Any, ...]]:
        """Deferred work has its order's customer, vehicle and moment."""
        orders = RepairOrder.objects.of(self.dealer).filter(ref__in=list(refs))
        names = ("ref", "pk", "customer_id", "vehicle_id", "closed_at", "opened_at")
        return {
            ref: (key, customer, vehicle, utc_text(closed or opened))
            for ref, key, customer, vehicle, closed, opened in orders.values_list(*names)
        }

    def _by_ref(self, model: type[models.Model], columns: str, refs: list[str]) -> list[tuple[Any, ...]]:
        """The columns of the rows with these ids. Plain SQL: the ORM takes longer over 2,000 ids than the database."""
        if not refs:
            return []
        test, values = is_one_of("ref", refs)
        return select(columns.split(", "), model, f"dealer_id = %s AND {test}", [self.dealer.pk, *values])

    def rows(self, shape: Shape, keys: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], Row]:
        """The stored rows, whole, by the fields that make them the same."""
        if shape.match == ("ref",) and self.began_empty(shape.model):  # no id comes twice out of the stage
            return {}
        first = list({key[0] for key in keys})
        if shape.match == ("ref",):  # mostly none are there, or few: ask that in plain SQL first
            first = [ref for (ref,) in self._by_ref(shape.model, "ref", first)]
        if not first:
            return {}
        names = [field.attname for field in shape.model._meta.concrete_fields if field.attname != "dealer_id"]
        found = _rows(shape.model, self.dealer).filter(**{f"{shape.match[0]}__in": first})
        if shape.appended:
            found = found.filter(by="feed")
        match = [name for name in shape.match if name != "by"]
        rows = [dict(zip(names, map(as_kept, values), strict=True)) for values in found.values_list(*names)]
        return {tuple([row[name] for name in match]): row for row in rows}


def _rows(model: type[models.Model], dealer: Dealer) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = model.objects.of(dealer)  # type: ignore[attr-defined]
    return rows
