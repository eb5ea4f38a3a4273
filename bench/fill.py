"""Turns a world into rows of the fact tables by the import's own reading and tidying, inserted in bulk.

Indexes are taken away first and made again at the end; derived facts are made by the functions that the import calls.
"""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from datetime import time as clock_time
from importlib.resources import files
from multiprocessing import get_context
from typing import Any

import yaml
from django.core.management import call_command
from django.db import connection, transaction

from relance.dealers.create import create_dealer
from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.models import Vehicle
from relance.facts.next_service import recompute
from relance.facts.proposed import propose
from relance.facts.shapes import SHAPES, Row, Terms
from relance.intake.cells import Reader, reader_of
from relance.intake.records import RECORDS, Record
from relance.intake.rows import META
from relance.jobs.demo.feed import COLUMNS, Rows, rows_of_some, staff_rows
from relance.jobs.demo.world import World
from relance.lib.database.statistics import refresh_statistics
from relance.lib.fold import fold
from relance.lib.rows import insert

SLUG = "demo"
BATCH = 2_000  # customers between two writes
CHUNK = 5_000  # vehicles whose derived facts are made at once
Say = Callable[[str], None]


@dataclass
class Table:
    """One file's way into its table: how its cells are read, and the keys that its rows were given."""

    record: Record
    readers: list[tuple[str, Reader]]
    fill: Row
    keys: dict[str, Row] = field(default_factory=dict)  # by id, of the batch in hand
    rows: list[Row] = field(default_factory=list)
    last: int = 0


def migrate() -> None:
    """Bring a database that is there to today's tables."""
    call_command("migrate", verbosity=0, interactive=False)
    _into_one_file()


def _into_one_file() -> None:
    """Everything into the one file, which is then renamed."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=DELETE")
    connection.close()


def fill(customers: int, *, seed: int, opened: date, say: Say) -> Dealer:
    """Make the dealership with this many customers in the empty database of the settings."""
    call_command("migrate", verbosity=0, interactive=False)
    world = World(customers, seed, opened, dirty=False)
    until = datetime.combine(opened, clock_time())
    own = yaml.safe_load(files("relance.jobs.demo").joinpath("dealer.yaml").read_text(encoding="utf-8"))
    at = datetime.combine(opened, clock_time(), tzinfo=UTC)
    dealer = create_dealer(
        SLUG, name="Garage Bellerive", timezone="America/Toronto", language="fr", country="CA", settings=own, at=at
    )
    filling = Filling(dealer, at)
    began = time.perf_counter()
    with _unsafe_and_fast(), _without_indexes(say), transaction.atomic():
        filling.take({"staff": staff_rows()})
        for number, rows in enumerate(_batches(world, until), start=1):
            for of_customer in rows:
                filling.take(of_customer)
            filling.write()
            if number * BATCH % 50_000 == 0:
                speed = filling.written / (time.perf_counter() - began)
                say(f"{number * BATCH:,} customers, {speed:,.0f} rows a second")
    say(f"{filling.written:,} rows in {time.perf_counter() - began:,.0f} s; derived facts …")
    refresh_statistics()  # or deriving would read whole tables
    derive(dealer, say)
    refresh_statistics()
    _into_one_file()
    say(f"done in {time.perf_counter() - began:,.0f} s")
    return dealer


def _batches(world: World, until: datetime) -> Iterator[list[Rows]]:
    """The customers' rows, made by other processes a little ahead, in order."""
    ranges = [range(first, min(first + BATCH, world.customers)) for first in range(0, world.customers, BATCH)]
    others = max(1, (os.cpu_count() or 2) - 1)
    with ProcessPoolExecutor(others, mp_context=get_context("spawn")) as pool:
        ahead: deque[Future[list[Rows]]] = deque()
        for numbers in ranges:
            ahead.append(pool.submit(rows_of_some, world, until, numbers))
            if len(ahead) > 2 * others:
                yield ahead.popleft().result()
        for coming in ahead:
            yield coming.result()


class Filling:
    """Rows on their way: read, tidied, given their keys, kept until the next write."""

    def __init__(self, dealer: Dealer, at: datetime, *, keys_from: int = 0) -> None:
        self.dealer, self.at, self.terms = dealer, at, Terms.of(dealer)
        self.written = 0
        self.tables = {record.name: _table(record, dealer, keys_from) for record in RECORDS}

    def take(self, rows: Rows) -> None:
        """The rows of one customer, in the order of RECORDS, so that what an id leads to is there."""
        for name, table in self.tables.items():
            for cells in rows.get(name, ()):
                table.rows.append(self._row(name, table, cells))

    def write(self) -> None:
        """Insert what is kept."""
        for name, table in self.tables.items():
            insert(SHAPES[name].model, table.rows, match=("dealer_id", *SHAPES[name].match), change=())
            self.written += len(table.rows)
            table.rows, table.keys = [], {}

    def _row(self, name: str, table: Table, cells: tuple[str, ...]) -> Row:
        shape = SHAPES[name]
        table.last += 1
        row: Row = {"id": table.last}
        for (column, read), cell in zip(table.readers, cells, strict=True):
            value = read(cell) if cell else None
            if column in shape.puts:
                shape.puts[column](row, value, self.terms)
            elif column.startswith(META):
                own = {} if value is None else {column.removeprefix(META): value}
                row["meta"], row["meta_folded"] = own, {key: fold(text) for key, text in own.items()}
            else:
                row.update(self._led(column, value))
        if shape.appended:
            row["recorded_at"], row["by"] = self.at, "feed"
        if shape.derive:
            shape.derive(row, None, self.terms)
        table.keys[cells[0]] = row
        return table.fill | row

    def _led(self, column: str, ref: str | None) -> Row:
        """The fields that a row gets from what its id leads to."""
        if column != "repair_order_id":
            leads = self.tables["customers" if column == "customer_id" else "vehicles"].keys
            return {column: leads[ref]["id"] if ref else None}
        order = self.tables["repair_orders"].keys[ref or ""]
        return {
            "repair_order_id": order["id"],
            "customer_id": order["customer_id"],
            "vehicle_id": order["vehicle_id"],
            "recommended_at": order["closed_at"] or order["opened_at"],
        }


def derive(dealer: Dealer, say: Say) -> None:
    """Proposed visits and derived facts of every vehicle, as after an import."""
    calendar, began, done = Calendar(dealer), time.perf_counter(), 0
    ids = list(Vehicle.objects.of(dealer).order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(ids), CHUNK):
        chunk = ids[first : first + CHUNK]
        with transaction.atomic():
            propose(dealer, calendar, vehicle_ids=chunk)
            recompute(dealer, chunk)
        done += len(chunk)
        if done % (20 * CHUNK) == 0:
            say(f"{done:,} vehicles, {done / (time.perf_counter() - began):,.0f} a second")


def _table(record: Record, dealer: Dealer, keys_from: int) -> Table:
    readers: list[tuple[str, Reader]] = []
    for name in COLUMNS[record.name].split():
        column = record.column(name)
        readers.append((name, reader_of(column, dealer.zone) if column else str))
    model = SHAPES[record.name].model
    fill: Row = {f.attname: f.get_default() for f in model._meta.concrete_fields if not f.null and f.has_default()}
    return Table(record, readers, fill | {"dealer_id": dealer.pk}, last=keys_from)


@contextmanager
def _unsafe_and_fast() -> Iterator[None]:
    """A database that a crash would spoil: it is thrown away then."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        for setting in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-262144"):
            cursor.execute(f"PRAGMA {setting}")
    yield
    connection.close()  # the next connection has the settings' own


@contextmanager
def _without_indexes(say: Say) -> Iterator[None]:
    asked = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name LIKE 'facts_%'"
    with connection.cursor() as cursor:
        indexes: list[tuple[Any, ...]] = cursor.execute(asked).fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for _, statement in indexes:
            cursor.execute(statement)
    say(f"{len(indexes)} indexes in {time.perf_counter() - began:,.0f} s")
