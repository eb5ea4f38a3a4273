"""`relance backup`: one file that holds the database, read again before it is called good."""

import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.db import connection

from relance.dealers.secret import FILE
from relance.exports.backup.prove import prove
from relance.exports.backup.write import write_backup
from relance.lib.clock import now
from relance.measures.health import LastBackup, remember_backup


def command(
    file: Annotated[Path, typer.Argument(help="Where to; a file that is there is not written over.")],
    *,
    portable: Annotated[
        bool, typer.Option("--portable", help="Table by table: restores into SQLite or PostgreSQL.")
    ] = False,
    proof: Annotated[
        bool, typer.Option("--prove", help="The file is there: restore it into a scratch database, and count.")
    ] = False,
) -> None:
    """Back up the database while everything goes on, or prove a backup."""
    if proof:
        began = time.perf_counter()
        found = prove(file)
        print(
            f"proven: {file} restores, {found.rows:,} rows of {len(found.tables)} tables as they were "
            f"{found.made_at:%Y-%m-%d %H:%M} UTC ({time.perf_counter() - began:,.1f} s)",
            file=sys.stderr,
        )
        return
    if connection.vendor != "sqlite" and not portable:
        print("PostgreSQL is backed up in the portable form; pg_dump does as well.", file=sys.stderr)
    began = time.perf_counter()
    made = write_backup(file, is_portable=portable, at=now())
    remember_backup(settings.HOME, LastBackup(now(), file))
    megabytes, seconds = file.stat().st_size / 2**20, time.perf_counter() - began
    print(
        f"good: {file} holds {made.rows:,} rows of {len(made.tables)} tables, read again and whole "
        f"({megabytes:,.1f} MB, {seconds:,.1f} s)",
        file=sys.stderr,
    )
    print(
        f"Keep {settings.HOME / FILE} too, in another place: it opens the senders' passwords and is not in the backup.",
        file=sys.stderr,
    )
