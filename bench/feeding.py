"""The measurements of the import, in the home that the settings name."""

import csv
import resource
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bench.data import OPENED, SEED
from bench.table import Row
from relance.dealers.create import create_dealer
from relance.facts.absorb import take_in
from relance.jobs.demo.feed import write_feed
from relance.jobs.demo.world import World
from relance.jobs.home import open_home
from relance.lib.clock import now


def measured(customers: int, folder: Path) -> Iterator[Row]:
    """First time, again, and the memory that it took."""
    open_home()
    feed = folder / "feed"
    write_feed(feed, World(customers, SEED, OPENED), until=datetime.combine(OPENED, datetime.min.time()))
    dealer = create_dealer(
        "bench", name="Bench", timezone="America/Toronto", language="fr", country="CA", settings={}, at=now()
    )
    read, by_hand = _by_hand(feed, folder / "hand.db")
    size = f"{read:,} rows"
    spent = _timed(lambda: take_in(dealer, feed, at=now(), force=True))
    yield Row(
        "a feed, first time", size, read / spent, "/s", by_hand, "20,000 /s",
        "tidying in Python, eight indexes on repair orders, derived facts of every vehicle",
    )  # fmt: skip
    again = _timed(lambda: take_in(dealer, feed, at=now(), force=True))
    yield Row("the same feed again, nothing written", size, read / again, "/s", by_hand, "5 × the first time")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Row("memory of both imports, at most", size, peak, "MB", None, "< 300 MB")


def _timed(work) -> float:  # type: ignore[no-untyped-def]
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
