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
from typing import Any

import django

from tests.harness.noted import notes_in, sends_by_notes

TO_BEGIN = 20.0  # seconds in which every worker hands something over
AFTER = 6.0  # seconds that everybody is watched after the halt: five are promised


def run(rate: int, workers: int) -> dict[str, Any]:
    """Send at so many a minute, halt after two seconds, and count."""
    deliver, halt = (importlib.import_module(f"relance.delivery.{name}") for name in ("deliver", "safety.halt"))
    world = importlib.import_module("tests.harness.world")
    now = importlib.import_module("relance.lib.clock").now
    connections = importlib.import_module("django.db").connections
    importlib.import_module("django.core.management").call_command("migrate", verbosity=0)
    seconds = 2.0
    dealer = world.fill("sms", int(rate / 60 * (seconds + AFTER + TO_BEGIN)) + 50, now())
    notes = sends_by_notes(deliver, max(1, rate // 60))
    connections.close_all()
    children = [_worker(deliver.deliver, now) for _ in range(workers)]
    patience = time.monotonic() + TO_BEGIN
    while len({one.pid for one in notes_in(notes)}) < workers and time.monotonic() < patience:
        time.sleep(0.05)  # a busy machine forks slowly
    time.sleep(seconds)
    halt.halt(dealer, by="Kim", at=now())
    committed = time.monotonic()
    time.sleep(AFTER)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    noted = notes_in(notes)
    late = [one for one in noted if one.at > committed]
    return {
        "before": len(noted) - len(late),
        "workers": len({one.pid for one in noted}),
        "most of one worker after": max(Counter(one.pid for one in late).values(), default=0),
        "last after": round(max((one.at - committed for one in late), default=0.0), 3),
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
