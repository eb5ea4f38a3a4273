"""A backup of an earlier relance is put into tables of its day, which then take the steps since."""

import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing

import pytest
from django.db.migrations.loader import MigrationLoader

from relance.exports.backup.tables import columns, tables

pytestmark = pytest.mark.process
SQLITE = {"RELANCE_DATABASE_URL": ""}
MAKE = ("dealer", "create", "north", "--name", "North", "--timezone", "America/Toronto")


def was_there_first(loader, step, steps):
    """Whether a step and everything that it builds upon in our rooms are first steps."""
    below = {f"{room}.{name}" for room, name in loader.graph.forwards_plan(tuple(step.split(".", 1)))}
    return all(".0001_" in one for one in below & steps)


def as_it_was(path, older):
    """Take out of a backup what later steps brought."""
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(held.pop("manifest.json"))
    loader, steps = MigrationLoader(None), set(manifest["migrations"])
    manifest["migrations"] = [step for step in manifest["migrations"] if was_there_first(loader, step, steps)]
    nodes = [tuple(step.split(".", 1)) for step in manifest["migrations"]]
    known = {model._meta.label: columns(model) for model in tables(loader.project_state(nodes).apps)}
    manifest["tables"] = [table for table in manifest["tables"] if table["model"] in known]
    with zipfile.ZipFile(older, "w") as archive:
        for table in manifest["tables"]:
            name = f"tables/{table['model'].lower()}.jsonl"
            places = [table["columns"].index(column) for column in known[table["model"]]]
            rows = [json.loads(line) for line in held[name].splitlines()]
            lines = [json.dumps([row[at] for at in places], separators=(",", ":"), sort_keys=True) for row in rows]
            data = "".join(f"{line}\n" for line in lines).encode()
            table |= {"columns": known[table["model"]], "sha256": hashlib.sha256(data).hexdigest()}
            archive.writestr(name, data)
        archive.writestr("manifest.json", json.dumps(manifest))


def test_an_older_backup_takes_the_steps_since_and_is_held(process, tmp_path):
    assert process(*MAKE, environ=SQLITE).status == 0
    assert process("backup", "--portable", tmp_path / "now.zip", environ=SQLITE).status == 0
    as_it_was(tmp_path / "now.zip", tmp_path / "then.zip")
    elsewhere = {**SQLITE, "RELANCE_HOME": str(tmp_path / "again")}
    answer = process("restore", tmp_path / "then.zip", environ=elsewhere)
    assert answer.status == 0, answer.err
    with closing(sqlite3.connect(tmp_path / "again" / "relance.db")) as database:
        assert database.execute("SELECT count(*) FROM plan_planmark WHERE held_since IS NOT NULL").fetchone() == (1,)
        assert database.execute("SELECT slug FROM dealers_dealer").fetchall() == [("north",)]
