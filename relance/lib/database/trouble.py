"""Turns a fault into what is wrong with the database behind it: full, open for reading only, busy, or away."""

import errno
import sqlite3
from typing import Literal, get_args

from django.db import DatabaseError, InterfaceError

Trouble = Literal["full", "read_only", "busy", "away"]
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)
OF_SQLITE: dict[int, Trouble] = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_CANTOPEN: "away",
}
OF_POSTGRESQL: dict[str, Trouble] = {  # by the beginning of its SQLSTATE
    "53100": "full",
    "25006": "read_only",
    "55P03": "busy",
    "53300": "busy",  # too many connections
    "57P0": "away",  # it is shut down, was, or starts
    "08": "away",
}
OF_THE_SYSTEM: dict[int, Trouble] = {errno.ENOSPC: "full", errno.EDQUOT: "full", errno.EROFS: "read_only"}
LOST_LINE = ("connection", "server closed", "could not translate host name", "timeout expired")


def trouble_of(fault: BaseException | None) -> Trouble | None:
    """What is wrong, when it is one of these; a full disk counts whoever met it."""
    while fault is not None:
        found = _of_sqlite(fault) or _of_postgresql(fault) or _of_the_system(fault)
        if found:
            return found
        fault = fault.__cause__ or fault.__context__
    return None


def _of_sqlite(fault: BaseException) -> Trouble | None:
    code = getattr(fault, "sqlite_errorcode", None)
    return OF_SQLITE.get(code & 0xFF) if isinstance(code, int) else None


def _of_postgresql(fault: BaseException) -> Trouble | None:
    state = getattr(fault, "sqlstate", None)
    if isinstance(state, str):
        return next((found for begins, found in OF_POSTGRESQL.items() if state.startswith(begins)), None)
    if isinstance(fault, DatabaseError | InterfaceError):  # without an answer there is no SQLSTATE
        lost = any(words in str(fault).lower() for words in LOST_LINE)
        return "away" if lost and getattr(fault.__cause__, "sqlstate", "") is None else None
    return None


def _of_the_system(fault: BaseException) -> Trouble | None:
    return OF_THE_SYSTEM.get(fault.errno or 0) if isinstance(fault, OSError) else None
