"""Processes that send by one number together, each ended and begun anew three times.

`python -m tests.harness.paced RATE MESSAGES PROCESSES` prints JSON.
"""

import importlib
import json
import os
import sys
from typing import Any

import django

from tests.harness.noted import note, notes_in, sends_by_notes

RESTARTS = 3


def run(rate: int, number: int, processes: int) -> dict[str, Any]:
    """Send, and count the sliding seconds that have too many: of slots as reserved, and of calls as they were."""
    deliver, pace = (importlib.import_module(f"relance.delivery.{name}") for name in ("deliver", "safety.pace"))
    world = importlib.import_module("tests.harness.world")
    now = importlib.import_module("relance.lib.clock").now
    importlib.import_module("django.core.management").call_command("migrate", verbosity=0)
    world.fill("sms", number, now())
    notes = sends_by_notes(deliver, rate)
    reserve = pace.Pace.reserve

    def noted(self: Any, *asked: int, **given: int) -> Any:
        slots = reserve(self, *asked, **given)
        for moment in slots.moments if slots else ():
            note("slot", moment.timestamp())
        return slots

    pace.Pace.reserve = noted
    importlib.import_module("django.db").connections.close_all()
    part = max(1, number // processes // (RESTARTS + 1))
    faults = sum(generation(deliver.deliver, now, processes, limit) for limit in [*[part] * RESTARTS, None])
    lines = notes_in(notes)
    slots, sent = (sorted(one.at for one in lines if one.what == name) for name in ("slot", "sent"))
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
