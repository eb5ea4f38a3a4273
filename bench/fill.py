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
from relance.facts.applying.apply import insert_new, put_meta
from relance.facts.applying.shapes import SHAPES, Terms
from relance.facts.applying.sheet import Sheet
from relance.facts.models import Vehicle
from relance.facts.next_service import recompute
from relance.facts.proposed import propose
from relance.intake.cells import Reader, reader_of
from relance.intake.records import RECORDS, Column, Record
from relance.intake.rows import META
from relance.jobs.demo.feed import COLUMNS, Rows, rows_of_some, staff_rows
from relance.jobs.demo.world import World
from relance.lib.database.statistics import refresh_statistics

SLUG = "demo"
BATCH = 2_000  # customers between two writes
CHUNK = 5_000  # vehicles whose derived facts are made at once
Say = Callable[[str], None]


@dataclass
class Table:
    """One file's way into its table: how its cells are read, and the keys that its rows were given."""

    record: Record
    readers: list[tuple[str, Reader]]
    cells: list[tuple[str, ...]] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)  # by id, of the batch in hand
    sheet: Sheet = field(default_factory=lambda: Sheet([]))
    last: int = 0


def migrate() -> None:
    """Bring a database that is there to today's tables."""
    call_command("migrate", verbosity=0, interactive=False)
    refresh_statistics()  # as open_home does it
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
        """The rows of one customer."""
        for name, table in self.tables.items():
            table.cells += rows.get(name, ())

    def write(self) -> None:
        """Tidy and insert what is kept, in the order of RECORDS, so that what an id leads to is there."""
        for name, table in self.tables.items():
            if table.cells:
                self._write(name, table)
        for table in self.tables.values():
            table.cells, table.places = [], {}

    def _write(self, name: str, table: Table) -> None:
        shape, size = SHAPES[name], len(table.cells)
        sheet = table.sheet = Sheet([None] * size)
        table.places = {cells[0]: place for place, cells in enumerate(table.cells)}
        sheet.put("id", list(range(table.last + 1, table.last + 1 + size)))
        own: dict[str, list[Any]] = {}
        for (column, reader), cells in zip(table.readers, zip(*table.cells, strict=True), strict=True):
            values = reader.read_all(list(cells))
            if column in shape.puts:
                shape.puts[column](sheet, values, self.terms)
            elif column.startswith(META):
                own[column.removeprefix(META)] = values
            else:
                self._lead(sheet, column, values)
        if own:
            put_meta(sheet, own)
        if shape.derive:
            shape.derive(sheet, self.terms)
        insert_new(self.dealer, shape, sheet, at=self.at)
        table.last += size
        self.written += size

    def _lead(self, sheet: Sheet, column: str, refs: list[str | None]) -> None:
        """The fields that rows get from what their ids lead to."""
        if column != "repair_order_id":
            led = self.tables["customers" if column == "customer_id" else "vehicles"]
            sheet.put(column, [ref and led.sheet.columns["id"][led.places[ref]] for ref in refs])
            return
        orders = self.tables["repair_orders"]
        found, columns = [orders.places[ref or ""] for ref in refs], orders.sheet.columns
        for name, of in (("repair_order_id", "id"), ("customer_id", "customer_id"), ("vehicle_id", "vehicle_id")):
            sheet.put(name, [columns[of][place] for place in found])
        sheet.put("recommended_at", [columns["closed_at"][place] or columns["opened_at"][place] for place in found])


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
    columns = [(name, record.column(name) or Column(name)) for name in COLUMNS[record.name].split()]
    return Table(record, [(name, reader_of(column, dealer.zone)) for name, column in columns], last=keys_from)


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
