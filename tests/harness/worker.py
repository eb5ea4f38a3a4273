"""A worker process with the clockwork's own tasks, minutes made seconds, that dies where it is told to."""

import ctypes
import os
import random
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from relance.delivery import claim, crash_points, deliver, record
from relance.delivery.senders.registry import KINDS, class_of
from relance.jobs import cluster, schedule
from relance.jobs import worker as clockwork
from relance.lib import leases

LEASE = timedelta(seconds=3)
KNOWS_AFTER = 4.0  # longer than the fake provider's time-out (2 s) and the time until it lists what it took
EVERY = {"deliver": 0.1, "settle": 0.5, "doubts": 0.5}  # seconds
BATCH = 60
TIMEOUT = 2
PATIENCE = 0.3  # seconds after which a batch goes on by itself: in every run many do, and die there, too
PR_SET_PDEATHSIG = 1  # linux/prctl.h
HURRIED: tuple[tuple[Any, str, Any], ...] = (
    (leases, "LENGTH", LEASE),
    (claim, "LENGTH", LEASE),
    (record, "FIRST_WAIT", 0.2),
    (deliver, "BATCH", BATCH),
    (clockwork, "PAUSE", 0.02),
    (schedule.LATELY.aside, "patience", PATIENCE),
)


def hurry() -> None:
    """Everything that waits, waits for seconds: set once, before workers are forked."""
    for module, name, value in HURRIED:
        setattr(module, name, value)
    for name in KINDS:
        if class_of(name).knows_after is not None:
            class_of(name).knows_after = KNOWS_AFTER  # type: ignore[method-assign,assignment]


def start(dies_at: str, log: Path, work: Callable[[], None]) -> int:
    """Fork a worker; its process id. `dies_at` is a crash point, or nothing."""
    pid = os.fork()
    if pid:
        return pid
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # whoever stops the harness stops its workers
        random.seed(os.urandom(8))
        with log.open("ab", 0) as file:
            os.dup2(file.fileno(), sys.stderr.fileno())
        if dies_at:
            _die_at(dies_at, random.randint(1, 30))
        work()
    finally:
        os._exit(1)


def clock() -> None:
    """The clockwork of one process; with a broker, of a scheduler that hands out what workers do."""
    tasks = [replace(t, every=timedelta(seconds=EVERY[t.name])) for t in cluster.tasks() if t.name in EVERY]
    clockwork.Clockwork(tasks).run()


def of_the_broker() -> None:
    """One more worker of the broker."""
    cluster.work(2)


def _die_at(last: str, passing: int) -> None:
    left = [passing if last in ("handing_over", "handed_over") else 1]

    def reached(point: str) -> None:
        left[0] -= point == last
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    crash_points.reached = reached
