"""Turns one planning job into the most memory that it had, its own part of it, and its size; undone at the end."""

import sys
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import django

django.setup()

from django.db import transaction  # noqa: E402 the settings are there now

from bench.forecast import AT, FIRST, WORST  # noqa: E402
from bench.questions import QUESTIONS  # noqa: E402
from relance.audience.compile import Question  # noqa: E402
from relance.audience.count import count  # noqa: E402
from relance.audience.tree import read_tree  # noqa: E402
from relance.dealers.models import Dealer  # noqa: E402
from relance.jobs.stages import plan  # noqa: E402
from relance.outbox.forecast import forecast  # noqa: E402
from relance.plan import shipped  # noqa: E402
from relance.plan.apply import apply_definitions  # noqa: E402


def _switch_on(dealer: Dealer, codes: list[str]) -> None:
    entries = [shipped.definition_of(code, language="fr", status="on") for code in codes]
    apply_definitions(dealer, [{**entry, "live_from": "2020-01-01"} for entry in entries], at=AT, by="bench")


def _day(dealer: Dealer) -> str:
    _switch_on(dealer, list(QUESTIONS))
    made = plan(dealer, at=AT + timedelta(hours=6), since=AT - timedelta(hours=15)).made
    return f"{made:,} messages"


def _count(dealer: Dealer) -> str:
    found = count(Question(dealer, read_tree(WORST), "customer", "customer", AT), patiently=True)
    return f"{found.exact or found.more_than or 0:,} people"


def _forecast(dealer: Dealer) -> str:
    _switch_on(dealer, [entry.code for entry in shipped.entries()])
    found = forecast(dealer, first=FIRST, last=(AT + timedelta(days=14)).date(), at=AT)
    return f"{sum(map(len, found.ahead.values())):,} drafts"


def _own() -> float:
    """Megabytes that no other process could share."""
    line = next(text for text in Path("/proc/self/status").read_text().splitlines() if text.startswith("RssAnon"))
    return int(line.split()[1]) / 1024


def _watch(over: Event, seen: list[float]) -> None:
    while not over.wait(0.05):
        seen.append(_own())


def main() -> int:
    """Run the job of this number."""
    job = (_day, _count, _forecast)[int(sys.argv[1])]
    over, seen = Event(), [_own()]
    watch = Thread(target=_watch, args=(over, seen))
    watch.start()
    try:
        with transaction.atomic():
            size = job(Dealer.objects.get())
            transaction.set_rollback(True)
    finally:
        over.set()
        watch.join()
    status = Path("/proc/self/status").read_text().splitlines()
    most = int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 1024
    print(f"{most:.0f}|{max(seen):.0f}|{size}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
