"""Processes that send together, and a person who halts them: `python -m tests.harness.halted RATE WORKERS`.

Prints JSON: how many left before, and how many each worker handed over after the halt was committed.
"""

import importlib
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import django

AFTER = 6.0  # seconds that everybody is watched after the halt: five are promised


class Noted:
    """A channel that takes everything and notes who handed it over and when the call began."""

    knows_after = None
    file = -1

    def __init__(self, sending: object) -> None: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, parcels: Any) -> Iterator[Any]:
        accepted = importlib.import_module("relance.delivery.channel").Accepted()
        for parcel in parcels:
            os.write(Noted.file, f"{os.getpid()} {time.monotonic()}\n".encode())
            yield parcel, accepted


def run(rate: int, workers: int) -> dict[str, Any]:
    """Send at so many a minute, halt after two seconds, and count."""
    deliver, halt = (importlib.import_module(f"relance.delivery.{name}") for name in ("deliver", "safety.halt"))
    channel, world = importlib.import_module("relance.delivery.channel"), importlib.import_module("tests.harness.world")
    now = importlib.import_module("relance.lib.clock").now
    connections = importlib.import_module("django.db").connections
    importlib.import_module("django.core.management").call_command("migrate", verbosity=0)
    seconds = 2.0
    dealer = world.fill("sms", int(rate / 60 * (seconds + AFTER)) + 50, now())
    notes = importlib.import_module("django.conf").settings.HOME / "notes"
    Noted.file = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    one = channel.Sending("smtp", {"host": "one", "rate": str(max(1, rate // 60))})
    vars(deliver).update(channel_for=Noted, sending_of=lambda dealer, name: one)
    connections.close_all()
    children = [_worker(deliver.deliver, now) for _ in range(workers)]
    while not notes.stat().st_size:
        time.sleep(0.01)
    time.sleep(seconds)
    halt.halt(dealer, by="Kim", at=now())
    committed = time.monotonic()
    time.sleep(AFTER)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    lines = [line.split() for line in notes.read_text().splitlines()]
    late = [(pid, float(at) - committed) for pid, at in lines if float(at) > committed]
    return {
        "before": len(lines) - len(late),
        "workers": len({pid for pid, _ in lines}),
        "most of one worker after": max(Counter(pid for pid, _ in late).values(), default=0),
        "last after": round(max((after for _, after in late), default=0.0), 3),
        "wait": importlib.import_module("relance.outbox.models")
        .Message.objects.of(dealer)
        .exclude(state="sent")
        .count(),
    }


def _worker(deliver: Any, now: Any) -> int:
    """One round after the other, as the clockwork has them; until it is killed."""
    pid = os.fork()
    if not pid:
        while True:
            list(deliver(None, at=now(), patience=5.0))
            time.sleep(0.1)
    return pid


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relance.settings")
    django.setup()
    sys.stdout.write(json.dumps(run(*map(int, sys.argv[1:]))) + "\n")
