"""Turns a SQLite database into a second one that stands alone: `VACUUM INTO`, then a look at every page of it.

Deleted rows leave no trace in the copy. Writers go on meanwhile: only a moment is read. SQLite sees a torn page, and
no letter that has changed: so the file holds a checksum of itself, in the place of which the sum reads zeros.
"""

import mmap
import sqlite3
from contextlib import closing
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.db import connection

from relance import __version__
from relance.exports.backup.manifest import Manifest, Table, migrations
from relance.exports.backup.tables import columns, tables
from relance.lib.errors import BadInput
from relance.lib.schema import read

BEGINS = b"SQLite format 3\x00"
NOTE = "relance_backup"  # the table that holds the manifest; a restored database has it no more

SUM = "relance-sum:"  # before the checksum, in a row of that table
UNKNOWN = "0" * 64
AT_ONCE = 1 << 20
MAPPED = 1 << 34  # bytes: an index is followed all over the file


def write(path: Path, *, key: str, at: datetime) -> Manifest:
    """Copy the database of the settings into the file, with a note of what it holds."""
    source = str(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(source)) as database:
        database.execute("PRAGMA busy_timeout = 30000")
        database.execute("VACUUM INTO ?", [str(path)])
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA synchronous = FULL")
        held = [
            Table(model=m._meta.label, columns=columns(m), rows=_count(database, m._meta.db_table)) for m in tables()
        ]
        manifest = Manifest(
            made_at=at, relance=__version__, database="sqlite", migrations=migrations(), key=key, tables=held
        )
        database.execute(f"CREATE TABLE {NOTE} (says TEXT)")
        database.execute(f"INSERT INTO {NOTE} VALUES (?)", [manifest.model_dump_json()])
        database.execute(f"INSERT INTO {NOTE} VALUES (?)", [SUM + UNKNOWN])
        database.commit()
    _seal(path)
    return manifest


def _seal(path: Path) -> None:
    """Put the checksum of the file into its place in the file."""
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as held:
        at = held.rfind((SUM + UNKNOWN).encode()) + len(SUM)
        held[at : at + len(UNKNOWN)] = _sum(held, at).encode()
        held.flush()


def _sum(held: mmap.mmap, at: int) -> str:
    """The checksum of a file in which zeros stand at a place."""
    digest = sha256()
    for begin, end in ((0, at), (at + len(UNKNOWN), len(held))):
        for start in range(begin, end, AT_ONCE):
            digest.update(held[start : min(start + AT_ONCE, end)])
        if begin == 0:
            digest.update(UNKNOWN.encode())
    return digest.hexdigest()


def _is_as_written(path: Path, says: str) -> bool:
    """Whether the file still has the checksum that it holds."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
        at = held.rfind(says.encode())
        return at >= 0 and _sum(held, at + len(SUM)) == says.removeprefix(SUM)


def checked(path: Path, *, indexes: bool = False) -> Manifest:
    """The manifest of a copy whose every page, key and count is right; BadInput says what is not.

    `indexes`: also whether each leads to its rows. That takes ten times as long and is done by a restore, so by a
    trial: a copy that has just been made has indexes of its own, and the checksum sees whatever changes later.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as database:
            database.execute(f"PRAGMA mmap_size = {MAPPED}")
            look = "integrity_check" if indexes else "quick_check"
            fault = database.execute(f"PRAGMA {look}(1)").fetchone()[0]
            if fault != "ok":
                raise BadInput(f"{path}: the file is damaged ({fault}): take another backup")
            manifest = read(Manifest, _note(database), f"{path}: {NOTE}")
            says = database.execute(f"SELECT says FROM {NOTE} WHERE says LIKE '{SUM}%'").fetchone()
            if not says or not _is_as_written(path, says[0]):
                raise BadInput(f"{path}: the file is not as it was written: take another backup")
            if database.execute("PRAGMA foreign_key_check").fetchone():
                raise BadInput(f"{path}: a row points to one that is not there: take another backup")
            for table in manifest.tables:
                found = _count(database, table.model.lower().replace(".", "_"))
                if found != table.rows:
                    raise BadInput(f"{path}: {table.model} has {found:,} rows, {table.rows:,} were written")
            return manifest
    except (sqlite3.Error, UnicodeDecodeError, ValueError) as error:
        raise BadInput(f"{path}: the file is damaged ({error}): take another backup") from None


def _note(database: sqlite3.Connection) -> object:
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [NOTE]).fetchone():
        raise BadInput(
            "this SQLite database was not made by relance backup: put it at RELANCE_HOME/relance.db yourself"
        )
    return Manifest.model_validate_json(database.execute(f"SELECT says FROM {NOTE}").fetchone()[0]).model_dump()


def _count(database: sqlite3.Connection, table: str) -> int:
    count: int = database.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
    return count
