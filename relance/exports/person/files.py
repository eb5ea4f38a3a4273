"""Turns the files of a home into the same without one person: his messages and his rejected rows go, the rest is named.

Names of message files hold the message's key. A file that names him and is neither (a printed batch, an archived feed)
is told, so that a person deletes it.
"""

import csv
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from relance.facts.persons.erased import Mark

LOOKED_AT = 200 << 20  # bytes: what is larger is told without being read
SENT, REJECTS = "sent", "rejects"


def clear(home: Path, slug: str, *, names: set[str], marks: Iterable[Mark]) -> tuple[int, list[Path]]:
    """(how many files were deleted or rewritten, those that still name him)."""
    words = {value for _, value in marks}
    addresses = [value.encode() for what, value in marks if what in ("email", "mobile", "phone")]
    cleared, left = 0, []
    for path in _files(home, slug):
        if any(name in path.name for name in names):
            path.unlink()
            cleared += 1
        elif path.is_relative_to(home / REJECTS):
            cleared += _without_rows(path, words)
        elif _names(path, addresses):
            left.append(path)
    return cleared, sorted(left)


def _files(home: Path, slug: str) -> Iterator[Path]:
    """The files below any folder of this dealer: sent/SLUG, rejects/SLUG, inbox/SLUG …"""
    for folder in sorted(home.glob(f"*/{slug}")):
        for place, _, names in os.walk(folder):
            yield from (Path(place) / name for name in names)


def _without_rows(path: Path, words: set[str]) -> bool:
    """Take the rows that hold one of the words out of a file of rejects."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    folded = {word.casefold() for word in words}
    kept = [row for row in rows if not folded & {cell.strip().casefold() for cell in row[3:]}]
    if len(kept) == len(rows):
        return False
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(kept)
    part.replace(path)
    return True


def _names(path: Path, addresses: list[bytes]) -> bool:
    """Whether a file holds one of the addresses, also inside of a zip."""
    if path.stat().st_size > LOOKED_AT:
        return True
    try:
        with ZipFile(path) as packed:
            return any(_holds(packed.read(entry), addresses) for entry in packed.infolist() if _is_small(entry))
    except BadZipFile:
        return _holds(path.read_bytes(), addresses)


def _is_small(entry: ZipInfo) -> bool:
    return entry.file_size <= LOOKED_AT


def _holds(content: bytes, addresses: list[bytes]) -> bool:
    lower = content.lower()
    return any(address.lower() in lower for address in addresses)
