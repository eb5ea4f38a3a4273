"""Turns a path into the files of a feed: a folder, a zip (never unpacked), or a rejects file that was put right.

What could do harm is refused before anything is read: see CAPS.
"""

import csv
import io
import stat
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from django.utils.translation import gettext

from relance.intake.records import RECORDS, Record
from relance.lib.errors import BadInput, nearest

MOST_ENTRIES = 1_000
MOST_BYTES = 8 << 30  # of a zip, unpacked
MOST_RATIO = 250  # unpacked to packed; real feeds stay under 40
SMALL = 10 << 20  # below this a high ratio harms nothing
REJECTS_HEADER = ("file", "line", "reason", "cells")
FILES = {record.file: record for record in RECORDS}


@dataclass(frozen=True)
class FeedFile:
    """One record file: `open` gives its bytes from the start, as often as asked."""

    record: Record
    open: Callable[[], BinaryIO]

    @property
    def name(self) -> str:
        """As the summary calls it."""
        return self.record.file


@dataclass
class Feed:
    """The files that we know, in the order of RECORDS, and what was said about the others."""

    files: list[FeedFile] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def open_feed(path: Path) -> Feed:
    """The feed at `path`. BadInput when there is none, or when it is not safe to read."""
    if path.is_dir():
        found = _folder(path)
    elif not path.exists():
        raise BadInput(
            gettext("there is no feed at {path}: name a folder or a .zip with files like customers.csv").format(
                path=path
            )
        )
    elif zipfile.is_zipfile(path):
        found = _zip(path)
    elif _is_rejects(path):
        found = _rejects(path)
    else:
        raise BadInput(
            gettext("{path} is not a feed: name a folder, a .zip, or a rejects file that this command wrote").format(
                path=path
            )
        )
    return _known(path, found)


def _known(path: Path, found: dict[str, Callable[[], BinaryIO]]) -> Feed:
    feed = Feed()
    for name in sorted(found):
        if name.lower() not in FILES:
            close = nearest(name, FILES)
            told = gettext("{name}: not a file of a feed, ignored")
            if close and name.lower().endswith(".csv"):
                told = gettext("{name}: not a file of a feed, ignored, did you mean {close}?")
            feed.notes.append(told.format(name=name, close=close))
    feed.files = [
        FeedFile(record, found[name]) for file, record in FILES.items() for name in found if name.lower() == file
    ]
    if not feed.files:
        raise BadInput(
            gettext("{path} holds no file of a feed: expected at least one of {files}").format(
                path=path, files=", ".join(FILES)
            )
        )
    if len({file.name for file in feed.files}) < len(feed.files):
        raise BadInput(
            gettext("{path} holds the same file twice, in capitals and small letters: keep one").format(path=path)
        )
    return feed


def _folder(path: Path) -> dict[str, Callable[[], BinaryIO]]:
    try:
        entries = [entry for entry in sorted(path.iterdir()) if not entry.name.startswith(".")]
    except OSError as error:
        raise BadInput(gettext("the feed {path} cannot be read: {why}").format(path=path, why=error.strerror)) from None
    if len(entries) > MOST_ENTRIES:
        raise BadInput(
            gettext("{path} holds {number} files, a feed has at most {most}").format(
                path=path, number=len(entries), most=MOST_ENTRIES
            )
        )
    inside = path.resolve()
    for entry in entries:
        if entry.is_symlink() and not entry.resolve().is_relative_to(inside):
            raise BadInput(
                gettext("{path} is a link that leads out of the feed: put the file itself there").format(path=entry)
            )
    return {entry.name: partial(_open_file, entry) for entry in entries if not entry.is_dir()}


def _open_file(path: Path) -> BinaryIO:
    if not path.is_file():
        raise OSError(0, "not a regular file")
    return path.open("rb")


def _zip(path: Path) -> dict[str, Callable[[], BinaryIO]]:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError) as error:
        raise BadInput(gettext("the zip {path} cannot be read: {why}").format(path=path, why=error)) from None
    if len(entries) > MOST_ENTRIES:
        raise BadInput(
            gettext("the zip {path} has {number} entries, a feed has at most {most}").format(
                path=path, number=len(entries), most=MOST_ENTRIES
            )
        )
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise BadInput(
            gettext("the zip {path} would unpack to more than {most} GB").format(path=path, most=MOST_BYTES >> 30)
        )
    found: dict[str, Callable[[], BinaryIO]] = {}
    for entry in entries:
        _check_entry(path, entry)
        name = PurePosixPath(entry.filename).name
        if entry.is_dir() or entry.filename.startswith("__MACOSX/") or name.startswith("."):
            continue
        if name in found:
            raise BadInput(gettext("the zip {path} holds {name} twice").format(path=path, name=name))
        found[name] = partial(_open_entry, path, entry.filename)
    return found


def _check_entry(path: Path, entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if name.startswith(("/", "\\")) or ".." in parts or ":" in name:
        raise BadInput(
            gettext("the zip {path} has an entry that leads out of it ({name}): refused").format(
                path=path, name=name[:80]
            )
        )
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise BadInput(gettext("the zip {path} has a link in it ({name}): refused").format(path=path, name=name[:80]))
    if entry.flag_bits & 1:
        raise BadInput(gettext("the zip {path} is locked with a password: send it without").format(path=path))
    if entry.file_size > SMALL and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        told = gettext("the zip {path} has an entry ({name}) that would unpack to {size} bytes: refused")
        raise BadInput(told.format(path=path, name=name[:80], size=f"{entry.file_size:,}"))


def _open_entry(path: Path, name: str) -> BinaryIO:
    archive = zipfile.ZipFile(path)
    return cast(BinaryIO, archive.open(name))


def _is_rejects(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            head = stream.readline(200)
    except (OSError, UnicodeDecodeError):
        return False
    return tuple(head.strip().split(",")[:4]) == REJECTS_HEADER


def _rejects(path: Path) -> dict[str, Callable[[], BinaryIO]]:
    """The files inside a rejects file: rows with line 1 are their headers (intake/rejects.py)."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        names = {row[0] for row in csv.reader(stream) if len(row) > 3 and row[1] == "1"}
    return {name: partial(_open_rejects, path, name) for name in names}


def _open_rejects(path: Path, name: str) -> BinaryIO:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        writer.writerows(row[3:] for row in csv.reader(stream) if row and row[0] == name)
    return io.BytesIO(text.getvalue().encode())
