"""Turns a parcel into one file under sent/ in the home: whole or absent, and the same file when it is written again."""

import os
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from relance.delivery.channel import Accepted, Busy, ChannelDown, DeliveryFault, Parcel, Result, Sending
from relance.delivery.channels.email.compose import compose
from relance.plan.saying.legal_lines import foot_of, foot_text

MAILS = frozenset({"email", "staff"})
PART = ".part"


class FileChannel:
    """The default until a sender is set: every channel's messages as .eml or .txt, to be read on the laptop."""

    knows_after: ClassVar[float | None] = 0.0  # a file is there or not

    def __init__(self, sending: Sending) -> None:
        self.folder = Path(str(sending.settings["folder"]))

    def check(self) -> list[str]:
        """Whether the folder can be written."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return [folder_words(self.folder, error)]
        return [] if os.access(self.folder, os.W_OK) else [f"the folder {self.folder} cannot be written"]

    def open(self) -> None:
        """ChannelDown when the folder cannot be written."""
        for fault in self.check():
            raise ChannelDown(fault)

    def send(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result]]:
        """Write each parcel; a full disk or a locked folder is Busy: nothing of that parcel is there."""
        for parcel in parcels:
            path = self.path_of(parcel)
            try:
                write_whole(path, _content(parcel))
            except DeliveryFault as fault:
                yield parcel, fault.result
                continue
            except OSError as error:
                yield parcel, Busy(folder_words(path.parent, error), shut=True)
                return  # the next one would fare no better
            yield parcel, Accepted(str(path.relative_to(self.folder)), "written")

    def look_up(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result | None]]:
        """Whether the file is there: it appears whole, with its name, or not at all."""
        for parcel in parcels:
            path = self.path_of(parcel)
            if path.exists():
                yield parcel, Accepted(str(path.relative_to(self.folder)), "the file is there")
            else:
                there = os.access(self.folder, os.R_OK | os.X_OK)
                yield parcel, Busy("there is no such file") if there else None

    def close(self) -> None:
        """Nothing is kept open."""

    def path_of(self, parcel: Parcel) -> Path:
        """`<dealer>/<day>/<time>-<code>-<key>`, by the message's planned moment: written again, it is the same file."""
        message = parcel.message
        shown = (message.send_at or parcel.at).astimezone(parcel.dealer.zone)
        ending = "eml" if message.channel in MAILS else "txt"
        name = f"{shown:%H%M%S}-{parcel.code}-{parcel.key}.{ending}"
        return self.folder / parcel.dealer.slug / f"{shown:%Y-%m-%d}" / name


def write_whole(path: Path, content: bytes) -> None:
    """The file with this content, or no file: a reader never sees half of one, and two who write it do not meet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())  # else a power cut leaves the name without the words
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def tidy(folder: Path, before: datetime) -> int:
    """Take away what killed processes left half written in a folder before a moment; how many it was."""
    left = [part for part in folder.glob(f".*{PART}") if part.stat().st_mtime < before.timestamp()]
    for part in left:
        part.unlink(missing_ok=True)
    return len(left)


def _content(parcel: Parcel) -> bytes:
    return compose(parcel) if parcel.message.channel in MAILS else _plain(parcel)


def _plain(parcel: Parcel) -> bytes:
    message = parcel.message
    address = (message.address or "").replace("\n", "\n    ")
    head = [f"Channel: {message.channel}", f"To: {address}", f"Language: {message.language}", f"Message: {parcel.key}"]
    if message.subject_line:
        head.append(f"Subject: {message.subject_line}")
    return ("\n".join(head) + "\n\n" + "\n\n".join([*parcel.texts, *_foot(parcel)]) + "\n").encode()


def _foot(parcel: Parcel) -> list[str]:
    """What stands under a printed page."""
    message = parcel.message
    language = message.language or parcel.dealer.language
    foot = foot_of(parcel.dealer, language, channel=message.channel or "", purpose=message.purpose)
    return [foot_text(foot)] if foot else []


def folder_words(folder: Path, error: OSError) -> str:
    """Why nothing can be written there, in words."""
    return f"the folder {folder} cannot be written: {error.strerror or error}"
