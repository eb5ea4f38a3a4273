"""Turns the files of a feed into a stage of checked rows, rejects, and counts: the first pass, which changes nothing.

Order of the checks of a row: its form, its id, "is it the row that we have" (by digest, then nothing else is asked),
each cell's type, each id that it names.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from operator import itemgetter
from typing import Any, Protocol
from zipfile import BadZipFile
from zlib import error as ZlibError
from zoneinfo import ZoneInfo

from relance.intake.cells import BadCell, Reader, reader_of
from relance.intake.encodings import FileStopped, recognise
from relance.intake.feeds import FeedFile
from relance.intake.records import CALLED, Column, Record
from relance.intake.rejects import Rejects
from relance.intake.rows import Layout, Row, layout_of, read_file
from relance.intake.stage import Batch, Stage, StagedRow

BATCH = 2_000
BETWEEN, NUL = "\x1f", "\0"
LONGEST_META = 1_000
GUARD_ROWS, GUARD_SHARE = 100, 0.05
PROPOSED = "next-"  # ids of visits that relance itself makes out of next_visit_on

Progress = Callable[[str, int], None]


class Known(Protocol):
    """What is there already: asked for a batch at a time."""

    def digests(self, record: str, keys: list[str]) -> dict[str, str]:
        """The digest of the row last taken in, by key."""
        ...

    def ids(self, record: str, ids: Iterable[str]) -> set[str]:
        """Those of `ids` that are there."""
        ...


@dataclass
class Report:
    """What became of one file."""

    file: str
    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    stopped: bool = False
    notes: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, Any]:
        """The line that `import --json` prints."""
        return {
            "file": self.file,
            "read": self.read,
            "inserted": self.inserted,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": self.rejected,
            "stopped": self.stopped,
        }

    def stop(self, why: str) -> None:
        """Nothing of this file is taken."""
        self.read = self.inserted = self.updated = self.unchanged = self.rejected = 0
        self.stopped = True
        self.notes.append(f"{self.file}: {why}")


@dataclass(frozen=True)
class Terms:
    """What reading depends on besides the row: the dealer's zone and settings, and whether guards hold."""

    zone: ZoneInfo
    salt: str
    guard_rejects: bool
    complete: bool


class Checker:
    """The first pass over the files of one feed."""

    def __init__(self, *, terms: Terms, known: Known, stage: Stage, rejects: Rejects, progress: Progress) -> None:
        self.terms = terms
        self.known = known
        self.stage = stage
        self.rejects = rejects
        self.progress = progress

    def check(self, file: FeedFile) -> Report:
        """Read, check and stage one file."""
        report = Report(file.name)
        try:
            encoding = recognise(file.open)
            if encoding not in ("utf-8", "utf-8-sig"):
                report.notes.append(f"{file.name}: read as {SPOKEN.get(encoding, encoding)}, UTF-8 is expected")
            with file.open() as stream:
                self._check_rows(file.record, read_file(stream, encoding), report)
            self._guard(report)
        except FileStopped as stopped:
            report.stop(str(stopped))
        except (OSError, BadZipFile, ZlibError, EOFError, UnicodeError) as error:
            report.stop(f"cannot be read ({error})")
        if report.stopped:
            self.stage.drop(file.record.name)
        return report

    def _guard(self, report: Report) -> None:
        if not self.terms.guard_rejects or report.read < GUARD_ROWS or report.rejected <= GUARD_SHARE * report.read:
            return
        raise FileStopped(
            f"not applied: {report.rejected:,} of {report.read:,} rows were rejected, more than 5 %; "
            "look at the rejects, then put the file right or repeat with --force"
        )

    def _check_rows(self, record: Record, rows: Iterator[Row], report: Report) -> None:
        header = next(rows, None)
        if header is None or header[2] or not any(cell.strip() for cell in header[1]):
            raise FileStopped("line 1: no column names, expected a row with the names of the columns")
        layout = layout_of(record, header[1])
        report.notes.extend(f"{report.file}: {note}" for note in layout.ignored)
        check = _FileCheck(self, record, layout, report)
        while chunk := list(islice(rows, BATCH)):
            check.take(chunk)
            self.progress(report.file, report.read)
        check.finish()


SPOKEN = {"cp1252": "Windows-1252", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}


class _FileCheck:
    """The rows of one file, a chunk at a time."""

    def __init__(self, checker: Checker, record: Record, layout: Layout, report: Report) -> None:
        self.record, self.layout, self.report = record, layout, report
        self.stage, self.known, self.terms = checker.stage, checker.known, checker.terms
        self.rejects = checker.rejects
        self.pick = _picker(layout.positions)
        self.readers = [_reader(record, name, checker.terms.zone) for name in layout.columns]
        self.required = [layout.columns.index(column.name) for column in record.columns if column.required]
        self.references = [
            (layout.columns.index(column.name), column.to)
            for column in record.columns
            if column.to and column.name in layout.columns
        ]
        self.keys = [layout.columns.index(name) for name in record.key]
        self.single = len(record.key) == 1
        self.salt = hashlib.blake2b(
            BETWEEN.join((checker.terms.salt, *layout.columns)).encode(), digest_size=16
        ).digest()
        self.replaced = 0
        self.last_same: dict[str, int] = {}  # lines of the chunk's rows that say what is known already
        self.bad: list[tuple[int, str, list[str]]] = []

    def take(self, chunk: list[Row]) -> None:
        """Check a chunk and stage what is new in it."""
        self.report.read += len(chunk)
        candidates = self._of_right_form(chunk)
        if self.single:
            candidates = self._without_the_unchanged(candidates)
        typed = [row for row in map(self._typed, candidates) if row]
        sound = self._with_sound_references(typed)
        rows = [(row, line, cells) for row, line, cells in sound if line > self.last_same.get(row.key, 0)]
        self.replaced += len(sound) - len(rows)
        self.last_same = {}
        if rows:
            self.replaced += self.stage.add(self.record.name, Batch(self.layout.columns, [row for row, _, _ in rows]))
        for line, reason, cells in sorted(self.bad):
            self.rejects.add(self.report.file, self.layout.header, line, reason, cells)
        self.bad.clear()

    def finish(self) -> None:
        """Rows that a later one with the same id replaced changed nothing."""
        if self.replaced:
            self.report.unchanged += self.replaced
            rows = "row was" if self.replaced == 1 else "rows were"
            self.report.notes.append(
                f"{self.report.file}: {self.replaced:,} {rows} replaced by a later one with its id"
            )

    def _reject(self, line: int, reason: str, cells: list[str]) -> None:
        self.report.rejected += 1
        self.bad.append((line, reason, cells))

    def _of_right_form(self, chunk: list[Row]) -> list["_Candidate"]:
        """Rows with as many cells as the header, and their keys and digests."""
        found: list[_Candidate] = []
        width, pick, salt = self.layout.width, self.pick, self.salt
        key_at = self.keys[0]
        for line, cells, fault in chunk:
            if fault is not None:
                self._reject(line, fault, cells)
            elif len(cells) != width:
                self._reject(line, f"{len(cells)} cells, the header has {width}", cells)
            else:
                picked = pick(cells)
                joined = BETWEEN.join(picked)
                digest = hashlib.blake2b(joined.encode("utf-8", "replace"), digest_size=16, key=salt).hexdigest()
                found.append((line, picked[key_at].strip(), digest, picked, cells))
        return found

    def _without_the_unchanged(self, candidates: list["_Candidate"]) -> list["_Candidate"]:
        name = self.record.name
        keys = [key for _, key, _, _, _ in candidates]
        if self.terms.complete:
            self.stage.see(name, keys)
        known = self.known.digests(name, keys)
        if not known:
            return candidates
        changed = [row for row in candidates if known.get(row[1]) != row[2]]
        same = [row for row in candidates if known.get(row[1]) == row[2]]
        if same:
            self.report.unchanged += len(same)
            self.replaced += self.stage.drop_ids(name, [row[1] for row in same])
            self.last_same = {row[1]: row[0] for row in same}
        return changed

    def _typed(self, row: "_Candidate") -> "_Typed | None":
        line, key, digest, picked, cells = row
        try:
            if NUL in "".join(picked):
                raise BadCell(f"{self._column_with(NUL, picked)} holds a NUL byte, which is not text")
            texts = [cell.strip() for cell in picked]
            for at in self.required:
                if not texts[at]:
                    raise BadCell(f"{self.layout.columns[at]} is empty, it must be there")
            values = tuple([read(text) if text else None for read, text in zip(self.readers, texts, strict=True)])
            if self.record.name == "appointments" and key.startswith(PROPOSED):
                raise BadCell(
                    f"id '{key[:60]}' begins with {PROPOSED}, which is kept for visits agreed on a repair order"
                )
        except BadCell as bad:
            self._reject(line, str(bad), cells)
            return None
        if not self.single:
            key = BETWEEN.join(_key_text(values[at]) for at in self.keys)
        return StagedRow(line, key, digest, values), line, cells

    def _column_with(self, mark: str, picked: tuple[str, ...]) -> str:
        return next(name for name, cell in zip(self.layout.columns, picked, strict=True) if mark in cell)

    def _with_sound_references(self, rows: list["_Typed"]) -> list["_Typed"]:
        for at, to in self.references:
            wanted = {row.values[at] for row, _, _ in rows} - {None}
            missing = wanted - self.stage.among(to, wanted)
            missing -= self.known.ids(to, missing) if missing else set()
            if missing:
                rows = [row for row in rows if not self._is_dangling(row, at, to, missing)]
        return rows

    def _is_dangling(self, typed: "_Typed", at: int, to: str, missing: set[str]) -> bool:
        row, line, cells = typed
        if row.values[at] not in missing:
            return False
        self._reject(line, f"unknown {CALLED[to]} {row.values[at]}", cells)
        return True


_Candidate = tuple[int, str, str, tuple[str, ...], list[str]]  # line, key, digest, picked cells, all cells
_Typed = tuple[StagedRow, int, list[str]]


def _picker(positions: tuple[int, ...]) -> Callable[[list[str]], tuple[str, ...]]:
    if len(positions) == 1:
        only = positions[0]
        return lambda cells: (cells[only],)
    return itemgetter(*positions)


def _reader(record: Record, name: str, zone: ZoneInfo) -> Reader:
    column = record.column(name)
    return reader_of(column, zone) if column else _meta_reader(name)


def _meta_reader(name: str) -> Reader:
    return reader_of(Column(name, longest=LONGEST_META), ZoneInfo("UTC"))


def _key_text(value: Any) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)
