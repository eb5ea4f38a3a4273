"""Turns a backup file into the database of an empty home: everything is checked before anything can be seen.

An older backup is put into tables of its own day, which then take the steps since.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from django.apps import apps as present
from django.apps.registry import Apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.utils import DatabaseError, IntegrityError

from relance.exports.backup import copy, portable
from relance.exports.backup.hold import hold
from relance.exports.backup.manifest import Manifest, Table, migrations, refuse_what_is_newer
from relance.exports.backup.tables import lines, rows_of, tables
from relance.lib.database.statistics import refresh_statistics
from relance.lib.errors import BadInput, Failure
from relance.lib.rows import pour

AT_ONCE = 5_000


@dataclass
class Restored:
    """What a restore did."""

    manifest: Manifest
    became: dict[str, int] = field(default_factory=dict)  # how many messages wait in which state


def restore(path: Path, *, at: datetime, is_move: bool = False) -> Restored:
    """Put the backup into the empty database of the settings; held, unless the old one has stopped and this goes on."""
    if not path.is_file():
        raise BadInput(f"{path}: there is no such file")
    with path.open("rb") as file:
        is_copy = file.read(len(copy.BEGINS)) == copy.BEGINS
    if is_copy and connection.vendor != "sqlite":
        raise BadInput(
            f"{path}: a copy of a SQLite database goes into SQLite only: make it with relance backup --portable"
        )
    _refuse_a_database_in_use()
    return (_restore_copy if is_copy else _restore_portable)(path, at, is_move)


def _refuse_a_database_in_use() -> None:
    there = set(connection.introspection.table_names())
    for model in tables():
        if model._meta.db_table in there and rows_of(model).exists():
            raise BadInput(
                f"this database has rows already ({model._meta.label}): restore into an empty one, "
                "set RELANCE_HOME (or RELANCE_DATABASE_URL) to another place"
            )


def _restore_portable(path: Path, at: datetime, is_move: bool) -> Restored:
    manifest = portable.checked(path)
    refuse_what_is_newer(manifest.migrations, manifest.form, source=str(path))
    known = _tables_of_that_day(manifest)
    became: dict[str, int] = {}
    try:
        with transaction.atomic():
            _load(path, manifest, known)
            if known is present and not is_move:
                became = hold(backed_up_at=manifest.made_at, at=at)
    except IntegrityError as error:
        raise BadInput(f"{path}: rows do not fit together ({_first_line(error)}): nothing was restored") from None
    except (DatabaseError, ValueError) as error:
        raise Failure(f"{path}: the database did not take a row ({_first_line(error)}): nothing was restored") from None
    if known is not present:
        call_command("migrate", verbosity=0, interactive=False)
        became = {} if is_move else hold(backed_up_at=manifest.made_at, at=at)
    refresh_statistics()
    return Restored(manifest, became)


def _tables_of_that_day(manifest: Manifest) -> Apps:
    """The tables as they were when the backup was made, empty."""
    if connection.in_atomic_block and migrations() == manifest.migrations:
        return present
    executor = MigrationExecutor(connection)
    loader = executor.loader
    if set(manifest.migrations) >= {f"{room}.{step}" for room, step in _ours(loader)}:
        call_command("migrate", verbosity=0, interactive=False)
        return present
    then = {(room, name) for room, _, name in (step.partition(".") for step in manifest.migrations)}
    last = [node for node in then if not any(child in then for child in _next(loader, node))]
    executor.migrate(last)
    return loader.project_state(last).apps


def _ours(loader: MigrationLoader) -> set[tuple[str, str]]:
    rooms = {model._meta.app_label for model in tables()}
    return {step for step in loader.disk_migrations or {} if step[0] in rooms}


def _next(loader: MigrationLoader, node: Any) -> Iterator[Any]:
    """The steps of the same room that follow."""
    return (child.key for child in loader.graph.node_map[node].children if child.key[0] == node[0])


def _load(path: Path, manifest: Manifest, known: Apps) -> None:
    """Every row, and then the proof: the tables read back give the checksums of the backup."""
    models_by_name = {model._meta.label: model for model in tables(known)}
    for table in manifest.tables:
        model = models_by_name[table.model]
        with portable.table_rows(path, table, model) as found:
            while chunk := list(islice(found, AT_ONCE)):
                pour(model, chunk)
    connection.check_constraints()
    for table in manifest.tables:
        _prove(table, models_by_name[table.model], path)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models_by_name.values())):
            cursor.execute(statement)


def _prove(table: Table, model: type[models.Model], path: Path) -> None:
    found = portable.counted(lines(model))
    if found != (table.rows, table.sha256):
        raise ValueError(f"{table.model}: {found[0]:,} of {table.rows:,} rows came back as they were")


def _restore_copy(path: Path, at: datetime, is_move: bool) -> Restored:
    manifest = copy.checked(path, indexes=True)
    refuse_what_is_newer(manifest.migrations, manifest.form, source=str(path))
    place = Path(connection.settings_dict["NAME"])
    part = place.with_name(f"{place.name}.part")
    try:
        _remove(part)
        shutil.copyfile(path, part)
        part.chmod(0o600)
        with closing(sqlite3.connect(part)) as database:
            database.execute(f"DROP TABLE {copy.NOTE}")
        with _connected_to(part):
            call_command("migrate", verbosity=0, interactive=False)
            became = {} if is_move else hold(backed_up_at=manifest.made_at, at=at)
        _remove(place)
        os.replace(part, place)
    except (OSError, sqlite3.Error, DatabaseError) as error:
        raise Failure(f"{path}: could not be restored ({_first_line(error)}): nothing has changed") from None
    finally:
        _remove(part)
    return Restored(manifest, became)


@contextmanager
def _connected_to(place: Path) -> Iterator[None]:
    """The connection leads to another file for a while; at the end everything is in that one file."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(place)
    try:
        yield
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def _remove(place: Path) -> None:
    for end in ("", "-wal", "-shm"):
        place.with_name(place.name + end).unlink(missing_ok=True)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
