"""Turns a sender that takes nothing into when it is tried again, and with how much: one message, until it takes one.

A provider that is out of order for half an hour would otherwise use up the tries of every message that waits for it,
and find each of them resting for an hour when it is back (R6, decision 182).
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

IN_A_ROW = 3  # so many without an answer that counts: the other side is in trouble, not the messages
FIRST, LONGEST = 5.0, 50.0  # seconds: a provider that is back is noticed within the longest, and a step of the clock


Sender = tuple[int, str]  # a dealer, by primary key, and a channel: one dealer's trouble is not another's


@dataclass
class _Trouble:
    vain: int = 0  # tries, one after the other
    rests: int = 0
    until: datetime | None = None


class Rests:
    """What this process knows of senders in trouble."""

    def __init__(self) -> None:
        self._of: dict[Sender, _Trouble] = {}

    def holds(self, sender: Sender, at: datetime) -> bool:
        """Whether it is not tried yet."""
        trouble = self._of.get(sender)
        return trouble is not None and trouble.until is not None and at < trouble.until

    def size(self, sender: Sender, wanted: int) -> int:
        """How many messages are taken up for it."""
        return 1 if self.is_in_trouble(sender) else wanted

    def is_in_trouble(self, sender: Sender) -> bool:
        """Whether it has taken nothing since it had to rest."""
        return sender in self._of and self._of[sender].until is not None

    def tried(self, sender: Sender, at: datetime, *, took: bool, vain: int) -> None:
        """What came of a hand-over: whether the other side took or judged something, and how many were in vain since.

        Three in a row, and it rests: longer each time, scattered among the processes that try.
        """
        if took:
            self._of.pop(sender, None)
        if not vain:
            return
        trouble = self._of.setdefault(sender, _Trouble())
        trouble.vain += vain
        if trouble.vain >= IN_A_ROW:
            longest = min(LONGEST, FIRST * 2**trouble.rests)
            trouble.rests = min(trouble.rests + 1, 10)
            trouble.until = at + timedelta(seconds=random.uniform(longest / 2, longest))
