"""Turns the night into a backup that was restored for a trial, and the oldest ones into nothing (R53).

One process of a home makes it, whoever is first; without a good one for a day it is made at any hour.
"""

import fcntl
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection

from relance.exports.backup.prove import prove
from relance.exports.backup.write import write_backup
from relance.lib.errors import Failure, Told
from relance.measures.finding import Finding
from relance.measures.health import LEAST_DISK, LastBackup, last_backup, made_home, remember_backup

log = logging.getLogger("relance.clockwork")
NIGHT = range(2, 5)  # hours by this machine's clock
# One of the evening is followed by one of the night: a day later the evening would have its turn again, for ever.
BY_NIGHT, AT_ANY_HOUR = timedelta(hours=6), timedelta(hours=24)  # so old is the last one, at least
OFF = "off"
NAME = "relance-{at:%Y-%m-%d-%H%M}.{form}"
OURS = "relance-????-??-??-????.*"


def folder_of_backups() -> Path | None:
    """Where the nightly backups go; None: nobody wants any."""
    said = str(settings.ENVIRONMENT["RELANCE_BACKUPS"])
    if said.lower() == OFF:
        return None
    return Path(said) if said else Path(settings.HOME) / "backups"


def back_up_by_night(at: datetime) -> None:
    """Make the night's backup when it is time; what goes wrong is remembered for the doctor, and tried again."""
    folder = folder_of_backups()
    if folder is None or not is_due(at):
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(folder) as mine:
            if mine and is_due(at):
                _make(folder, at)
    except (Told, OSError) as error:
        log.error("the backup could not be made: %s", error)
        remember_backup(settings.HOME, replace(last_backup(settings.HOME), failed=f"{at:%Y-%m-%d %H:%M} UTC, {error}"))


def is_due(at: datetime) -> bool:
    """Whether the last one is of an earlier day or evening, or a day old; a new home has a day's time."""
    since = last_backup(settings.HOME).at or made_home(settings.HOME) or at
    by_night = at.astimezone().hour in NIGHT
    return at - since >= (BY_NIGHT if by_night else AT_ANY_HOUR)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """True for one process at a time; who dies lets go."""
    with (folder / ".making").open("w") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def _make(folder: Path, at: datetime) -> None:
    is_copy = connection.vendor == "sqlite"
    _has_room(folder, Path(connection.settings_dict["NAME"]) if is_copy else last_backup(settings.HOME).file)
    path = folder / NAME.format(at=at, form="db" if is_copy else "zip")
    write_backup(path, is_portable=not is_copy, at=at)
    remember_backup(settings.HOME, LastBackup(at, path))
    log.info("backed up into %s", path)
    if prove_backup(at):
        for old in sorted(folder.glob(OURS))[: -settings.ENVIRONMENT["RELANCE_BACKUPS_KEPT"]]:
            old.unlink()


def _has_room(folder: Path, like: Path | None) -> None:
    """A backup must not fill the disk that the database writes to: room for it, and for its trial."""
    wanted = 2 * like.stat().st_size + LEAST_DISK if like and like.is_file() else LEAST_DISK
    free = min(shutil.disk_usage(where).free for where in (folder, settings.HOME))
    if free < wanted:
        raise Failure(f"{folder}: {free / 1e9:.1f} GB are free, {wanted / 1e9:.1f} GB are needed for it and its trial")


def prove_backup(at: datetime) -> bool:
    """Restore the newest backup into a scratch database (R53); the doctor tells when it is bad."""
    last = last_backup(settings.HOME)
    if last.at is None or last.file is None:
        return False  # none yet: the doctor says so
    fault = ""
    try:
        prove(last.file)
    except Told as error:
        fault = str(error)
        log.error("the newest backup is bad: %s", fault)
    if last_backup(settings.HOME).file == last.file:  # nobody has made a newer one meanwhile
        remember_backup(settings.HOME, replace(last, fault=fault))
    return not fault


def health_of_nights() -> Iterator[Finding]:
    """Whether backups are made by themselves, and whether they outlive the disk."""
    folder = folder_of_backups()
    if folder is None:
        yield Finding("note", "no backup is made by itself: RELANCE_BACKUPS is off")
        return
    kept = settings.ENVIRONMENT["RELANCE_BACKUPS_KEPT"]
    yield Finding("ok", f"relance serve makes a backup every night into {folder}, and keeps {kept}")
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if connection.vendor == "sqlite" and there.stat().st_dev == Path(settings.HOME).stat().st_dev:
        yield Finding("note", "the backups lie on the disk of the database: name a folder on another (RELANCE_BACKUPS)")
