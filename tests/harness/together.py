"""Many planners and deliverers at the same second: `python -m tests.harness.together ROUNDS PROCESSES` prints JSON."""

import importlib
import json
import os
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import django

PEOPLE = 20
FIRST = datetime(2026, 5, 4, 10, tzinfo=UTC)
SKEW = timedelta(minutes=5)  # so far the clocks of two machines may be apart


def run(rounds: int, processes: int) -> dict[str, Any]:
    """So many rounds; in each, everybody plans and delivers the same day at once."""
    world, ordeal = (importlib.import_module(f"tests.harness.{name}") for name in ("world", "ordeal"))
    messages = importlib.import_module("relance.outbox.models").Message
    importlib.import_module("django.core.management").call_command("migrate", verbosity=0)
    settings = importlib.import_module("django.conf").settings
    ledger = settings.HOME / "accepted"
    faults = 0
    with ordeal.provider("smtp", ledger, 0, 0) as port:
        dealer = world.of_people("email", PEOPLE)
        ordeal.keep_sender(dealer, "email", ordeal.sender("email", port), at=FIRST)
        for number in range(rounds):
            at = FIRST + timedelta(days=number)
            faults += _together(dealer.pk, at, processes)
            # Whoever found that another had moved on gave way; what nobody made comes with the next step of the clock.
            faults += _together(dealer.pk, at + 2 * SKEW, 1)
    taken = Counter(ordeal.accepted(ledger))
    return {
        "planned": messages.objects.of(dealer).count(),
        "sent": messages.objects.of(dealer).filter(state="sent").count(),
        "expected": rounds * PEOPLE,
        "accepted": sum(taken.values()),
        "most to one": max(taken.values(), default=0),
        "faults": faults,
    }


def _together(dealer: int, at: datetime, processes: int) -> int:
    """Fork them, let all go at once; how many ended with a fault."""
    connections = importlib.import_module("django.db").connections
    connections.close_all()
    gate, opener = os.pipe()
    children = []
    for number in range(processes):
        pid = os.fork()
        if not pid:
            os.close(opener)
            os.read(gate, 1)  # until everybody is there
            os._exit(_work(dealer, at + SKEW * (number % 3 - 1)))
        children.append(pid)
    os.close(gate)
    os.close(opener)
    return sum(os.waitpid(pid, 0)[1] != 0 for pid in children)


def _work(dealer: int, at: datetime) -> int:
    try:
        row = importlib.import_module("relance.dealers.models").Dealer.objects.get(pk=dealer)
        importlib.import_module("relance.jobs.stages").plan(row, at=at, since=at - timedelta(minutes=30))
        list(importlib.import_module("relance.delivery.deliver").deliver(None, at=at + SKEW))
    except Exception as error:  # what a user would have met as "the database is locked"
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relance.settings")
    django.setup()
    sys.stdout.write(json.dumps(run(*map(int, sys.argv[1:]))) + "\n")
