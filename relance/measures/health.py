"""Turns the state of an installation into findings: what is set up, what is missing, what last ran."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from django.db.models import Count, Q

from relance.dealers.models import Dealer, Membership
from relance.dealers.secret import FILE
from relance.delivery.models import MarketingPause, Sender, Unheard
from relance.intake.freshness import overdue_since
from relance.intake.models import ImportRun
from relance.lib.moments import iso
from relance.measures.finding import Finding
from relance.measures.leaving import health_of_leaving
from relance.measures.trouble import clock_of, errors_of
from relance.outbox.models import Message, Task
from relance.plan.apply import SWITCHED_ON
from relance.plan.models import Automation, PlanMark
from relance.replies.models import Inbound

LEAST_DISK = 500_000_000  # bytes: below that an import or a backup may not end
PLAN_SILENCE = timedelta(minutes=3)
BACKUP_SILENCE = timedelta(hours=26)
UNREAD = timedelta(minutes=2)  # a reply is understood in the moment in which it comes
UNASKED = timedelta(minutes=20)  # by then whoever can tell about an unsure message was asked, or a person has a task
KNOCKED = timedelta(hours=1)  # so long a call with a wrong signature is news
BACKED_UP = "last-good-backup"  # in the home: when a backup was last read again and found good
UNHEARD = {
    "mailbox": "the mailbox for bounces of {channel} cannot be read: {says}",
    "log": "what customers wrote cannot be read at the provider: {says}",
    "call": "calls to the address for {channel} are refused, their signature is wrong: {says}: is the secret right?",
}


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
        for finding in chain(_state(dealer), *(find(dealer, at) for find in FAULTS)):
            yield of_dealer(dealer, finding)


def of_dealer(dealer: Dealer, finding: Finding) -> Finding:
    """A finding as one of this dealer."""
    return Finding(finding.state, f"{dealer.slug}: {finding.says}", dealer.slug)


def _facts(dealer: Dealer, at: datetime) -> Iterator[Finding]:
    last = ImportRun.objects.of(dealer).exclude(finished_at=None).order_by("-started_at").first()
    if last is None:
        yield Finding("note", f"no import yet: relance import {dealer.slug} FEED")
        return
    rejected = sum(file["rejected"] for file in last.files)
    shown = f"last import {iso(last.started_at, dealer.zone)}, {rejected} rows rejected"
    if overdue_since(dealer, at=at) is not None:
        yield Finding("bad", f"{shown}, the next one should have come")
    else:
        yield Finding("ok", shown)
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


def _state(dealer: Dealer) -> Iterator[Finding]:
    """What is worth knowing and no fault: counted for whoever asks, not at every look."""
    states = dict(Message.objects.of(dealer).values_list("state").annotate(n=Count("pk")).order_by())
    yield Finding("ok", ", ".join(f"{n} {state}" for state, n in sorted(states.items())) or "no messages yet")
    senders = dict(Sender.objects.of(dealer).values_list("channel", "kind"))
    yield Finding("note", f"e-mail goes by {senders.get('email', 'the default sender')}")
    if not Membership.objects.of(dealer).exists():
        yield Finding("note", "nobody can sign in yet: relance init --email …")


def _messages(dealer: Dealer, at: datetime) -> Iterator[Finding]:
    """What is unsure and waits for a person, or was forgotten; marketing that stands still."""
    asked = Task.objects.of(dealer).filter(kind="unsure", state="open").values("message")
    unsure = Message.objects.of(dealer).filter(state="unsure")
    for_a_person = unsure.filter(Q(moved_at__lt=at - UNASKED) | Q(pk__in=asked)).count()
    if for_a_person:
        yield Finding("bad", f"{for_a_person} messages are unsure: a person must look at them in the outbox")
    for pause in MarketingPause.objects.of(dealer).filter(lifted_at=None):
        yield Finding(
            "bad",
            f"marketing by {pause.channel} stands still: {pause.because}; when it is mended: "
            f"relance sender resume {dealer.slug} {pause.channel}",
        )


def _comes_in(dealer: Dealer, at: datetime) -> Iterator[Finding]:
    """What came in and was not understood, and what does not come in: once is a hiccup, twice is a fault."""
    unread = Inbound.objects.of(dealer).filter(understood_at=None, received_at__lt=at - UNREAD).count()
    if unread:
        yield Finding("bad", f"{unread} replies were stored and not understood: see the server's log")
    for row in Unheard.objects.of(dealer).filter(times__gt=1).order_by("pk"):
        if row.what != "call" or at - row.at < KNOCKED:
            yield Finding("bad", UNHEARD[row.what].format(channel=row.channel, says=row.says))


# What is looked at again and again (jobs/watch): each asks by indexes alone, and says little when all is well.
FAULTS: tuple[Callable[[Dealer, datetime], Iterator[Finding]], ...] = (
    _facts,
    _automations,
    _messages,
    health_of_leaving,
    _comes_in,
    errors_of,
    clock_of,
)
