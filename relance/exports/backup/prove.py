"""Turns a backup into the certainty that it restores: into a home and by a process of its own, gone afterwards."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from django.conf import settings

from relance.exports.backup import copy, portable
from relance.exports.backup.manifest import Manifest, mark_of
from relance.lib.errors import BadInput, Failure

LONGEST = 3600.0  # seconds that a restore may take
SCRATCH = "proof-"


def prove(path: Path) -> Manifest:
    """Restore the file into a scratch database and count what came; Failure or BadInput says what is not as it was.

    That restore reads every checksum, takes every step of the tables, and looks at every key.
    """
    manifest = read_manifest(path)
    if manifest.key != mark_of(settings.SECRET_KEY):
        raise Failure(
            f"{path}: made with another secret-key than this home has: it restores, but senders' passwords "
            "cannot be opened: keep the key that belongs to it"
        )
    try:
        with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=settings.HOME) as scratch:
            said = _restored_into(Path(scratch), path)
            if said:
                raise Failure(f"{path}: does not restore: {said}")
            _count(Path(scratch) / "relance.db", manifest, path)
    except OSError as error:
        raise Failure(f"{path}: could not be tried ({error.strerror or error})") from None
    return manifest


def read_manifest(path: Path) -> Manifest:
    """What a backup of either form says of itself, once it is whole."""
    if not path.is_file():
        raise BadInput(f"{path}: there is no such file")
    with path.open("rb") as file:
        is_copy = file.read(len(copy.BEGINS)) == copy.BEGINS
    return copy.checked(path) if is_copy else portable.checked(path)


def _restored_into(home: Path, path: Path) -> str:
    """The first line of what went wrong; nothing when all went well."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RELANCE_")}
    ours = {"RELANCE_HOME": str(home), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "relance", "restore", str(path.absolute())]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST, env=kept | ours, check=False)
    except subprocess.TimeoutExpired:
        return f"not within {LONGEST / 60:.0f} minutes"
    return "" if done.returncode == 0 else (done.stderr.strip() or f"exit status {done.returncode}").splitlines()[0]


def _count(database: Path, manifest: Manifest, path: Path) -> None:
    """Every table has the rows that it had; what a restore adds (held dealers, moves of held messages) is more."""
    with closing(sqlite3.connect(database)) as found:
        for table in manifest.tables:
            name = table.model.lower().replace(".", "_")
            count = found.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            if count < table.rows:
                raise Failure(f"{path}: {table.model} came back with {count:,} of {table.rows:,} rows")
