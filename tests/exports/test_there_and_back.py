"""A dealership with planned and delivered messages goes to PostgreSQL and back, and not a byte of it differs."""

import json
import sqlite3
import zipfile
from contextlib import closing

import pytest

from tests.postgres import Server

pytestmark = pytest.mark.process
SQLITE = {"RELANCE_DATABASE_URL": ""}


@pytest.fixture
def dealership(process):
    """The sample dealership in a SQLite home: ten days are planned and delivered."""
    assert process("demo", "--customers", 200, "--no-serve", environ=SQLITE).status == 0
    with closing(sqlite3.connect(process.home / "relance.db")) as database, database:
        faults = [(f"house/{key}", "2026-05-04 10:00:00") for key in ("b", "B", "a-c", "a b", "é")]
        told = "INSERT INTO jobs_fault (key, look, dealer, says, state, since) VALUES (?, 'house', '', 'x', 'told', ?)"
        database.executemany(told, faults)
    return process


@pytest.fixture
def postgres():
    server = Server()
    yield {"RELANCE_DATABASE_URL": server.url("postgres")}
    server.stop()


def sums(path):
    with zipfile.ZipFile(path) as archive:
        told = json.loads(archive.read("manifest.json"))["tables"]
    return {table["model"]: (table["rows"], table["sha256"]) for table in told}


def test_to_postgresql_and_back(dealership, postgres, tmp_path):
    homes = {"first": SQLITE, "second": {**postgres, "RELANCE_HOME": str(tmp_path / "pg")}}
    homes["third"] = {**SQLITE, "RELANCE_HOME": str(tmp_path / "again")}
    before = None
    for name, environ in homes.items():
        file = tmp_path / f"{name}.zip"
        if before is not None:
            restored = dealership("restore", before, "--move", environ=environ)
            assert restored.status == 0, restored.err
        saved = dealership("backup", "--portable", file, environ=environ)
        assert "good:" in saved.err, saved.err
        before = file
    first = sums(tmp_path / "first.zip")
    assert first["outbox.Message"][0] > 0
    assert first["facts.Touch"][0] > 0
    assert first["jobs.Fault"][0] == 5
    assert sums(tmp_path / "second.zip") == first
    assert sums(tmp_path / "third.zip") == first
    messages = [dealership("messages", "demo", "--json", environ=homes[name]).out for name in ("first", "third")]
    assert messages[0] == messages[1]


def test_a_copy_of_sqlite_s_own_comes_back_held(dealership, tmp_path):
    assert dealership("backup", tmp_path / "b.db", environ=SQLITE).status == 0
    elsewhere = {**SQLITE, "RELANCE_HOME": str(tmp_path / "again")}
    answer = dealership("restore", tmp_path / "b.db", environ=elsewhere)
    assert "restore --let-go" in answer.err, answer.err
    assert "The key differs" in answer.err
    with closing(sqlite3.connect(tmp_path / "again" / "relance.db")) as database:
        states = {state for (state,) in database.execute("SELECT DISTINCT state FROM outbox_message")}
        assert not states & {"ready", "sending"}
        assert database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'relance_backup'").fetchone() == (0,)
    broken = bytearray((tmp_path / "b.db").read_bytes())
    broken[len(broken) // 2 : len(broken) // 2 + 20_000] = bytes(20_000)
    (tmp_path / "broken.db").write_bytes(bytes(broken))
    third = {**SQLITE, "RELANCE_HOME": str(tmp_path / "third")}
    assert dealership("restore", tmp_path / "broken.db", environ=third).status == 2
