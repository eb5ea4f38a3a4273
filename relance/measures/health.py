"""Turns the state of an installation into findings: what is set up, what is missing, what last ran."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from django.db.models import Count

from relance.dealers.models import Dealer, Membership
from relance.dealers.secret import FILE
from relance.delivery.models import MarketingPause, Sender
from relance.delivery.safety.trouble import troubles_of
from relance.intake.models import ImportRun
from relance.lib.moments import iso
from relance.measures.finding import Finding
from relance.measures.trouble import clock_of, errors_of
from relance.outbox.models import Message
from relance.plan.apply import SWITCHED_ON
from relance.plan.models import Automation, PlanMark
from relance.replies.models import Inbound

LEAST_DISK = 500_000_000  # bytes: below that an import or a backup may not end
PLAN_SILENCE = timedelta(minutes=10)
BACKUP_SILENCE = timedelta(hours=26)
QUEUE_PATIENCE = timedelta(minutes=15)  # what has been due for so long does not leave
BACKED_UP = "last-good-backup"  # in the home: when a backup was last read again and found good
IMPORT_SILENCE = timedelta(hours=26)


def health_of_home(home: Path) -> Iterator[Finding]:
    """The folder and its disk."""
    free = shutil.disk_usage(home).free
    enough = free >= LEAST_DISK
    yield Finding(
        "ok" if enough else "bad", f"home {home}: {free / 1e9:.1f} GB free" + ("" if enough else ", too little")
    )


@dataclass(frozen=True)
class LastBackup:
    """What this home knows of its newest backup."""

    at: datetime | None = None  # None: there was no good one yet
    file: Path | None = None
    fault: str = ""  # why it does not restore
    failed: str = ""  # why the last try made none


def remember_backup(home: Path, last: LastBackup) -> None:
    """A backup was written and read again, tried and found bad, or could not be made: for the doctor."""
    at, file = last.at.isoformat() if last.at else "", str(last.file.absolute()) if last.file else ""
    lines = [at, file, last.fault, last.failed]
    (home / BACKED_UP).write_text("\n".join(line.replace("\n", " ") for line in lines), encoding="utf-8")


def last_backup(home: Path) -> LastBackup:
    """What was remembered; nothing when there is none."""
    try:
        lines = (home / BACKED_UP).read_text(encoding="utf-8").split("\n")
        at, file, fault, failed = [line.strip() for line in [*lines, "", "", ""][:4]]
        return LastBackup(datetime.fromisoformat(at) if at else None, Path(file) if file else None, fault, failed)
    except (OSError, ValueError):
        return LastBackup()


def made_home(home: Path) -> datetime | None:
    """Since when there is something to lose here: when the home got its key."""
    try:
        return datetime.fromtimestamp((home / FILE).stat().st_mtime, UTC)
    except OSError:
        return None


def health_of_backups(home: Path, at: datetime) -> Iterator[Finding]:
    """When the database was last backed up into a file that was read again."""
    last, since = last_backup(home), made_home(home)
    if last.failed:
        yield Finding("bad", f"the last backup could not be made: {last.failed}")
    if last.at is None:
        missed = since is not None and at - since > BACKUP_SILENCE
        yield Finding(
            "bad" if missed else "note", "no good backup is known: relance backup FILE, or relance serve does it"
        )
    elif last.fault:
        yield Finding("bad", f"the newest backup does not restore: {last.fault}")
    else:
        late = at - last.at > BACKUP_SILENCE
        shown = f"last good backup {last.at:%Y-%m-%d %H:%M} UTC"
        yield Finding("bad" if late else "ok", shown + (", too long ago" if late else ""))


def health_of_dealers(at: datetime) -> Iterator[Finding]:
    """Every dealer, in the order in which they were made."""
    dealers = list(Dealer.objects.order_by("pk"))
    if not dealers:
        yield Finding("note", "no dealer yet: relance dealer create SLUG --name … --timezone …, or relance demo")
    for dealer in dealers:
        parts = (_facts(dealer, at), _automations(dealer, at), _messages(dealer), _waiting(dealer, at))
        for finding in chain(*parts, errors_of(dealer, at), clock_of(dealer, at)):
            yield Finding(finding.state, f"{dealer.slug}: {finding.says}", dealer.slug)


def _facts(dealer: Dealer, at: datetime) -> Iterator[Finding]:
    last = ImportRun.objects.of(dealer).exclude(finished_at=None).order_by("-started_at").first()
    if last is None:
        yield Finding("note", f"no import yet: relance import {dealer.slug} FEED")
        return
    late = at - last.started_at > IMPORT_SILENCE
    rejected = sum(file["rejected"] for file in last.files)
    yield Finding("bad" if late else "ok", f"last import {iso(last.started_at, dealer.zone)}, {rejected} rows rejected")
    if any(file["stopped"] for file in last.files):
        stopped = ", ".join(file["file"] for file in last.files if file["stopped"])
        yield Finding("bad", f"the last import stopped at {stopped}")


def _automations(dealer: Dealer, at: datetime) -> Iterator[Finding]:
    rows = Automation.objects.of(dealer)
    running = rows.filter(status__in=SWITCHED_ON, paused="").count()
    yield Finding("ok" if running else "note", f"{running} automations switched on")
    for paused in rows.exclude(paused=""):
        yield Finding("bad", f"{paused.code} is paused: {paused.paused}")
    mark = PlanMark.objects.of(dealer).values_list("planned_until", flat=True).first()
    if running and (mark is None or at - mark > PLAN_SILENCE):
        since = "never" if mark is None else iso(mark, dealer.zone)
        yield Finding("bad", f"last planned {since}: start relance serve or relance work")
    elif mark is not None:
        yield Finding("ok", f"last planned {iso(mark, dealer.zone)}")


def _messages(dealer: Dealer) -> Iterator[Finding]:
    states = dict(Message.objects.of(dealer).values_list("state").annotate(n=Count("pk")).order_by())
    yield Finding("ok", ", ".join(f"{n} {state}" for state, n in sorted(states.items())) or "no messages yet")
    if states.get("unsure"):
        yield Finding("bad", f"{states['unsure']} messages are unsure: a person must look at them in the outbox")
    for pause in MarketingPause.objects.of(dealer).filter(lifted_at=None):
        yield Finding(
            "bad",
            f"marketing by {pause.channel} stands still: {pause.because}; when it is mended: "
            f"relance sender resume {dealer.slug} {pause.channel}",
        )
    for one in troubles_of(dealer):
        yield Finding("bad", f"nothing leaves by {one.channel}, since {iso(one.since, dealer.zone)}: {one.because}")
    senders = dict(Sender.objects.of(dealer).values_list("channel", "kind"))
    yield Finding("note", f"e-mail goes by {senders.get('email', 'the default sender')}")
    if not Membership.objects.of(dealer).exists():
        yield Finding("note", "nobody can sign in yet: relance init --email …")


def _waiting(dealer: Dealer, at: datetime) -> Iterator[Finding]:
    """What should have left, and what came in and was not understood."""
    due = Message.objects.of(dealer).filter(state="ready", send_at__lt=at - QUEUE_PATIENCE).count()
    if due:
        yield Finding(
            "bad", f"{due} messages have been due for over 15 minutes: does a worker run, is a sender closed?"
        )
    unread = Inbound.objects.of(dealer).filter(understood_at=None, received_at__lt=at - QUEUE_PATIENCE).count()
    if unread:
        yield Finding("bad", f"{unread} replies were stored and not understood: see the server's log")
