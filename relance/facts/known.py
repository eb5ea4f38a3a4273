"""Turns ids of the business system into what is stored under them: digests, primary keys, what a reference brings along."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from relance.dealers.models import Dealer
from relance.facts.models import Customer, RepairOrder, Vehicle
from relance.facts.shapes import SHAPES, Row, Shape
from relance.intake.records import BY_NAME

# column of an id: (model that it leads to, fields of that model, fields of the row they fill)
LEADS: dict[str, tuple[type[models.Model], tuple[str, ...], tuple[str, ...]]] = {
    "customer_id": (Customer, ("pk",), ("customer_id",)),
    "vehicle_id": (Vehicle, ("pk",), ("vehicle_id",)),
    "repair_order_id": (
        RepairOrder,
        ("pk", "customer_id", "vehicle_id", "closed_at", "opened_at"),
        ("repair_order_id", "customer_id", "vehicle_id", "recommended_at", "opened_at"),
    ),
}


class Stored:
    """What one dealer's tables hold, asked for a batch at a time."""

    def __init__(self, dealer: Dealer) -> None:
        self.dealer = dealer

    def digests(self, record: str, keys: list[str]) -> dict[str, str]:
        """The digest of the row last taken in, by id."""
        rows = _rows(SHAPES[record].model, self.dealer).filter(ref__in=keys)
        return dict(rows.values_list("ref", "digest"))

    def ids(self, record: str, ids: Iterable[str]) -> set[str]:
        """Those of `ids` that are there."""
        model = SHAPES[BY_NAME[record].name].model
        return set(_rows(model, self.dealer).filter(ref__in=list(ids)).values_list("ref", flat=True))

    def lead(self, column: str, ids: Iterable[str]) -> dict[str, Row]:
        """For every id the fields that a row gets when this column names it."""
        model, asked, filled = LEADS[column]
        found = _rows(model, self.dealer).filter(ref__in=list(ids)).values_list("ref", *asked)
        led = {ref: dict(zip(filled, values, strict=True)) for ref, *values in found}
        for fields in led.values():
            opened = fields.pop("opened_at", None)
            if opened is not None:
                fields["recommended_at"] = fields["recommended_at"] or opened
        return led

    def rows(self, shape: Shape, keys: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], Row]:
        """The stored rows, whole, by the fields that make them the same."""
        first = list({key[0] for key in keys})
        names = [field.attname for field in shape.model._meta.concrete_fields if field.attname != "dealer_id"]
        found = _rows(shape.model, self.dealer).filter(**{f"{shape.match[0]}__in": first}).values(*names)
        return {tuple(row[name] for name in shape.match): row for row in found}


def _rows(model: type[models.Model], dealer: Dealer) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = model.objects.of(dealer)  # type: ignore[attr-defined]
    return rows
