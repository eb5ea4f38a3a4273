"""A server that is killed while people change things has kept whatever it had answered (R51). `DEATHS=500` in full."""

import os
import sys

import pytest
from django.db import connection

from tests.harness.test_crash import harness

DEATHS = int(os.environ.get("DEATHS", "6"))


@pytest.mark.process
@pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite in our own process; PostgreSQL is its own server")
def test_what_was_answered_is_there_after_the_server_died(tmp_path):
    came = harness(tmp_path / "home", "storms.acknowledged", DEATHS, 4, 1, patience=300 + 20 * DEATHS)
    sys.stdout.write(f"\n{came}\n")
    assert (came["lost"], came["integrity"], came["audit log"]) == (0, "ok", [])
    assert came["answered"] >= came["kills"] == DEATHS
