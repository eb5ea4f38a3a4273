"""Turns something that was noticed into one line with its weight."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line: `ok`, `note` (worth knowing) or `bad` (somebody must do something)."""

    state: str
    says: str
