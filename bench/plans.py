"""The measurements of planning, on the database that the settings name."""

import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from bench.data import OPENED, database
from bench.questions import QUESTIONS
from bench.table import Row
from relance.dealers.models import Dealer
from relance.jobs.stages import plan
from relance.lib.moments import add_months, day_start
from relance.outbox.models import Message
from relance.plan.apply import apply_definitions
from relance.plan.definition import read_definition
from relance.plan.draft import RunOf, occurrence_key
from relance.plan.due import due_ids
from relance.plan.models import Automation, PlanMark
from relance.plan.shipped import definition_of

SMALLEST, SMALL = 10_000, 100_000
PEERS = (  # measured on such a machine, doing the same: one mail queued per due record
    "eight indexes and the gate; peers: Odoo 19 94 /s (its best batch call 312), django-drip 550 /s, "
    "django-post-office 3,960 /s"
)
TIMES = 3  # runs of which the shortest counts


def measured(customers: int, folder: str) -> Iterator[Row]:
    """Who is due, a tick, drafts."""
    yield from _day_of_the_library(customers)
    yield from _growth(customers)
    few = min(SMALL, customers)
    large, little = _tick_of(database(customers)), _tick_of(database(few))
    yield Row(
        "real-time tick, 20 automations, nobody due", f"{customers:,} against {few:,} customers", large, "s", little,
        "≤ 1.5 ×, < 50 ms", "building and running 20 queries through the ORM",
    )  # fmt: skip
    found = []
    for number in range(TIMES):
        copy = Path(folder) / f"copy{number}.db"
        shutil.copyfile(database(few), copy)
        found.append(_drafts(copy, few))
    yield max(found, key=lambda row: row.ours)


def _use(path: Path) -> None:
    """Point the open connection at another database of the same form."""
    connection.close()
    connection.settings_dict["NAME"] = str(path)


def best(work: Callable[[], Any]) -> float:
    """The shortest of a few runs, in seconds: what the work costs when nothing disturbs it."""
    spent = []
    for _ in range(TIMES):
        begin = time.perf_counter()
        work()
        spent.append(time.perf_counter() - begin)
    return min(spent)


def noon() -> datetime:
    """Noon UTC of the day that the data were made for: in the working hours of the dealer."""
    return datetime.fromisoformat(f"{OPENED}T15:00:00+00:00")


def _day_of_the_library(customers: int) -> Iterator[Row]:

    dealer = Dealer.objects.get()
    ours = hand = 0.0
    for code, sql in QUESTIONS.items():
        run = run_of(dealer, code)
        statement, parameters = by_hand(sql, dealer, run.reference_at)
        with closing(sqlite3.connect(database(customers))) as raw:
            raw.execute("pragma mmap_size=67108864")
            expected = {row[0] for row in raw.execute(statement, parameters)}
            found = set(due_ids(dealer, run))
            same = "" if found == expected else f" DIFFERS: {len(found)} against {len(expected)}"
            mine = best(partial(due_ids, dealer, run))
            bound = best(partial(_fetch, raw, statement, parameters))
        ours, hand = ours + mine, hand + bound
        yield Row(f"who is due: {code}{same}", f"{len(found):,} of {customers:,}", mine, "s", bound)
    yield Row(
        "who is due: a day of the library", f"{len(QUESTIONS)} automations", ours, "s", hand, "≤ 2 ×",
        "compiling each question through the ORM (1 to 3 ms each); sorting the subjects",
    )  # fmt: skip


def _growth(customers: int) -> Iterator[Row]:
    """What a day's plan costs for each who is due, at a tenth and a hundredth of the size."""
    smallest = None
    for size in sorted({size for size in (SMALLEST, SMALL, customers) if size <= customers}):
        _use(database(size))
        dealer = Dealer.objects.get()
        found = sum(len(due_ids(dealer, run_of(dealer, code))) for code in QUESTIONS)
        spent = sum(best(partial(due_ids, dealer, run_of(dealer, code))) for code in QUESTIONS)
        each = spent / max(found, 1)
        work = f"growth: a day of the library, for each of {found:,} due"
        limit = f"{spent * 1000:,.0f} ms in all; beside the smallest size"
        yield Row(work, f"{size:,} customers", each, "s", smallest, "flat", limit)
        smallest = smallest or each


def _fetch(raw: sqlite3.Connection, statement: str, parameters: dict[str, Any]) -> list[Any]:
    return list(raw.execute(statement, parameters))


def run_of(dealer: Any, code: str) -> Any:

    entry = definition_of(code)
    definition = read_definition(entry, code)
    automation = Automation(pk=0, dealer=dealer, code=code, version=1, definition=entry)
    at = noon()
    return RunOf(automation, definition, at, at, OPENED, occurrence_key(definition, OPENED))


def by_hand(sql: str, dealer: Any, at: datetime) -> tuple[str, dict[str, Any]]:
    """The statement and its values: `:day0-2` is the first moment of the day two days before, and so on."""

    values: dict[str, Any] = {"dealer": dealer.pk}

    def name(kind: str, number: int, value: Any) -> str:
        key = f"{kind}_{'m' if number < 0 else 'p'}{abs(number)}"
        values[key] = value
        return f":{key}"

    def moment(found: re.Match[str]) -> str:
        days = int(found[1] or 0)
        return name("day", days, _text(day_start(OPENED + timedelta(days=days), dealer.zone)))

    def minutes(found: re.Match[str]) -> str:
        back = int(found[1] or 0)
        return name("at", back, _text(at + timedelta(minutes=back)))

    sql = re.sub(r":day0([+-]-?\d+)?", lambda m: moment(_signed(m)), sql)
    sql = re.sub(r":at(?:(-\d+)m)?", minutes, sql)
    sql = re.sub(r":on\+(\d+)", lambda m: name("on", int(m[1]), str(OPENED + timedelta(days=int(m[1])))), sql)
    ends = [str(add_months(OPENED, n)) for n in (1, 3, 6)]
    past = [str(OPENED.replace(year=OPENED.year - n)) for n in range(1, 120)]
    sql = sql.replace(":months", ", ".join(f"'{day}'" for day in ends))
    return sql.replace(":years", ", ".join(f"'{day}'" for day in past)), values


def _signed(found: re.Match[str]) -> Any:
    """`--1` is 1 and `+-1` is -1: the templates put a number of either sign behind either sign."""
    text = (found[1] or "0").replace("--", "+").replace("+-", "-")
    return [found[0], text]


def _text(moment: datetime) -> str:
    """A moment as Django stores it in SQLite."""
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _tick_of(path: Path) -> float:
    _use(path)
    return tick()


def tick() -> float:
    """Twenty real-time automations at a minute of the night: nobody is due."""
    dealer = Dealer.objects.get()
    night = datetime.fromisoformat(f"{OPENED}T08:30:00+00:00")
    with transaction.atomic():
        Automation.objects.of(dealer).delete()
        PlanMark.objects.of(dealer).delete()
        entries = []
        for number in range(20):
            entry = definition_of(("J_MISSED", "J_BOOKED", "J_PROGRESS", "J_ADVISOR")[number % 4])
            entries.append({**entry, "code": f"{entry['code']}_{number}", "status": "on", "live_from": "2020-01-01"})
        apply_definitions(dealer, entries, at=night, by="bench")
        plan(dealer, at=night, since=night - timedelta(minutes=1))
        minute = iter(range(1, 100))
        spent = best(lambda: plan(dealer, at=night + timedelta(minutes=next(minute))))
        transaction.set_rollback(True)
    return spent


def many(dealer: Dealer) -> None:
    """One automation that finds very many, and no others."""
    dealer.settings = {**dealer.settings, "guards": "off"}
    dealer.save()
    Automation.objects.of(dealer).delete()
    entry = definition_of("J_CSI")
    rule = {"category": "repair_order_closed", "attribute": "last_time", "operator": "at_most_days_ago", "value": 45}
    entry |= {"code": "MANY", "status": "on", "live_from": "2020-01-01", "audience": [rule, *entry["audience"][1:]]}
    apply_definitions(dealer, [entry], at=noon(), by="bench")


def _drafts(path: Path, customers: int) -> Row:
    """Ten thousand due: found, rendered, judged, stored."""
    _use(path)

    dealer = Dealer.objects.get()
    at = noon()
    many(dealer)
    begin = time.perf_counter()
    made = plan(dealer, at=at, since=at - timedelta(hours=2)).made
    spent = time.perf_counter() - begin
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("create table copied as select * from outbox_message limit 0")
        start = time.perf_counter()
        raw.execute("insert into copied select * from outbox_message")
        raw.commit()
        bound = made / (time.perf_counter() - start)
    assert Message.objects.of(dealer).count() == made
    return Row(
        "drafts: find, render, gate, insert", f"{made:,} due of {customers:,} customers", made / spent, "/s", bound,
        "10,000 /s", PEERS,
    )  # fmt: skip
