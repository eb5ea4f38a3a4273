"""Turns the files of a feed into a stage of checked rows, rejects, and counts: the first pass, which changes nothing.

Order of the checks of a row: its form, its id, "is it the row that we have" (by digest, then nothing else is asked),
each cell's type, each id that it names. Rows are read a chunk at a time and a chunk column by column, because most
cells are alike and none of them is bad; the first fault of a row is the one that is told.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import compress, islice
from operator import itemgetter
from typing import Any, Protocol
from zipfile import BadZipFile
from zlib import error as ZlibError
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, ngettext

from relance.intake.cells import BadCell, Reader, reader_of
from relance.intake.encodings import FileStopped, recognise
from relance.intake.feeds import FeedFile
from relance.intake.records import CALLED, Column, Record
from relance.intake.rejects import Rejects
from relance.intake.rows import Layout, Row, layout_of, read_file
from relance.intake.stage import Batch, Stage

BATCH = 2_000  # more are quicker by a thirtieth, but would take an import of a million rows past 300 MB
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

    def forgets(self) -> bool:
        """Whether anybody was erased."""
        ...

    def forgotten(self, record: str, ids: Iterable[str]) -> set[str]:
        """Those of `ids` that belong to people who were erased: rows that name them are left out."""
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
        self.left_out: defaultdict[str, set[str]] = defaultdict(set)  # by record: ids of rows that were left out

    def check(self, file: FeedFile) -> Report:
        """Read, check and stage one file."""
        report = Report(file.name)
        try:
            encoding = recognise(file.open)
            if encoding not in ("utf-8", "utf-8-sig"):
                told = gettext("read as {encoding}, UTF-8 is expected").format(encoding=SPOKEN.get(encoding, encoding))
                report.notes.append(f"{file.name}: {told}")
            with file.open() as stream:
                self._check_rows(file.record, read_file(stream, encoding), report)
            self._guard(report)
        except FileStopped as stopped:
            report.stop(str(stopped))
        except (OSError, BadZipFile, ZlibError, EOFError, UnicodeError) as error:
            report.stop(gettext("cannot be read ({why})").format(why=error))
        if report.stopped:
            self.stage.drop(file.record.name)
        return report

    def _guard(self, report: Report) -> None:
        if not self.terms.guard_rejects or report.read < GUARD_ROWS or report.rejected <= GUARD_SHARE * report.read:
            return
        told = gettext(
            "not applied: {rejected} of {read} rows were rejected, more than 5 %; "
            "look at the rejects, then put the file right or repeat with --force"
        )
        raise FileStopped(told.format(rejected=f"{report.rejected:,}", read=f"{report.read:,}"))

    def _check_rows(self, record: Record, rows: Iterator[Row], report: Report) -> None:
        header = next(rows, None)
        if header is None or header[2] or not any(cell.strip() for cell in header[1]):
            raise FileStopped(gettext("line 1: no column names, expected a row with the names of the columns"))
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
        salt = hashlib.blake2b(BETWEEN.join((checker.terms.salt, *layout.columns)).encode(), digest_size=16).digest()
        self.hash = hashlib.blake2b(digest_size=16, key=salt)  # copied for every row: quicker than made anew
        self.left_out = checker.left_out
        self.leads = [(at, to) for at, to in self.references] + [(at, record.name) for at in self.keys[:1]]
        self.replaced = self.forgotten = 0
        self.last_same: dict[str, int] = {}  # lines of the chunk's rows that say what is known already
        self.bad: list[tuple[int, str, list[str]]] = []

    def take(self, chunk: list[Row]) -> None:
        """Check a chunk and stage what is new in it."""
        self.report.read += len(chunk)
        candidates = self._without_the_forgotten(self._of_right_form(chunk))
        if self.single:
            candidates = self._without_the_unchanged(candidates)
        if candidates:
            batch = self._sound(candidates)
            if self.last_same:
                latest = [line > self.last_same.get(key, 0) for line, key in zip(batch.lines, batch.keys, strict=True)]
                self.replaced += latest.count(False)
                batch = batch.only(latest)
            if batch.lines:
                self.replaced += self.stage.add(self.record.name, batch)
        self.last_same = {}
        for line, reason, cells in sorted(self.bad):
            self.rejects.add(self.report.file, self.layout.header, line, reason, cells)
        self.bad.clear()

    def finish(self) -> None:
        """Rows that a later one with the same id replaced, and rows that were left out, changed nothing."""
        if self.forgotten:
            self.report.unchanged += self.forgotten
            told = ngettext("{n} row of erased people left out", "{n} rows of erased people left out", self.forgotten)
            self.report.notes.append(f"{self.report.file}: {told.format(n=f'{self.forgotten:,}')}")
        if self.replaced:
            self.report.unchanged += self.replaced
            told = ngettext(
                "{n} row was replaced by a later one with its id",
                "{n} rows were replaced by a later one with its id",
                self.replaced,
            )
            self.report.notes.append(f"{self.report.file}: {told.format(n=f'{self.replaced:,}')}")

    def _reject(self, line: int, reason: str, cells: list[str]) -> None:
        self.report.rejected += 1
        self.bad.append((line, reason, cells))

    def _of_right_form(self, chunk: list[Row]) -> list["_Candidate"]:
        """Rows with as many cells as the header, and their keys and digests."""
        width = self.layout.width
        sound = [row for row in chunk if row[2] is None and len(row[1]) == width]
        if len(sound) < len(chunk):
            for line, cells, fault in chunk:
                if fault is not None or len(cells) != width:
                    self._reject(line, fault or _wrong_width(len(cells), width), cells)
        pick, key_at, digest = self.pick, self.keys[0], self._digest
        return [
            (line, (picked := pick(cells))[key_at].strip(), digest(picked), picked, cells) for line, cells, _ in sound
        ]

    def _digest(self, picked: tuple[str, ...]) -> str:
        hashed = self.hash.copy()
        hashed.update(BETWEEN.join(picked).encode("utf-8", "replace"))
        return hashed.hexdigest()

    def _without_the_forgotten(self, candidates: list["_Candidate"]) -> list["_Candidate"]:
        """Rows of people who were erased, and rows that name such rows, are left out."""
        if not self.known.forgets():
            return candidates
        for at, to in self.leads:
            ids = {picked[at].strip() for _, _, _, picked, _ in candidates}
            forgotten = self.known.forgotten(to, ids) | (self.left_out[to] & ids)
            if forgotten:
                kept = [row for row in candidates if row[3][at].strip() not in forgotten]
                self.forgotten += len(candidates) - len(kept)
                self.left_out[self.record.name] |= {row[1] for row in candidates if row[3][at].strip() in forgotten}
                candidates = kept
        return candidates

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

    def _sound(self, candidates: list["_Candidate"]) -> Batch:
        """The rows whose cells are of their type and whose ids lead somewhere; the others are rejected."""
        faults: dict[int, str] = {}  # by place in the chunk; a row's first fault stays
        cells = list(zip(*[picked for _, _, _, picked, _ in candidates], strict=True))
        texts = self._texts(cells, faults)
        values = [self._values(at, column, faults) for at, column in enumerate(texts)]
        keys = [key for _, key, _, _, _ in candidates]
        if self.record.name == "appointments":
            for at, key in enumerate(keys):
                if key.startswith(PROPOSED):
                    told = gettext("id '{id}' begins with {kept}, which is kept for visits agreed on a repair order")
                    faults.setdefault(at, told.format(id=key[:60], kept=PROPOSED))
        if not self.single:
            keys = [BETWEEN.join(map(str, parts)) for parts in zip(*[values[at] for at in self.keys], strict=True)]
        lines, digests = [row[0] for row in candidates], [row[2] for row in candidates]
        self._find_dangling(values, faults)
        batch = Batch(self.layout.columns, lines, keys, digests, values)
        if not faults:
            return batch
        for at, reason in faults.items():
            self._reject(lines[at], reason, candidates[at][4])
        return batch.only([at not in faults for at in range(len(lines))])

    def _texts(self, cells: list[tuple[str, ...]], faults: dict[int, str]) -> list[list[str]]:
        """The cells without outer blanks; rows with a NUL byte, or without a cell that must be there, are faulty."""
        for at, column in enumerate(cells):
            if NUL in "".join(column):
                told = gettext("{column} holds a NUL byte, which is not text").format(column=self.layout.columns[at])
                _fault(faults, [NUL in cell for cell in column], told)
        texts = [list(map(str.strip, column)) for column in cells]
        for at in self.required:
            if "" in texts[at]:
                empty = [not text for text in texts[at]]
                told = gettext("{column} is empty, it must be there").format(column=self.layout.columns[at])
                _fault(faults, empty, told)
        return texts

    def _values(self, at: int, texts: list[str], faults: dict[int, str]) -> list[Any]:
        """One column's cells as values of its type."""
        reader = self.readers[at]
        try:
            return reader.read_all(texts)
        except BadCell:
            values = reader.read_each(texts)
        for place, value in enumerate(values):
            if isinstance(value, BadCell):
                faults.setdefault(place, str(value))
        return values

    def _find_dangling(self, values: list[list[Any]], faults: dict[int, str]) -> None:
        """Rows that name an id which is neither in this feed nor stored."""
        for at, to in self.references:
            wanted = {ref for place, ref in enumerate(values[at]) if place not in faults} - {None}
            missing = wanted - self.stage.among(to, wanted)
            missing -= self.known.ids(to, missing) if missing else set()
            if missing:
                for place, ref in enumerate(values[at]):
                    if ref in missing:
                        faults.setdefault(place, gettext(CALLED[to]).format(ref=ref))


def _wrong_width(cells: int, width: int) -> str:
    return gettext("{cells} cells, the header has {width}").format(cells=cells, width=width)


def _fault(faults: dict[int, str], bad: list[bool], reason: str) -> None:
    for place in compress(range(len(bad)), bad):
        faults.setdefault(place, reason)


_Candidate = tuple[int, str, str, tuple[str, ...], list[str]]  # line, key, digest, picked cells, all cells


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
