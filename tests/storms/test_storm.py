"""Fifty people, an import, four senders and a backup at once on SQLite: nobody is told that it is locked (R52).

`STORM_MINUTES=30` makes it as long as promised, with as many. How long the answers took is printed, not judged.
"""

import os
import sys

import pytest
from django.db import connection

from tests.harness.test_crash import harness

MINUTES = float(os.environ.get("STORM_MINUTES", "0"))
SMALL, FULL = (6, 6, 2, 40, 0.5), (60 * MINUTES, 50, 4, 2_000, 5)  # seconds, people, senders, customers, pause


@pytest.mark.process
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has many writers at a time")
def test_nobody_is_told_that_the_database_is_locked(tmp_path):
    came = harness(tmp_path / "home", "storms.storm", *(FULL if MINUTES else SMALL), patience=600 + 120 * MINUTES)
    sys.stdout.write("".join(f"\n{name}: {value}" for name, value in came.items()))
    assert (came["faults"], came["trouble"]) == ({}, [])
    assert (came["imports failed"], came["backups failed"], came["mails twice"]) == (0, 0, 0)
    assert min(came[name] for name in ("reads", "writes", "imports", "backups", "mails")) > 0
