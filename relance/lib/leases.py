"""Turns a worker into a name that nobody else has, and its claim into a lease that ends by itself."""

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

LENGTH = timedelta(minutes=5)


@dataclass(frozen=True)
class Lease:
    """Whose the rows are, and until when; each renewal ends `LENGTH` after the moment of renewing."""

    owner: str
    until: datetime


def new_owner() -> str:
    """A name for this worker: machine, process, and a random part, because process numbers come again."""
    return f"{socket.gethostname()[:16]}:{os.getpid()}:{secrets.token_hex(5)}"[:40]


def may_wake_up(owner: str) -> bool:
    """Whether the process of this owner is still there on this very machine: frozen, perhaps, in the middle of a call.

    Of another machine nobody can tell: False.
    """
    machine, _, rest = owner.partition(":")
    process = rest.partition(":")[0]
    if machine != socket.gethostname()[:16] or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's, and there
    return True


def lease(owner: str, at: datetime) -> Lease:
    """A lease that begins now."""
    return Lease(owner, at + LENGTH)
