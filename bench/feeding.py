"""The measurements of the import and of what follows it, on the database that the settings name."""

import csv
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from bench.data import OPENED, SEED
from bench.table import Row
from relance.dealers.create import create_dealer
from relance.dealers.models import Dealer
from relance.exports.person.erase import erase
from relance.exports.person.gather import as_json
from relance.facts.absorb import take_in
from relance.facts.models import Customer, Vehicle
from relance.facts.next_service import recompute
from relance.facts.persons.matching import offers
from relance.facts.vins import decode_waiting
from relance.jobs.demo.feed import write_feed
from relance.jobs.demo.world import World
from relance.jobs.home import open_home
from relance.lib.clock import now
from relance.outbox.runs.merged import merge

LIMITS = {
    "sqlite": "SQLite: two fifths, for eight indexes on repair orders; reading, tidying, deriving in Python: the rest",
    "postgresql": "PostgreSQL: half, a quarter of it for foreign keys; reading, tidying, deriving in Python: the rest",
}


def measured(customers: int, folder: Path) -> Iterator[Row]:
    """First time, again, the memory that it took, and what follows."""
    open_home()
    feed = folder / "feed"
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:  # its memory is not the import's
        world, until = World(customers, SEED, OPENED), datetime.combine(OPENED, datetime.min.time())
        pool.submit(write_feed, feed, world, until=until).result()
    dealer = create_dealer(
        "bench", name="Bench", timezone="America/Toronto", language="fr", country="CA", settings={}, at=now()
    )
    read, by_hand = _by_hand(feed, folder / "hand.db")
    size = f"{read:,} rows"
    spent = _timed(lambda: take_in(dealer, feed, at=now(), force=True))
    yield Row("a feed, first time", size, read / spent, "/s", by_hand, "20,000 /s", LIMITS[connection.vendor])
    again = _timed(lambda: take_in(dealer, feed, at=now(), force=True))
    yield Row("the same feed again, nothing written", size, read / again, "/s", by_hand, "5 × the first time")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Row("memory of both imports, at most", size, peak, "MB", None, "< 300 MB")
    yield from _followed(dealer)


def _followed(dealer: Dealer) -> Iterator[Row]:
    """What is made of what was imported."""
    vehicles = Vehicle.objects.of(dealer).count()
    read = _timed(lambda: _read_all(dealer))
    spent = _timed(lambda: recompute(dealer))
    yield Row(
        "next service of every vehicle", f"{vehicles:,} vehicles", vehicles / spent, "/s", vehicles / read, "10,000 /s",
        "bound: reading the same rows; reckoning six operations a vehicle in Python",
    )  # fmt: skip
    one = Vehicle.objects.of(dealer).order_by("pk").values_list("pk", flat=True)[vehicles // 2]
    recompute(dealer, [one])
    yield Row("next service of one vehicle", "1", _timed(lambda: recompute(dealer, [one])), "s", None, "milliseconds")
    some = list(Vehicle.objects.of(dealer).filter(vin_usable=True).order_by("pk").values_list("pk", flat=True)[:5_000])
    nothing: dict[str, Any] = {"make": None, "model": None, "year": None, "decoded": [], "vin_waits": True}
    Vehicle.objects.of(dealer).filter(pk__in=some).update(**nothing)
    spent = _timed(lambda: decode_waiting(dealer))
    yield Row(
        "VINs decoded, with their next services", f"{len(some):,} vehicles", len(some) / spent, "/s",
        limit="the slow decoder, once for every eleven signs",
    )  # fmt: skip
    found = offers(dealer)
    spent = _timed(lambda: offers(dealer))
    yield Row("who is probably there twice", f"{len(found):,} pairs", spent, "s", limit="two group-bys over indexes")
    keep, gone, third = Customer.objects.of(dealer).order_by("pk")[:3]
    yield Row("two customers become one", "1", _timed(lambda: merge(dealer, keep, gone, by="bench", at=now())), "s")
    yield Row("a person's data handed out", "1", _timed(lambda: as_json(dealer, third, at=now())), "s")
    home = Path(settings.HOME)
    yield Row("a person erased", "1", _timed(lambda: erase(dealer, third, home=home, at=now())), "s", goal="≤ 1 h")


def _read_all(dealer: Dealer) -> None:
    tables = {
        "facts_vehicle": "id, kind, make_folded, year",
        "facts_repairorder": "vehicle_id, opened_at, odometer, packages_folded",
    }
    with connection.cursor() as cursor:
        for table, columns in tables.items():
            cursor.execute(f"SELECT {columns} FROM {table} WHERE dealer_id = %s", [dealer.pk])
            while cursor.fetchmany(5_000):
                pass


def _timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _by_hand(feed: Path, database: Path) -> tuple[int, float]:
    """(rows, rows a second) of the least there is to do: read the cells, upsert them by their id."""
    read = 0
    begin = time.perf_counter()
    with closing(sqlite3.connect(database)) as raw:
        for number, path in enumerate(sorted(feed.glob("*.csv"))):
            with path.open(encoding="utf-8", newline="") as lines:
                cells = csv.reader(lines)
                width = len(next(cells))
                columns = ", ".join(f"c{i}" for i in range(width))
                raw.execute(f"create table t{number} ({columns}, primary key (c0, c1, c2))")
                marks = ", ".join("?" * width)
                whole = (row for row in cells if len(row) == width)
                read += raw.executemany(f"insert or replace into t{number} values ({marks})", whole).rowcount
        raw.commit()
    return read, read / (time.perf_counter() - begin)
