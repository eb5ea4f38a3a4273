"""Turns checked rows into a stage that keeps them outside of memory until they are applied, and knows their ids.

A temporary SQLite file with the ids (so that references resolve and the later of two rows with one id wins) and one
temporary file of packed batches per record. Both go away with the stage.
"""

import marshal
import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Any

from relance.intake.records import RECORDS

ASK = 2_000
SIZE = 8  # bytes that say how long a packed batch is


@dataclass(frozen=True)
class Batch:
    """Rows of one file that were read and checked, and are applied in one transaction: column by column."""

    columns: tuple[str, ...]
    lines: list[int]
    keys: list[str]
    digests: list[str]
    values: list[list[Any]]  # a list for every column, each with a value for every row

    def only(self, chosen: list[bool]) -> "Batch":
        """The chosen rows."""
        return Batch(
            self.columns,
            list(compress(self.lines, chosen)),
            list(compress(self.keys, chosen)),
            list(compress(self.digests, chosen)),
            [list(compress(column, chosen)) for column in self.values],
        )


class Stage:
    """What was read and checked, on disk."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="import-", dir=folder)
        self._base = sqlite3.connect(Path(self._folder.name) / "ids.db", isolation_level=None, check_same_thread=False)
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-16384", "locking_mode=EXCLUSIVE"):
            self._base.execute(f"PRAGMA {setting}")
        for record in RECORDS:
            self._base.execute(f"CREATE TABLE {record.name} (id TEXT PRIMARY KEY, line INT) WITHOUT ROWID")
            self._base.execute(f"CREATE TABLE seen_{record.name} (id TEXT PRIMARY KEY) WITHOUT ROWID")
        self._base.execute("CREATE TABLE touched (kind TEXT, id INTEGER, PRIMARY KEY (kind, id)) WITHOUT ROWID")
        self._kept: Counter[str] = Counter()
        self._doubled: defaultdict[str, bool] = defaultdict(bool)
        self._base.execute("BEGIN")

    def close(self) -> None:
        """Remove everything."""
        self._base.close()
        with suppress(OSError):
            self._folder.cleanup()

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, record: str, batch: Batch) -> int:
        """Keep a batch; the number of rows of it, or kept before, that a later row with the same id replaces."""
        rows = list(zip(batch.keys, batch.lines, strict=True))
        new = self._base.executemany(f"INSERT OR IGNORE INTO {record} VALUES (?, ?)", rows).rowcount
        replaced = len(rows) - new
        if replaced:
            self._base.executemany(f"UPDATE {record} SET line = ?2 WHERE id = ?1", rows)
        self._kept[record] += new
        self._doubled[record] |= replaced > 0
        with self._path(record).open("ab") as stream:
            packed = marshal.dumps((batch.columns, batch.lines, batch.keys, batch.digests, batch.values))
            stream.write(len(packed).to_bytes(SIZE) + packed)
        return replaced

    def drop_ids(self, record: str, keys: list[str]) -> int:
        """Forget rows kept under these ids, because a later row says what is known already; how many there were."""
        if not self._kept[record]:
            return 0
        dropped = self._base.executemany(f"DELETE FROM {record} WHERE id = ?", [(key,) for key in keys]).rowcount
        self._doubled[record] |= dropped > 0
        self._kept[record] -= dropped
        return dropped

    def drop(self, record: str) -> None:
        """Forget a file as a whole: it was stopped."""
        self._base.execute(f"DELETE FROM {record}")
        self._base.execute(f"DELETE FROM seen_{record}")
        self._path(record).unlink(missing_ok=True)
        self._kept[record] = 0

    def among(self, record: str, ids: Iterable[str], *, seen: bool = False) -> set[str]:
        """Those of `ids` that were kept (or, with `seen`, that the file holds at all)."""
        return set(self._lines(record, ids, "seen_" if seen else ""))

    def see(self, record: str, ids: Iterable[str]) -> None:
        """Note that the file holds these ids, whatever becomes of their rows (a complete feed asks)."""
        self._base.executemany(f"INSERT OR IGNORE INTO seen_{record} VALUES (?)", [(key,) for key in ids])

    def batches(self, record: str) -> Iterator[Batch]:
        """What was kept, in the order of the file, without the rows that a later one replaces."""
        path = self._path(record)
        if not path.exists():
            return
        with path.open("rb") as stream:
            while size := stream.read(SIZE):
                yield self._winners(record, Batch(*marshal.loads(stream.read(int.from_bytes(size)))))

    def touch(self, kind: str, ids: Iterable[int]) -> None:
        """Note rows whose derived facts must be made anew."""
        self._base.executemany("INSERT OR IGNORE INTO touched VALUES (?, ?)", [(kind, key) for key in ids])

    def touched(self, kind: str, size: int) -> Iterator[list[int]]:
        """The noted rows, `size` at a time, in the order of their ids."""
        last = -1
        while True:
            found = [
                row[0]
                for row in self._base.execute(
                    "SELECT id FROM touched WHERE kind = ? AND id > ? ORDER BY id LIMIT ?", (kind, last, size)
                )
            ]
            if not found:
                return
            yield found
            last = found[-1]

    def _winners(self, record: str, batch: Batch) -> Batch:
        if not self._doubled[record]:
            return batch
        lines = self._lines(record, batch.keys)
        return batch.only([lines.get(key) == line for key, line in zip(batch.keys, batch.lines, strict=True)])

    def _lines(self, record: str, ids: Iterable[str], prefix: str = "") -> dict[str, int]:
        found: dict[str, int] = {}
        wanted = list(ids)
        column = "0" if prefix else "line"
        for first in range(0, len(wanted), ASK):
            part = wanted[first : first + ASK]
            marks = ",".join("?" * len(part))
            found.update(self._base.execute(f"SELECT id, {column} FROM {prefix}{record} WHERE id IN ({marks})", part))
        return found

    def _path(self, record: str) -> Path:
        return Path(self._folder.name) / f"{record}.rows"
