"""Every page of the desk as a CRM manager opens it, with a year behind the dealership: server time and questions asked.

The pages are those of tests/web/pages.py; figures that follow a page as a fragment have rows of their own and are named
so: the goal is the page's, what a part takes is only said. Each address is asked until it has been asked forty times or
four seconds are over; customers, vehicles, messages and tasks change from one request to the next.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django

from bench.past import AT, database_with_past, live_through_a_year
from bench.table import Row

MOST, SECONDS, LEAST = 40, 4.0, 3
GOAL = "95 in 100 < 150 ms"
PARTS = {  # pages whose figures follow: how the part is asked for
    "desk-results": "",
    "desk-retention": "",
    "desk-quality": "",
    "desk-economics": "part=own",
    "desk-contact-settings": "part=sent",
    "desk-doubles": "",
}
DIFFERENT = 20  # customers, vehicles, messages, tasks


@dataclass(frozen=True)
class Asked:
    """What is measured: a page, or the part that follows it; its addresses, in turn."""

    name: str
    addresses: Sequence[str]
    is_part: bool = False


def rows(customers: int) -> Iterator[Row]:
    """The pages on SQLite."""
    with tempfile.TemporaryDirectory(dir=database_with_past(customers).parent) as folder:
        copy = Path(folder) / "copy.db"
        shutil.copyfile(database_with_past(customers), copy)
        os.environ |= {
            "RELANCE_HOME": folder,
            "DJANGO_SETTINGS_MODULE": "relance.settings",
            "RELANCE_DATABASE_URL": f"sqlite:///{copy}",
        }
        django.setup()
        yield from pages()


def pages_after_a_year(label: str) -> Iterator[Row]:
    """The pages on the database of the settings, which gets its year first; it is there for this."""
    live_through_a_year()
    yield from pages(label)


def pages(label: str = "") -> Iterator[Row]:
    """A row for each page and part, measured on the database of the settings."""
    from django.test import Client

    from relance.dealers.models import Dealer
    from relance.lib import clock
    from tests.builders import a_user

    real, clock.now = clock.now, lambda: AT
    try:
        dealer = Dealer.objects.get()
        client = Client()
        client.force_login(a_user(dealer))
        for asked in _asked(dealer):
            yield _measured(client, asked, label)
    finally:
        clock.now = real


def _asked(dealer: Any) -> Iterator[Asked]:
    from relance.facts.models import Customer, Vehicle
    from relance.outbox.models import Message, Task
    from tests.web.pages import pages_of

    found = pages_of(dealer)
    several = {
        "desk-customer": _some(Customer, dealer, "ref"),
        "desk-vehicle": _some(Vehicle, dealer, "ref"),
        "desk-message": _some(Message, dealer, "key"),
        "desk-task": _some(Task, dealer, "key"),
    }
    for name, address in found.items():
        path = urlsplit(address).path
        if name in several:
            before = path.rstrip("/").rpartition("/")[0]
            yield Asked(name, [f"{before}/{one}/" for one in several[name]])
        else:
            yield Asked(name, [path])
    home = f"/d/{dealer.slug}"
    yield Asked(
        "desk-customers, searched", [f"{home}/customers/?q={word}" for word in ("tremblay", "roy", "gagnon ma")]
    )
    yield Asked("desk-customers, sorted", [f"{home}/customers/?sort={sort}" for sort in ("-name", "since", "-since")])
    yield Asked("desk-outbox, sorted", [f"{home}/outbox/?{asked}" for asked in ("sort=moved", "state=sent&sort=-send")])
    yield Asked("desk-tasks, sorted", [f"{home}/tasks/?show=all&sort={sort}" for sort in ("customer", "-staff")])
    yield Asked(
        "desk-outbox, one state", [f"{home}/outbox/?state={state}" for state in ("delivered", "refused", "unsure")]
    )
    yield Asked("desk-outbox, searched", [f"{home}/outbox/?q={word}" for word in ("tremblay", "roy")])
    yield Asked("desk-tasks, late", [f"{home}/tasks/?show=late"])
    yield Asked("desk-waiting-number", [f"{home}/waiting/number/"], is_part=True)
    yesterday = (AT - timedelta(days=1)).date()
    yield Asked("desk-cell: its people", [urlsplit(found["desk-cell"]).path], is_part=True)
    yield Asked("desk-cell: its people, yesterday", [f"{home}/programmes/J_CSI/{yesterday}/"], is_part=True)
    yield Asked("desk-day: its people", [urlsplit(found["desk-day"]).path], is_part=True)
    yield Asked("desk-day: its people, yesterday", [f"{home}/programmes/{yesterday}/"], is_part=True)
    for name, query in PARTS.items():
        path = urlsplit(found[name]).path
        yield Asked(f"{name}: the figures", [f"{path}?{query}"], is_part=True)
        if name != "desk-doubles":
            yield Asked(f"{name}: the figures, reckoned anew", [f"{path}?{query}&anew=1"], is_part=True)
    yield Asked("desk-sheet: the numbers of two months", [f"{home}/programmes/sheet/"], is_part=True)


def _some(model: Any, dealer: Any, column: str) -> list[Any]:
    """Values of rows all over the table."""
    rows = model.objects.of(dealer)
    last = rows.order_by("-pk").values_list("pk", flat=True)[0]
    return [
        rows.filter(pk__gte=last * n // DIFFERENT).order_by("pk").values_list(column, flat=True)[0]
        for n in range(DIFFERENT)
    ]


def _measured(client: Any, asked: Asked, label: str) -> Row:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    headers = {"HX-Request": "true"} if asked.is_part else {}

    def answer(address: str) -> None:
        response = client.get(address, headers=headers)
        assert response.status_code == 200, (address, response.status_code)

    began, used = time.perf_counter(), time.process_time()
    with CaptureQueriesContext(connection) as questions:
        answer(asked.addresses[0])
        number = len(questions)  # the next request forgets them
    first, first_cpu = time.perf_counter() - began, time.process_time() - used
    spent, cpu = ([first], [first_cpu]) if first > SECONDS else _times(answer, asked.addresses)
    kind = "part" if asked.is_part else "page"
    return Row(
        f"{label}{kind} {asked.name}",
        f"{len(spent)} requests",
        _of(spent, 0.95),
        "s",
        goal="" if asked.is_part else GOAL,
        limit=f"half of them {_ms(_of(spent, 0.5))}, CPU {_ms(_of(cpu, 0.95))}; the first {_ms(first)}; "
        f"{number} questions",
    )


def _times(answer: Callable[[str], None], addresses: Sequence[str]) -> tuple[list[float], list[float]]:
    spent: list[float] = []
    cpu: list[float] = []
    for address in cycle(addresses):
        began, used = time.perf_counter(), time.process_time()
        answer(address)
        spent.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
        if len(spent) == MOST or (sum(spent) > SECONDS and len(spent) >= LEAST):
            break
    return spent, cpu


def _of(times: Sequence[float], share: float) -> float:
    """The time under which so many of the requests stayed."""
    return sorted(times)[min(int(len(times) * share), len(times) - 1)]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
