"""Processes that send by one number together, each ended and begun anew three times.

`python -m tests.harness.paced RATE MESSAGES PROCESSES` prints JSON.
"""

import importlib
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import django


class Noted:
    """A channel that takes everything and notes the moment, for all processes in one file."""

    knows_after = None
    file = -1

    def __init__(self, sending: object) -> None: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, parcels: Any) -> Iterator[Any]:
        accepted = importlib.import_module("relance.delivery.channel").Accepted()
        for parcel in parcels:
            os.write(Noted.file, f"sent {time.monotonic()}\n".encode())
            yield parcel, accepted


RESTARTS = 3


def run(rate: int, number: int, processes: int) -> dict[str, Any]:
    """Send, and count the sliding seconds that have too many: of slots as reserved, and of calls as they were."""
    deliver, pace = (importlib.import_module(f"relance.delivery.{name}") for name in ("deliver", "safety.pace"))
    channel, world = importlib.import_module("relance.delivery.channel"), importlib.import_module("tests.harness.world")
    now = importlib.import_module("relance.lib.clock").now
    importlib.import_module("django.core.management").call_command("migrate", verbosity=0)
    world.fill("sms", number, now())
    notes = importlib.import_module("django.conf").settings.HOME / "notes"
    Noted.file = os.open(notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    one = channel.Sending("smtp", {"host": "one", "rate": str(rate)})
    vars(deliver).update(channel_for=Noted, sending_of=lambda dealer, name: one)
    reserve = pace.Pace.reserve

    def noted(self: Any, *asked: int, **given: int) -> Any:
        slots = reserve(self, *asked, **given)
        for moment in slots.moments if slots else ():
            os.write(Noted.file, f"slot {moment.timestamp()}\n".encode())
        return slots

    pace.Pace.reserve = noted
    importlib.import_module("django.db").connections.close_all()
    part = max(1, number // processes // (RESTARTS + 1))
    faults = sum(generation(deliver.deliver, now, processes, limit) for limit in [*[part] * RESTARTS, None])
    lines = [line.split() for line in notes.read_text().splitlines()]
    slots, sent = (sorted(float(at) for what, at in lines if what == name) for name in ("slot", "sent"))
    return {
        "sent": len(sent),
        "slots over the rate": over(slots, rate),
        "seconds over the rate": over(sent, rate),
        "of the rate": round((len(sent) - 1) / (sent[-1] - sent[0]) / rate, 3),
        "faults": faults,
    }


def generation(deliver: Any, now: Any, processes: int, limit: int | None) -> int:
    """As many processes, up to their end; how many of them failed."""
    children = []
    for _ in range(processes):
        pid = os.fork()
        if not pid:
            list(deliver(None, at=now(), limit=limit))
            os._exit(0)
        children.append(pid)
    return sum(os.waitpid(pid, 0)[1] != 0 for pid in children)


def over(moments: list[float], rate: int) -> int:
    """In how many sliding seconds there are more than `rate`."""
    return sum(later - first < 1 for first, later in zip(moments, moments[rate:], strict=False))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relance.settings")
    django.setup()
    sys.stdout.write(json.dumps(run(*map(int, sys.argv[1:]))) + "\n")
