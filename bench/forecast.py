"""The forecast of two months with the whole library on, cold and unchanged, and live counts while a rule is typed."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import django

from bench.data import OPENED, database
from bench.table import Row

DEALERSHIP = 20_000  # customers: the size that the forecast's goal speaks of
FIRST, LAST = date(2026, 11, 1), date(2026, 12, 31)
AT = datetime(2026, 11, 17, 15, tzinfo=UTC)
ABSENT = {"category": "vehicle", "attribute": "accessory", "operator": "is_absent", "value": "TOW"}
WORST = [
    ABSENT,
    {"category": "repair_order_closed", "attribute": "last_time", "operator": "more_than_days_ago", "value": 180},
    {"category": "appointment", "attribute": "next_one", "operator": "does_not_exist"},
    {"category": "sale", "attribute": "times", "operator": "at_least", "value": 1},
    {"category": "customer", "attribute": "email", "operator": "is_known"},
]
COUNTS: dict[str, tuple[str, list[Any]]] = {
    "all customers": ("customer", []),
    "accessory absent": ("vehicle", [ABSENT]),
    "worst composite": ("customer", WORST),
}


def rows(customers: int) -> Iterator[Row]:
    """The rows of forecast and count."""
    assert AT.date() == OPENED
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.db"
        shutil.copyfile(database(min(DEALERSHIP, customers)), copy)
        os.environ |= {
            "RELANCE_HOME": folder,
            "DJANGO_SETTINGS_MODULE": "relance.settings",
            "RELANCE_DATABASE_URL": f"sqlite:///{copy}",
        }
        django.setup()
        yield from forecasts(min(DEALERSHIP, customers))
        _use(database(customers))
        yield from counts(customers)


def _spent(work: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> tuple[float, Any]:
    begin = clock()
    found = work()
    return clock() - begin, found


def _use(path: Path) -> None:
    """Point the open connection at another database of the same form."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = str(path)


def forecasts(customers: int, label: str = "") -> Iterator[Row]:
    """The whole library on, this month and the next: cold, and once more."""
    from relance.dealers.models import Dealer
    from relance.lib.database.statistics import refresh_statistics
    from relance.outbox.forecast import KEPT, forecast
    from relance.plan import shipped
    from relance.plan.apply import apply_definitions

    dealer = Dealer.objects.get()
    entries = [shipped.definition_of(e.code, language="fr", status="on") for e in shipped.entries()]
    apply_definitions(dealer, [{**e, "live_from": "2020-01-01"} for e in entries], at=AT, by="bench")
    refresh_statistics()

    def look() -> Any:
        return forecast(dealer, first=FIRST, last=LAST, at=AT)

    look()  # statements compiled, modules loaded
    KEPT.forget()
    begin = time.process_time()
    cold, found = _spent(look)
    spent = time.process_time() - begin
    unchanged, _ = min((_spent(look) for _ in range(5)), key=lambda one: one[0])
    people = sum(cell.ready + cell.refused for cell in found.cells.values())
    size = f"{len(entries)} automations, {people:,} drafts of {customers:,} customers"
    goal = "< 2 s" if customers <= DEALERSHIP else ""
    limit = f"facts and gate of each draft; {spent:.2f} s are relance's own computing"
    yield Row(f"{label}forecast of two months, cold", size, cold, "s", goal=goal, limit=limit)
    yield Row(f"{label}forecast of two months, unchanged", size, unchanged, "s", goal="< 50 ms")


def counts(customers: int, label: str = "") -> Iterator[Row]:
    """Three rules that begin nowhere, at once and a moment later."""
    from relance.audience.compile import Question
    from relance.audience.count import count
    from relance.audience.tree import read_tree
    from relance.dealers.models import Dealer

    dealer = Dealer.objects.get()
    for name, (subject, rules) in COUNTS.items():
        question = Question(dealer, read_tree(rules), subject, "customer", AT)
        at_once, first = min((_spent(partial(count, question)) for _ in range(3)), key=lambda one: one[0])
        patiently, second = _spent(partial(count, question, patiently=True))
        said = f"{first.exact:,}" if first.exact is not None else f"more than {first.more_than or 0:,}"
        later = f"{second.exact:,}" if second.exact is not None else "explained"
        yield Row(
            f"{label}live count at once: {name}",
            f"{said} of {customers:,}",
            at_once,
            "s",
            goal="exact in 200 ms, or more than N",
        )
        yield Row(f"{label}live count a moment later: {name}", later, patiently, "s", goal="≤ 2 s")
