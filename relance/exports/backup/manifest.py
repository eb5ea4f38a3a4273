"""Turns what a backup holds into its first page: whose form, when, how many rows, which checksums, which key."""

import hashlib
from datetime import datetime

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from relance.exports.backup.tables import rooms
from relance.lib.errors import BadInput
from relance.lib.schema import Strict

FORM = 1  # of the file; a reader refuses a greater one


class Table(Strict):
    """One table of a backup. A copy of SQLite's has no checksums of its own."""

    model: str
    columns: list[str]
    rows: int
    sha256: str = ""


class Manifest(Strict):
    """What a backup says about itself."""

    form: int = FORM
    made_at: datetime
    relance: str
    database: str
    migrations: list[str]
    key: str  # the mark of the server's secret, which is not in the backup
    tables: list[Table]

    @property
    def rows(self) -> int:
        """All rows."""
        return sum(table.rows for table in self.tables)


def mark_of(secret: str) -> str:
    """A mark by which a secret is known again, and from which it cannot be told."""
    return hashlib.blake2b(secret.encode(), digest_size=12, person=b"relance-backup").hexdigest()


def migrations() -> list[str]:
    """The steps that our tables have taken, `room.step`."""
    ours = rooms()
    applied = MigrationLoader(connection).applied_migrations or {}
    return sorted(f"{room}.{step}" for room, step in applied if room in ours)


def refuse_what_is_newer(steps: list[str], form: int, *, source: str) -> None:
    """BadInput when the backup comes from a relance that this one does not know yet."""
    known = {f"{room}.{step}" for room, step in MigrationLoader(None).disk_migrations or {}}
    newer = [step for step in steps if step not in known]
    if newer or form > FORM:
        what = newer[-1] if newer else f"form {form}"
        raise BadInput(f"{source}: made by a newer relance ({what}): install that version, then restore")
