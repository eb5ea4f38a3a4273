"""Turns something that was noticed into one line with its weight."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line: `ok`, `note` (worth knowing) or `bad` (somebody must do something)."""

    state: str
    says: str
    dealer: str = ""  # whose, by slug; nothing: the house's

    @property
    def about(self) -> str:
        """What it is about, the same tomorrow: without its numbers, moments and details."""
        return re.sub(r"\d+", "#", self.says.removeprefix(f"{self.dealer}: ").split(": ")[0])
