"""Turns what a process has lately seen of its senders into whose turn it is, and how much of it.

A batch is as large as its sender hands over in a few seconds, so that a reminder never waits for the rest of a long
one; a batch that takes longer all the same, as its provider does not answer, goes on by itself (decision 210).
"""

import logging
from collections.abc import Callable, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from django.db import close_old_connections, connection

from relance.delivery.safety.rests import Rests, Sender

log = logging.getLogger(__name__)
Result = TypeVar("Result")
FIRST = 50  # messages of a sender of whom nothing is known
AT_ONCE = 3.0  # seconds: a batch takes no longer
FAST = 1_000.0  # messages a second of such a sender
MOST = 32  # batches that go on by themselves


class StillGoing(Exception, Generic[Result]):
    """The work has not ended in time; it goes on by itself."""

    def __init__(self, future: "Future[Result]") -> None:
        super().__init__()
        self.future = future


class Turns:
    """Whose turn was when, and how fast each sender takes messages."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, str, str], int] = {}
        self._size: dict[Sender, int] = {}
        self._speed: dict[Sender, float] = {}  # messages a second
        self._number = 0

    def in_turn(self, lanes: Sequence[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
        """Lanes (dealer, channel, purpose) as they are asked: who has waited longest is first."""
        return sorted(lanes, key=lambda lane: self._last.get(lane, 0))

    def had(self, lane: tuple[int, str, str]) -> None:
        """This one has had his turn."""
        self._number += 1
        self._last[lane] = self._number

    def size(self, sender: Sender, wanted: int) -> int:
        """How many messages are taken up at once."""
        return min(wanted, self._size.get(sender, FIRST))

    def within(self, sender: Sender, seconds: float) -> int:
        """How many it lately took in so long; many when nothing is known."""
        return max(1, int(self._speed.get(sender, FAST) * seconds))

    def took(self, sender: Sender, number: int, seconds: float) -> None:
        """So many were handed over in so long; growing at most twice a time."""
        self._speed[sender] = number / max(seconds, 0.001)
        self._size[sender] = max(1, min(self.within(sender, AT_ONCE), 2 * max(number, self._size.get(sender, FIRST))))


class Aside:
    """Where a batch goes on by itself when it takes long: a provider that hangs keeps nobody else."""

    def __init__(self, patience: float = 2.0) -> None:
        self.patience = patience
        self._pool: ThreadPoolExecutor | None = None
        self._busy: set[Sender] = set()
        self._lock = Lock()

    def is_busy(self, sender: Sender) -> bool:
        """Whether a batch of this sender is under way."""
        return sender in self._busy

    def run(self, sender: Sender, work: Callable[[], Result]) -> Result:
        """The work's result, when it comes in time; StillGoing when not. One at a time for a sender."""
        if connection.in_atomic_block:  # what is not committed, no other thread can see
            return work()
        future = self.begin(sender, work)
        wait([future], timeout=self.patience)
        if not future.done():
            raise StillGoing(future)
        return future.result()

    def begin(self, sender: Sender, work: Callable[[], Result]) -> "Future[Result]":
        """Begin the work in a thread of its own."""
        with self._lock:
            self._pool = self._pool or ThreadPoolExecutor(MOST, thread_name_prefix="delivering")
            self._busy.add(sender)
            return self._pool.submit(self._do, sender, work)

    def wait(self) -> None:
        """Until everything that goes on by itself has ended."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True)

    def _do(self, sender: Sender, work: Callable[[], Result]) -> Result:
        close_old_connections()
        try:
            return work()
        except Exception:
            log.exception("a batch of dealer %s by %s broke", *sender)
            raise
        finally:
            self._busy.discard(sender)
            connection.close()


@dataclass
class Lately:
    """What a process knows of its senders, from round to round.

    `lasts`: after so many seconds no batch is begun. `deaf`: dealers of whom nothing leaves yet, by their primary keys.
    """

    rests: Rests = field(default_factory=Rests)
    turns: Turns = field(default_factory=Turns)
    aside: Aside | None = None
    lasts: float | None = None
    deaf: Set[int] = frozenset()
