"""What goes wrong between us and a provider, how often, and what was accepted all the same."""

import os
import random
from pathlib import Path

IN_DOUBT = (
    20  # messages that the death of one worker may leave unsure, at most: a promise, so not the code's own number
)
# Of a hundred messages so many meet this; the rest is accepted and answered.
ODDS = {
    "dropped": 1.25,  # the connection breaks before anything was taken
    "throttled": 1.25,  # 429, or 4xx of a mail server
    "failed": 1.25,  # accepted, and then answered as if it were not (a 5xx of a gateway on the way)
    "unanswered": 1.25,  # accepted, and the answer never comes
}


class Provider:
    """One fake provider's luck and memory. What is accepted is in the file before anything is answered."""

    def __init__(self, ledger: Path, seed: int, wait: float) -> None:
        self.seed, self.luck = seed, random.Random(seed)  # 0: a provider without faults
        self.wait = wait  # seconds at most until an answer
        self.file = os.open(ledger, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def fault(self) -> str:
        """What the next message meets: a word of ODDS, or nothing."""
        if not self.seed:
            return ""
        drawn = self.luck.uniform(0, 100)
        for word, odds in ODDS.items():
            drawn -= odds
            if drawn < 0:
                return word
        return ""

    def accept(self, address: str) -> None:
        """Take a message for good."""
        os.write(self.file, f"{address}\n".encode())

    def pause(self) -> float:
        """How long this answer takes."""
        return self.luck.uniform(0, self.wait)


def accepted(ledger: Path) -> list[str]:
    """Every acceptance, in its order."""
    return ledger.read_text(encoding="utf-8").split("\n")[:-1] if ledger.exists() else []
