"""Turns the dealership of a size into one whose year is behind it: messages, touches, moves, tasks, written set-based.

`python -m bench.past 1000000` keeps bench/.data/1000000-past.db beside the facts; `database_with_past` makes it when it
is not there or older than the facts. Thirteen automations of the library are on; two of them have spoken every day of a
year (about two messages for every three customers); those of the day itself wait for a person.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import django

from bench.data import FOLDER, HERE, OPENED, database, stamp
from bench.questions import QUESTIONS

AT = datetime(2026, 11, 17, 15, tzinfo=UTC)  # ten in the morning at the dealer's
DAYS = 365
RANDOM = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
GONE = "m.state IN ('sent', 'delivered')"
STATES = """CASE WHEN o.id % 25 < 2 OR {address} IS NULL THEN 'refused' WHEN o.id % 25 = 2 THEN 'failed'
  WHEN o.id % 25 < 9 THEN 'sent' ELSE 'delivered' END"""
SPOKE: dict[str, dict[str, str]] = {  # automation: the rows it speaks about, the moment that counts, channel, address
    "J_CSI": {"table": "facts_repairorder", "moment": "closed_at", "subject": "repair_order", "channel": "email"},
    "J_TOMORROW": {"table": "facts_appointment", "moment": "start_at", "subject": "appointment", "channel": "sms"},
}
ADDRESS = {"email": "c.email", "sms": "c.mobile"}


def database_with_past(customers: int) -> Path:
    """The database of this size with its year."""
    facts, path = database(customers), FOLDER / f"{customers}-past.db"
    if not path.exists() or path.stat().st_mtime < facts.stat().st_mtime or _made_for(path) != stamp():
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RELANCE_")}
        words = [sys.executable, "-m", "bench.past", str(customers)]
        subprocess.run(words, cwd=HERE.parent, env=environment, check=True)
    return path


def _made_for(path: Path) -> int:
    with closing(sqlite3.connect(path)) as base:
        return int(base.execute("PRAGMA user_version").fetchone()[0])


def main() -> int:
    """Copy the facts and write the year into the copy."""
    customers = int(sys.argv[1])
    part = FOLDER / f"{customers}-past.part"
    shutil.copyfile(database(customers), part)
    os.environ |= {
        "RELANCE_HOME": str(FOLDER / "home"),
        "RELANCE_DATABASE_URL": f"sqlite:///{part}",
        "DJANGO_SETTINGS_MODULE": "relance.settings",
    }
    django.setup()
    from django.db import connection

    with connection.cursor() as cursor:
        for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-262144"):
            cursor.execute(f"PRAGMA {setting}")
        live_through_a_year()
        cursor.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    part.replace(FOLDER / f"{customers}-past.db")
    return 0


def live_through_a_year() -> None:
    """Write the year into the database of the settings."""
    from django.db import transaction

    from relance.dealers.audit import Deed, Who, note
    from relance.dealers.models import Dealer
    from relance.lib.database.statistics import refresh_statistics
    from relance.plan.apply import apply_definitions
    from relance.plan.models import PlanMark
    from relance.plan.shipped import definition_of

    dealer = Dealer.objects.get()
    with transaction.atomic():
        entries = [definition_of(code, language="fr", status="on") for code in QUESTIONS]
        apply_definitions(dealer, [{**e, "live_from": "2020-01-01"} for e in entries], at=AT, by="bench")
        PlanMark.objects.of(dealer).update_or_create(dealer=dealer, defaults={"planned_until": AT})
        for code, spoke in SPOKE.items():
            for back in range(DAYS, -1, -1):
                _day(dealer, code, spoke, OPENED - timedelta(days=back))
        _touches(dealer)
        for number in range(2_000):
            note(dealer, Deed("approved", f"message {number}"), who=Who("kim@dealer.example"), at=AT)
    refresh_statistics()


def _day(dealer: Any, code: str, spoke: dict[str, str], on: date) -> None:
    """One run: its once-keys, then its messages."""
    from relance.lib.moments import day_start
    from relance.outbox.models import Message
    from relance.plan.models import Automation, Occurrence, Run

    automation = Automation.objects.of(dealer).get(code=code)
    ahead = 1 if code == "J_TOMORROW" else -1
    begin, end = (day_start(on + timedelta(days=ahead + n), dealer.zone) for n in (0, 1))
    at = day_start(on, dealer.zone) + timedelta(hours=9)
    run = Run.objects.create(
        dealer=dealer, automation=automation, reference_at=at, run_at=at, state="done", planned_at=at
    )
    subject, moment = spoke["subject"], spoke["moment"]
    _insert(
        Occurrence,
        {
            "dealer_id": "s.dealer_id", "automation_id": automation.pk, "subject_type": f"'{subject}'",
            "subject_id": "s.id", "recipient": "'customer'", "key": f"'{on}'", "reference_on": f"'{on}'",
            "run_id": run.pk,
        },
        f"{spoke['table']} s WHERE s.dealer_id = %s AND s.{moment} >= %s AND s.{moment} < %s",
        [dealer.pk, _text(begin), _text(end)],
    )  # fmt: skip
    address = ADDRESS[spoke["channel"]]
    state = "'approval'" if on == OPENED else STATES.format(address=address)
    why = "CASE WHEN o.id % 3 = 0 THEN 'holdout' ELSE 'no_channel' END"
    goes = f"CASE WHEN {state} = 'refused' THEN NULL ELSE {{}} END"
    made = _insert(
        Message,
        {
            "key": RANDOM[_vendor()], "dealer_id": "o.dealer_id", "automation_id": "o.automation_id", "version": 1,
            "run_id": "o.run_id", "occurrence_id": "o.id", "reference_at": f"'{_text(at)}'", "run_at": f"'{_text(at)}'",
            "subject_type": "o.subject_type", "subject_id": "o.subject_id", "subject_ref": "s.ref",
            "customer_id": "s.customer_id", "vehicle_id": "s.vehicle_id", "recipient": "'customer'",
            "purpose": "'service'", "channel": goes.format(f"'{spoke['channel']}'"), "address": goes.format(address),
            "language": "c.language", "subject_line": goes.format("'Votre visite'"), "opening": "''", "closing": "''",
            "body": goes.format("'Bonjour, voici ce que nous voulions vous dire de votre visite chez nous.'"),
            "facts": "'{}'", "spans": "'[]'", "state": state,
            "reason": f"CASE WHEN {state} = 'refused' THEN {why} END",
            "send_at": goes.format(f"'{_text(at)}'"), "accepted_at": f"'{_text(at)}'", "moved_at": f"'{_text(at)}'",
            "owner": "''", "attempts": 1,
        },
        f"plan_occurrence o JOIN {spoke['table']} s ON s.id = o.subject_id JOIN facts_customer c "
        "ON c.id = s.customer_id WHERE o.run_id = %s",
        [run.pk],
    )  # fmt: skip
    Run.objects.of(dealer).filter(pk=run.pk).update(drafts=made)


def _touches(dealer: Any) -> None:
    """What was said as a fact, what came back, how each message moved, what a person has to do."""
    from relance.facts.models import Touch
    from relance.outbox.models import Move, Task

    said = {
        "dealer_id": "m.dealer_id", "customer_id": "m.customer_id", "vehicle_id": "m.vehicle_id", "ref": "m.key",
        "happened_at": "m.moved_at", "channel": "m.channel", "address": "m.address", "code": "a.code",
    }  # fmt: skip
    where = "outbox_message m JOIN plan_automation a ON a.id = m.automation_id WHERE " + GONE
    for kind, share, more in (
        ("sent", "1 = 1", {}),
        ("opened", "m.id % 3 = 0", {}),
        ("clicked", "m.id % 12 = 0", {}),
        ("received", "m.id % 23 = 0", {"text": "'Merci beaucoup'", "text_folded": "'merci beaucoup'"}),
        ("survey", "m.id % 11 = 0", {"score": "6 + m.id % 5", "department": "'service'"}),
    ):
        _insert(Touch, {**said, "kind": f"'{kind}'", **more}, f"{where} AND {share}", [])
    moved = {"dealer_id": "m.dealer_id", "message_id": "m.id", "state": "'sent'", "at": "m.moved_at", "cause": "''"}
    _insert(Move, moved, "outbox_message m WHERE " + GONE, [])
    is_open = f"m.moved_at >= '{_text(AT - timedelta(days=10))}'"
    task = {
        "key": RANDOM[_vendor()], "dealer_id": "m.dealer_id",
        "kind": "CASE WHEN m.id % 4 = 0 THEN 'call' ELSE 'question' END",
        "ref": "m.key", "state": f"CASE WHEN {is_open} THEN 'open' ELSE 'done' END", "customer_id": "m.customer_id",
        "message_id": "m.id", "said": "'Rappelez-moi'", "due_at": "m.moved_at", "created_at": "m.moved_at",
        "outcome": "''", "note": "''", "closed_at": f"CASE WHEN {is_open} THEN NULL ELSE m.moved_at END",
        "closed_by": "''",
    }  # fmt: skip
    _insert(Task, task, f"outbox_message m WHERE {GONE} AND m.id % 47 = 0", [])


def _insert(model: Any, columns: dict[str, Any], source: str, values: list[Any]) -> int:
    """INSERT … SELECT with these expressions; how many rows it made."""
    from django.db import connection

    names, expressions = ", ".join(columns), ", ".join(str(one) for one in columns.values())
    statement = f"INSERT INTO {model._meta.db_table} ({names}) SELECT {expressions.replace('%', '%%')} FROM {source}"
    if not values:
        statement = statement.replace("%%", "%")
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return int(cursor.rowcount)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _vendor() -> str:
    from django.db import connection

    return connection.vendor


if __name__ == "__main__":
    sys.exit(main())
