"""Turns the database into a file that every database takes: a zip of one file of lines per table, and a manifest.

One moment is read, while everybody goes on working: a read transaction on SQLite, REPEATABLE READ on PostgreSQL.
"""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.db import connection, models, transaction

from relance import __version__
from relance.exports.backup.manifest import Manifest, Table, migrations
from relance.exports.backup.tables import columns, lines, rows, tables
from relance.lib.errors import BadInput
from relance.lib.schema import read

MANIFEST = "manifest.json"
QUICK = 1  # level of compression: text shrinks to a sixth, and a higher level only costs time


def write(path: Path, *, key: str, at: datetime) -> Manifest:
    """Write every table into the file."""
    with one_moment(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=QUICK) as archive:
        written = [_write_table(archive, model) for model in tables()]
        manifest = Manifest(
            made_at=at, relance=__version__, database=connection.vendor, migrations=migrations(), key=key,
            tables=written,
        )  # fmt: skip
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
    return manifest


def _write_table(archive: zipfile.ZipFile, model: type[models.Model]) -> Table:
    count, digest = 0, hashlib.sha256()
    with archive.open(_name(model._meta.label), "w", force_zip64=True) as file:
        for line in lines(model):
            digest.update(line)
            file.write(line)
            count += 1
    return Table(model=model._meta.label, columns=columns(model), rows=count, sha256=digest.hexdigest())


def checked(path: Path) -> Manifest:
    """The manifest of a file, when all that it says is true; BadInput names the table that is not whole."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = read(Manifest, json.loads(archive.read(MANIFEST)), f"{path}: {MANIFEST}")
            for table in manifest.tables:
                with archive.open(_name(table.model)) as file:
                    found = counted(file)
                if found != (table.rows, table.sha256):
                    raise BadInput(f"{path}: {table.model} is not whole: {found[0]:,} of {table.rows:,} rows read well")
            return manifest
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError, NotImplementedError, zlib.error) as error:
        raise BadInput(f"{path}: the file is damaged ({error}): take another backup") from None


def counted(written: Iterable[bytes]) -> tuple[int, str]:
    """How many lines there are, and their checksum."""
    count, digest = 0, hashlib.sha256()
    for line in written:
        digest.update(line)
        count += 1
    return count, digest.hexdigest()


@contextmanager
def table_rows(path: Path, table: Table, model: type[models.Model]) -> Iterator[Iterator[dict[str, object]]]:
    """The rows of one table of the file."""
    with zipfile.ZipFile(path) as archive, archive.open(_name(table.model)) as file:
        yield rows(model, table.columns, file)


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside was so at one moment. Nobody waits: SQLite's lock of a writer is not taken."""
    if connection.in_atomic_block:  # the caller's transaction is the moment
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def _name(model: str) -> str:
    return f"tables/{model.lower()}.jsonl"
