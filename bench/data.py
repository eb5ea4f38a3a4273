"""Turns the sample dealership into a full SQLite database without the import: the same rows, made faster.

`python -m bench.data 1000000` keeps bench/.data/1000000.db; `database(customers)` makes it when it is not there. Cells
are read and tidied by the import's own functions, so that every column is as it would have been; only checks, staging
and transactions are left out. `OPENED` is the day for which the dealership was made: plan as of `OPENED`.
"""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from zlib import crc32

import django

HERE = Path(__file__).parent
FOLDER = HERE / ".data"
OPENED = date(2026, 11, 17)  # a Tuesday: daily and weekly automations run
SEED = 2026


def database(customers: int) -> Path:
    """The database of this size, made when it is not there yet; with the tables of another day it is migrated."""
    path = FOLDER / f"{customers}.db"
    if not path.exists() or _stamp_of(path) != stamp():
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RELANCE_")}
        subprocess.run(
            [sys.executable, "-m", "bench.data", str(customers)], cwd=HERE.parent, env=environment, check=True
        )
    return path


def stamp() -> int:
    """A number that changes with the tables."""
    migrations = sorted((HERE.parent / "relance").glob("*/migrations/0*.py"))
    return crc32(b"".join(path.read_bytes() for path in migrations)) >> 1


def _stamp_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as base:
        return int(base.execute("PRAGMA user_version").fetchone()[0])


def url(customers: int) -> str:
    """What RELANCE_DATABASE_URL must say to work on it."""
    return f"sqlite:///{database(customers)}"


def main() -> int:
    """Make, or migrate, the database of the size that the command line says."""
    customers, made_for = int(sys.argv[1]), stamp()
    FOLDER.mkdir(exist_ok=True)
    path, part = FOLDER / f"{customers}.db", FOLDER / f"{customers}.part"
    for left_over in FOLDER.glob(f"{customers}.part*"):
        left_over.unlink()
    if path.exists():
        path.rename(part)
    os.environ |= {
        "RELANCE_HOME": str(FOLDER / "home"),
        "RELANCE_DATABASE_URL": f"sqlite:///{part}",
        "DJANGO_SETTINGS_MODULE": "relance.settings",
    }
    is_there = part.exists()
    django.setup()
    from bench.fill import fill, migrate

    if is_there:
        migrate()
    else:
        fill(customers, seed=SEED, opened=OPENED, say=_say)
    with closing(sqlite3.connect(part)) as base:
        base.execute(f"PRAGMA user_version = {made_for}")
    part.replace(path)
    return 0


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
