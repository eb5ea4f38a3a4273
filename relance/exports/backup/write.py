"""Turns the running database into a backup file that has been read again before anybody calls it good."""

import os
import sqlite3
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from relance.exports.backup import copy, portable
from relance.exports.backup.manifest import Manifest, mark_of
from relance.lib.errors import BadInput, Failure


def write_backup(path: Path, *, is_portable: bool, at: datetime) -> Manifest:
    """Write, read again, and only then give the file its name. A file that is there is never written over."""
    if path.exists():
        raise BadInput(f"{path}: there is a file of that name: choose another")
    is_portable = is_portable or connection.vendor != "sqlite"
    write, checked = (portable.write, portable.checked) if is_portable else (copy.write, copy.checked)
    part = path.with_name(f"{path.name}.part")
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)  # customers' names and numbers: for the owner's eyes
        write(part, key=mark_of(settings.SECRET_KEY), at=at)
        _to_disk(part)
        found = checked(part)
        part.rename(path)
        _to_disk(path.parent)
    except (OSError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise Failure(f"{path}: the backup could not be written ({reason}); nothing is kept of it") from None
    except BadInput as error:  # what we have just written does not read well
        raise Failure(f"{error}; nothing is kept of it") from None
    finally:
        part.unlink(missing_ok=True)
    return found


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
