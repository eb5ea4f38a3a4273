"""Planning measured on PostgreSQL, after moving the same dealership there by a portable backup.

On the server of RELANCE_DATABASE_URL when it is set (an empty database), else on one of its own in a temporary folder,
with the settings of the tests: no fsync. So the drafts' figure says what the statements cost, not what the disk does.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import django
import psycopg

from bench.data import HERE, database, url
from bench.feed import MOST as FED
from bench.forecast import DEALERSHIP, counts, forecasts
from bench.table import Row

MOST = 100_000  # customers: moving more takes longer than measuring them says


def rows(customers: int) -> Iterator[Row]:
    """Moving there, who is due, a tick, drafts."""
    from tests.postgres import Server, empty

    customers = min(customers, MOST)
    given = os.environ.get("RELANCE_DATABASE_URL")
    server = None if given else Server()
    try:
        address = given or server.url("bench")  # type: ignore[union-attr]
        with tempfile.TemporaryDirectory() as folder:
            os.environ |= {
                "RELANCE_HOME": folder,
                "RELANCE_DATABASE_URL": address,
                "DJANGO_SETTINGS_MODULE": "relance.settings",
            }
            django.setup()
            if server is not None:
                empty(address)
                if customers > DEALERSHIP:
                    yield from _forecast_of_a_dealership(Path(folder), address)
                    empty(address)
            yield from _moved(customers, Path(folder), address)
            yield from _day_of_the_library(customers)
            yield _tick(customers)
            yield _drafts(customers)
            yield from counts(customers, "PostgreSQL, ")
            yield from forecasts(customers, "PostgreSQL, ")
            from bench.feeding import measured

            for row in measured(min(customers, FED), Path(folder)):
                yield replace(row, work=f"{row.work}, on PostgreSQL")
    finally:
        if server is not None:
            server.stop()


def _forecast_of_a_dealership(folder: Path, address: str) -> Iterator[Row]:
    """The forecast at the size that its goal speaks of."""
    from django.db import connection

    list(_moved(DEALERSHIP, folder, address))
    yield from forecasts(DEALERSHIP, "PostgreSQL, ")
    connection.close()


def _moved(customers: int, folder: Path, address: str) -> Iterator[Row]:
    file = folder / f"moved-{customers}.zip"
    size = f"{customers:,} customers, {database(customers).stat().st_size / 2**20:,.0f} MB"
    began = time.perf_counter()
    _relance("backup", "--portable", file, home=folder, address=url(customers))
    yield Row("backup --portable, of SQLite", size, time.perf_counter() - began, "s", goal="")
    began = time.perf_counter()
    _relance("restore", file, "--move", home=folder, address=address)
    yield Row("restore into PostgreSQL, proven", size, time.perf_counter() - began, "s", goal="10 min/GB")


def _relance(*words: object, home: Path, address: str) -> None:
    environment = {**os.environ, "RELANCE_HOME": str(home), "RELANCE_DATABASE_URL": address}
    subprocess.run(
        [sys.executable, "-m", "relance", *map(str, words)], cwd=HERE.parent, env=environment, check=True,
        stdout=sys.stderr,
    )  # fmt: skip


def _day_of_the_library(customers: int) -> Iterator[Row]:
    from django.db import connection

    from bench.plans import best, by_hand, run_of
    from bench.questions import QUESTIONS
    from relance.dealers.models import Dealer
    from relance.plan.due import due_ids

    dealer = Dealer.objects.get()
    ours = hand = 0.0
    connection.ensure_connection()
    for code, sql in QUESTIONS.items():
        run = run_of(dealer, code)
        statement, parameters = by_hand(sql, dealer, run.reference_at)
        statement = re.sub(r":(\w+)", r"%(\1)s", statement)
        raw = connection.connection
        expected = set(_fetch(raw, statement, parameters))
        found = set(due_ids(dealer, run))
        same = "" if found == expected else f" DIFFERS: {len(found)} against {len(expected)}"
        mine, bound = best(partial(due_ids, dealer, run)), best(partial(_fetch, raw, statement, parameters))
        ours, hand = ours + mine, hand + bound
        yield Row(f"PostgreSQL, who is due: {code}{same}", f"{len(found):,} of {customers:,}", mine, "s", bound)
    yield Row(
        "PostgreSQL, who is due: a day of the library", f"{len(QUESTIONS)} automations", ours, "s", hand, "≤ 2 ×",
        "the once-keys are asked too; sorting the subjects",
    )  # fmt: skip


def _fetch(raw: psycopg.Connection[Any], statement: str, parameters: dict[str, Any]) -> list[int]:
    with raw.cursor() as cursor:
        return [row[0] for row in cursor.execute(statement.encode(), parameters)]


def _tick(customers: int) -> Row:
    """The same minute of the night as on SQLite."""
    from bench.plans import tick

    return Row(
        "PostgreSQL, real-time tick, 20 automations, nobody due", f"{customers:,} customers", tick(), "s",
        goal="< 50 ms", limit="a round trip for each of 20 queries",
    )  # fmt: skip


def _drafts(customers: int) -> Row:
    """Many due: found, rendered, judged, stored; taken back at the end."""
    from django.db import connection, transaction

    from bench.plans import PEERS, many, noon
    from relance.dealers.models import Dealer
    from relance.jobs.stages import plan

    dealer = Dealer.objects.get()
    with transaction.atomic(), connection.cursor() as cursor:
        many(dealer)
        began = time.perf_counter()
        made = plan(dealer, at=noon(), since=noon().replace(hour=13)).made
        spent = time.perf_counter() - began
        cursor.execute("CREATE TEMPORARY TABLE copied AS SELECT * FROM outbox_message LIMIT 0")
        start = time.perf_counter()
        cursor.execute("INSERT INTO copied SELECT * FROM outbox_message")
        bound = made / (time.perf_counter() - start)
        transaction.set_rollback(True)
    return Row(
        "PostgreSQL, drafts: find, render, gate, insert", f"{made:,} due of {customers:,} customers", made / spent,
        "/s", bound, "10,000 /s", PEERS,
    )  # fmt: skip
