"""Turns a batch of staged rows into inserts and updates in one transaction, and notes what hangs on them."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext

from relance.dealers.models import Dealer
from relance.dealers.staff import keep_typed
from relance.facts.applying.known import Stored
from relance.facts.applying.shapes import SHAPES, Shape, Terms
from relance.facts.applying.sheet import Row, Sheet
from relance.facts.models import Customer, DeferredWork, Vehicle
from relance.facts.persons.erased import refuse
from relance.facts.persons.merge import land
from relance.intake.check import Report
from relance.intake.rows import META
from relance.intake.stage import Batch, Stage
from relance.lib.errors import Failure
from relance.lib.fold import fold
from relance.lib.rows import as_kept, insert_columns, sorted_json, update, utc_text

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
            done += len(batch.lines)
            progress(report.file, done)

    def _apply_batch(self, record: str, batch: Batch, report: Report) -> None:
        shape = SHAPES[record]
        with transaction.atomic():
            if record == "customers" and self.stored.merged:
                batch = self._land(shape, batch, report)
            if not batch.lines:
                return
            sheet = self._tidied(shape, batch)
            new, changed, same = self._sort(shape, sheet)
            if new:
                insert_new(self.dealer, shape, sheet.only(new), at=self.at)
            known = {"id", *shape.match}
            update(shape.model, changed, [name for name in sheet.columns if name not in known], ready=True)
            update(shape.model, [row for row in same if row["digest"] != row["_old"]["digest"]], ["digest"], ready=True)
            self._follow(record, sheet, new, changed)
        report.inserted += len(new)
        report.updated += len(changed)
        report.unchanged += len(batch.lines) - len(new) - len(changed)

    def _land(self, shape: Shape, batch: Batch, report: Report) -> Batch:
        """Rows of customers who are others now land on those who were kept; the other rows of the batch are left."""
        is_merged = [key in self.stored.merged for key in batch.keys]
        merged = batch.only(is_merged)
        if merged.lines:
            sheet = self._tidied(shape, merged)
            for row in sheet.rows(list(range(len(merged.lines)))):
                if land(self.dealer, self.stored.merged[row["ref"]][0], row, at=self.at):
                    report.updated += 1
                else:
                    report.unchanged += 1
        return batch.only([not merged for merged in is_merged])

    def _tidied(self, shape: Shape, batch: Batch) -> Sheet:
        """The rows' fields, and what is stored under their ids."""
        sheet = Sheet([None] * len(batch.lines))
        own: dict[str, list[Any]] = {}
        for name, values in zip(batch.columns, batch.values, strict=True):
            if name in shape.puts:
                shape.puts[name](sheet, values, self.terms)
            elif name in shape.references:
                self._lead(sheet, name, values)
            else:
                own[name.removeprefix(META)] = values
        if not shape.appended:
            sheet.put("digest", batch.digests)
        keys = list(zip(*[sheet.columns[name] for name in shape.match if name != "by"], strict=True))
        stored = self.stored.rows(shape, keys)
        if stored:
            sheet.olds = [stored.get(key) for key in keys]
        if own:
            put_meta(sheet, own)
        if shape.derive:
            shape.derive(sheet, self.terms)
        return sheet

    def _lead(self, sheet: Sheet, column: str, refs: list[str | None]) -> None:
        """The fields that the rows get from what an id leads to."""
        fields, found = self.stored.lead(column, {ref for ref in refs if ref is not None})
        try:
            nowhere = (None,) * len(fields)
            rows = [nowhere if ref is None else found[ref] for ref in refs]
        except KeyError as gone:
            told = gettext("{column} {ref} was there when the feed was read and is gone now: import again")
            raise Failure(told.format(column=column, ref=gone.args[0])) from None
        for name, values in zip(fields, zip(*rows, strict=True), strict=True):
            sheet.put(name, list(values))

    def _sort(self, shape: Shape, sheet: Sheet) -> tuple[list[int], list[Row], list[Row]]:
        """New rows (by place), changed ones, and those that only came in another form (their digest is new)."""
        there = [place for place, old in enumerate(sheet.olds) if old is not None]
        if not there:
            return list(range(len(sheet.olds))), [], []
        changed: list[Row] = []
        same: list[Row] = []
        for place, row in zip(there, sheet.rows(there), strict=True):
            old = sheet.olds[place] or {}
            if shape.appended:
                self._note_differing(row, old)
                continue
            differs = any(old[name] != value for name, value in row.items() if name != "digest")
            (changed if differs else same).append(row | {"id": old["id"], "_old": old})
        return [place for place, old in enumerate(sheet.olds) if old is None], changed, same

    def _note_differing(self, row: Row, old: Row) -> None:
        if any(old[name] != row[name] for name in ("expires_at", "source", "proof") if name in row):
            self.terms.see(
                gettext("an entry that the ledger has with another expiry, source or proof: it keeps its own"), 1
            )

    def _follow(self, record: str, sheet: Sheet, new: list[int], changed: list[Row]) -> None:
        """What hangs on these rows: derived facts of vehicles, and deferred work kept in step with its order."""
        if record == "customers" and self.stored.erased:
            coming = [row for row in (*sheet.rows(new), *changed) if self.stored.erased.has_address_of(row)]
            refuse(self.dealer, self.stored.keys(Customer, [row["ref"] for row in coming]), at=self.at)
        if record == "staff":
            keep_typed(self.dealer)
        if record == "vehicles":
            refs = sheet.columns["ref"]
            self.stage.touch("vehicle", self.stored.keys(Vehicle, [refs[place] for place in new]))
            self.stage.touch("vehicle", [row["id"] for row in changed])
        elif record in SUBJECTS:
            touched = [*sheet.subjects(new), *map(_subject, changed), *(_subject(row["_old"]) for row in changed)]
            self.stage.touch("vehicle", {vehicle for _, vehicle in touched if vehicle})
            self.stage.touch("customer", {customer for customer, vehicle in touched if not vehicle})
        if record == "repair_orders":
            keep_in_step(self.dealer, [row["id"] for row in changed])


def _subject(row: Row) -> tuple[int, int | None]:
    return row["customer_id"], row.get("vehicle_id")


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


def insert_new(dealer: Dealer, shape: Shape, sheet: Sheet, *, at: datetime) -> None:
    """Rows that are not stored yet; one that somebody stored meanwhile becomes as it is here."""
    columns = sheet.columns
    if shape.match != ("ref",):  # two ids may be one when they are folded: the later row is the one
        keys = zip(*[columns[name] for name in shape.match], strict=True)
        columns = sheet.only(sorted({key: place for place, key in enumerate(keys)}.values())).columns
    fill = _defaults(shape.model, columns) | {"dealer_id": dealer.pk}
    if shape.appended:
        fill["recorded_at"] = utc_text(at)
    known = {"dealer_id", "id", *shape.match}
    change = () if shape.appended else tuple(name for name in columns if name not in known)
    insert_columns(shape.model, columns, fill, match=("dealer_id", *shape.match), change=change)


def put_meta(sheet: Sheet, own: dict[str, list[Any]]) -> None:
    """Custom attributes: a column replaces its own, an empty cell takes it away, those of other files stay."""
    names = tuple(own)
    texts: list[str] = []
    folded: list[str] = []
    for old, values in zip(sheet.olds, zip(*own.values(), strict=True), strict=True):
        before = "{}" if old is None else old["meta"]
        text, compared = _meta_texts(before, names, values)
        texts.append(text)
        folded.append(compared)
    sheet.put("meta", texts)
    sheet.put("meta_folded", folded)


@lru_cache(maxsize=2_000)
def _meta_texts(before: str, names: tuple[str, ...], values: tuple[str | None, ...]) -> tuple[str, str]:
    meta = {name: text for name, text in json.loads(before).items() if name not in names}
    meta |= {name: text for name, text in zip(names, values, strict=True) if text is not None}
    return sorted_json(meta), sorted_json({name: fold(text) for name, text in meta.items()})


def _defaults(model: type[models.Model], columns: dict[str, list[Any]]) -> Row:
    """What a new row must have and its file does not say."""
    fields: Iterable[Any] = model._meta.concrete_fields
    return {
        field.attname: as_kept(field.get_default())
        for field in fields
        if not field.null and not field.primary_key and field.attname not in columns and field.attname != "dealer_id"
    }
