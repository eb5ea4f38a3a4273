"""Turns what several processes hand over into lines of one file: what, when, and which process."""

import importlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple


class Note(NamedTuple):
    """A line: `sent` or `slot`, the moment in seconds, the process."""

    what: str
    at: float
    pid: int


class Noted:
    """A channel that takes everything and notes it. Its file is opened before processes are forked."""

    knows_after = None
    file = -1

    def __init__(self, sending: object) -> None: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, parcels: Any) -> Iterator[Any]:
        accepted = importlib.import_module("relance.delivery.channel").Accepted()
        for parcel in parcels:
            note("sent", time.monotonic())
            yield parcel, accepted


def sends_by_notes(deliver: Any, rate: int) -> Path:
    """Let deliver hand over to the noting channel, by one sender of so many a second; the file of its notes."""
    sending = importlib.import_module("relance.delivery.channel").Sending
    path: Path = importlib.import_module("django.conf").settings.HOME / "notes"
    Noted.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    one = sending("smtp", {"host": "one", "rate": str(rate)})
    vars(deliver).update(channel_for=Noted, sending_of=lambda dealer, name: one)
    return path


def note(what: str, at: float) -> None:
    """One line, whole: every process appends to the same file."""
    os.write(Noted.file, f"{what} {at} {os.getpid()}\n".encode())


def notes_in(path: Path) -> list[Note]:
    """What was noted, as it came."""
    lines = (line.split() for line in path.read_text().splitlines())
    return [Note(what, float(at), int(pid)) for what, at, pid in lines]
