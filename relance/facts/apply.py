"""Turns a batch of staged rows into inserts and updates in one transaction, and notes what hangs on them."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction

from relance.dealers.models import Dealer
from relance.facts.known import Stored
from relance.facts.models import ConsentEntry, DeferredWork, Vehicle
from relance.facts.shapes import SHAPES, Row, Shape, Terms
from relance.intake.check import Report
from relance.intake.rows import META
from relance.intake.stage import Batch, Stage
from relance.lib.errors import Failure
from relance.lib.fold import fold
from relance.lib.rows import insert, update

SUBJECTS = ("sales", "appointments", "repair_orders")


class Applier:
    """The second pass: what was staged becomes rows, a batch at a time."""

    def __init__(self, dealer: Dealer, *, stage: Stage, terms: Terms, at: datetime) -> None:
        self.dealer, self.stage, self.terms, self.at = dealer, stage, terms, at
        self.stored = Stored(dealer)

    def apply(self, record: str, report: Report, progress: Callable[[str, int], None]) -> None:
        """Everything staged for one file, counted into its report."""
        done = 0
        for batch in self.stage.batches(record):
            self._apply_batch(record, batch, report)
            done += len(batch.rows)
            progress(report.file, done)

    def _apply_batch(self, record: str, batch: Batch, report: Report) -> None:
        if not batch.rows:
            return
        shape = SHAPES[record]
        with transaction.atomic():
            rows = self._fields_of(shape, batch)
            keys = [tuple(row[name] for name in shape.match) for row in rows]
            stored = self.stored.rows(shape, keys)
            new, changed, same = self._sort(shape, list(zip(keys, rows, strict=True)), stored)
            self._write(shape, new, changed, same)
            self._follow(record, new, changed)
        report.inserted += len(new)
        report.updated += len(changed)
        report.unchanged += len(rows) - len(new) - len(changed)

    def _fields_of(self, shape: Shape, batch: Batch) -> list[Row]:
        """The rows' own fields, before anything stored is looked at."""
        puts = [(at, shape.puts[name]) for at, name in enumerate(batch.columns) if name in shape.puts]
        meta = [(at, name.removeprefix(META)) for at, name in enumerate(batch.columns) if name.startswith(META)]
        leads = [(at, name) for at, name in enumerate(batch.columns) if name in shape.references]
        led = {at: self.stored.lead(name, {row.values[at] for row in batch.rows} - {None}) for at, name in leads}
        terms, has_digest = self.terms, shape.model is not ConsentEntry
        made: list[Row] = []
        for staged in batch.rows:
            values = staged.values
            row: Row = {}
            for at, put in puts:
                put(row, values[at], terms)
            for at, name in leads:
                row.update(_led(led[at], name, values[at]))
            if meta:
                row["meta"] = {name: values[at] for at, name in meta}
            if has_digest:
                row["digest"] = staged.digest
            if shape.appended:
                row["recorded_at"], row["by"] = self.at, "feed"
            made.append(row)
        return made

    def _sort(
        self, shape: Shape, rows: list[tuple[tuple[Any, ...], Row]], stored: dict[tuple[Any, ...], Row]
    ) -> tuple[list[Row], list[Row], list[Row]]:
        """New rows, changed ones, and those that only came in another form (their digest is new)."""
        new: list[Row] = []
        changed: list[Row] = []
        same: list[Row] = []
        for key, row in rows:
            old = stored.get(key)
            if shape.derive:
                shape.derive(row, old, self.terms)
            if "meta" in row:
                _merge_meta(row, old)
            if old is None:
                new.append(row)
            elif shape.appended:
                self._note_differing(row, old)
            else:
                row["id"] = old["id"]
                differs = any(old[name] != value for name, value in row.items() if name != "digest")
                row["_old"] = old
                (changed if differs else same).append(row)
        return new, changed, same

    def _note_differing(self, row: Row, old: Row) -> None:
        if any(old[name] != row[name] for name in ("expires_at", "source", "proof") if name in row):
            self.terms.seen[
                "an entry that the ledger has with another expiry, source or proof: it keeps its own", ""
            ] += 1

    def _write(self, shape: Shape, new: list[Row], changed: list[Row], same: list[Row]) -> None:
        known = {"dealer_id", "id", "_old", *shape.match}
        if new:
            fill = _defaults(shape.model, new[0]) | {"dealer_id": self.dealer.pk}
            change = () if shape.appended else tuple(name for name in new[0] if name not in known)
            insert(shape.model, [row | fill for row in new], match=("dealer_id", *shape.match), change=change)
        if changed:
            update(shape.model, changed, [name for name in changed[0] if name not in known])
        if same:
            update(shape.model, [row for row in same if row["digest"] != row["_old"]["digest"]], ["digest"])

    def _follow(self, record: str, new: list[Row], changed: list[Row]) -> None:
        """What hangs on these rows: derived facts of vehicles, and deferred work kept in step with its order."""
        if record == "vehicles":
            self.stage.touch("vehicle", self.stored.keys(Vehicle, [row["ref"] for row in new]))
            self.stage.touch("vehicle", [row["id"] for row in changed])
        elif record in SUBJECTS:
            touched = [*new, *changed, *(row["_old"] for row in changed)]
            self.stage.touch("vehicle", {row["vehicle_id"] for row in touched if row.get("vehicle_id")})
            self.stage.touch("customer", {row["customer_id"] for row in touched if not row.get("vehicle_id")})
        if record == "repair_orders":
            keep_in_step(self.dealer, [row["id"] for row in changed])


def keep_in_step(dealer: Dealer, order_ids: list[int]) -> None:
    """Deferred work has its order's customer, vehicle and moment."""
    lines = DeferredWork.objects.of(dealer).filter(repair_order_id__in=order_ids).select_related("repair_order")
    changed = []
    for line in lines:
        order = line.repair_order
        fields = {
            "customer_id": order.customer_id,
            "vehicle_id": order.vehicle_id,
            "recommended_at": order.closed_at or order.opened_at,
        }
        if any(getattr(line, name) != value for name, value in fields.items()):
            changed.append(fields | {"id": line.pk})
    update(DeferredWork, changed, ("customer_id", "vehicle_id", "recommended_at"))


def _led(led: dict[str, Row], column: str, ref: str | None) -> Row:
    if ref is None:
        return {column: None}
    try:
        return led[ref]
    except KeyError:
        raise Failure(f"{column} {ref} was there when the feed was read and is gone now: import again") from None


def _merge_meta(row: Row, old: Row | None) -> None:
    given = row["meta"]
    kept = {name: text for name, text in (old["meta"] if old else {}).items() if name not in given}
    row["meta"] = kept | {name: text for name, text in given.items() if text is not None}
    row["meta_folded"] = {name: fold(text) for name, text in row["meta"].items()}


def _defaults(model: type[models.Model], row: Row) -> Row:
    """What a new row must have and its file does not say."""
    fields: Iterable[Any] = model._meta.concrete_fields
    return {
        field.attname: field.get_default()
        for field in fields
        if not field.null and not field.primary_key and field.attname not in row and field.attname != "dealer_id"
    }
