"""Turns what somebody did into a row of the audit log that cannot be changed unseen, and checks the log of a dealer.

Each row's digest covers the row and the digest before it; the end of the log is sealed with the server's secret. So an
edited, added, removed or cut-off row is found, and where.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from relance.dealers.models import AuditEntry, AuditMark, Dealer

ACTS: Mapping[str, Promise] = {
    "sign_in": _("Signed in"),
    "sign_in_refused": _("Sign-in refused"),
    "sign_out": _("Signed out"),
    "sessions_ended": _("Ended sessions elsewhere"),
    "password": _("Changed the password"),
    "second_step": _("Changed two-step sign-in"),
    "refused": _("Was denied a page"),
    "user_invited": _("Invited someone"),
    "user_changed": _("Changed someone’s role"),
    "user_left": _("Removed someone’s access"),
    "staff": _("Changed the staff"),
    "settings": _("Changed settings"),
    "sender": _("Changed a sender"),
    "test_message": _("Sent a test message"),
    "import": _("Imported a feed"),
    "export": _("Exported data"),
    "consent": _("Recorded a consent"),
    "customer": _("Changed a customer"),
    "person_erased": _("Erased a person"),
    "person_exported": _("Exported a person’s data"),
    "automation": _("Changed an automation"),
    "automation_switched": _("Switched an automation"),
    "contact_settings": _("Changed contact settings"),
    "campaign": _("Changed a campaign"),
    "held_back": _("Held someone back"),
    "released": _("Released someone held back"),
    "approved": _("Approved"),
    "rejected": _("Rejected"),
    "run_moved": _("Moved a run"),
    "sent_late": _("Sent to those who came late"),
    "canceled": _("Canceled a message"),
    "brought_back": _("Restored a message"),
    "sent_by_hand": _("Sent by hand"),
    "resolved": _("Settled an unsure message"),
    "halted": _("Halted sending"),
    "let_go": _("Resumed sending"),
    "address_used_again": _("Used an address again"),
    "task": _("Worked on a task"),
    "reminder": _("Changed a personal reminder"),
    "printed": _("Printed"),
    "restored": _("Restored a backup"),
}
READ_AT_ONCE = 2_000


@dataclass(frozen=True)
class Who:
    """Who did it, and from where."""

    name: str
    ip: str = ""


OPERATOR = Who("operator")


@dataclass(frozen=True)
class Deed:
    """What was done to what, before and after. Never a secret, never a customer's name."""

    act: str
    what: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fault:
    """Where a log is not as it was written."""

    number: int
    says: str


@transaction.atomic
def note(dealer: Dealer, deed: Deed, *, who: Who, at: datetime) -> AuditEntry:
    """Append to the log; in the transaction of the deed itself, so that there is neither without the other."""
    if deed.act not in ACTS:
        raise KeyError(deed.act)  # an act without words would stand in the log as a riddle
    AuditMark.objects.of(dealer).get_or_create(dealer=dealer)
    mark = AuditMark.objects.of(dealer).select_for_update().get()
    entry = AuditEntry(
        dealer=dealer,
        number=mark.number + 1,
        at=at,
        by=_one_line(who.name)[:254],
        act=deed.act,
        what=_one_line(deed.what)[:300],
        before=_plain(deed.before),
        after=_plain(deed.after),
        ip=who.ip[:45],
    )
    entry.digest = _digest(entry, mark.digest)
    entry.save(force_insert=True)
    mark.number, mark.digest = entry.number, entry.digest
    mark.seal = _seal(mark)
    mark.save()
    return entry


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of two states only what differs."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {n: before[n] for n in names if n in before}, {n: after[n] for n in names if n in after}


def faults(dealer: Dealer) -> Iterator[Fault]:
    """Every place where the log is not as it was written; nothing when it is whole."""
    expected, before = 1, ""
    for entry in AuditEntry.objects.of(dealer).order_by("number").iterator(chunk_size=READ_AT_ONCE):
        if entry.number != expected:
            gap = f"{expected}" if entry.number == expected + 1 else f"{expected} to {entry.number - 1}"
            yield Fault(expected, f"missing: {gap}")
        elif entry.digest != _digest(entry, before):
            yield Fault(entry.number, "not as it was written, or put in between")
        expected, before = entry.number + 1, entry.digest
    yield from _faults_at_the_end(dealer, expected - 1, before)


def _faults_at_the_end(dealer: Dealer, last: int, digest: str) -> Iterator[Fault]:
    mark = AuditMark.objects.of(dealer).first() or AuditMark(dealer=dealer)
    if mark.number and not hmac.compare_digest(mark.seal, _seal(mark)):
        yield Fault(mark.number, "the seal at the end was not made by this server")
    if mark.number > last:
        yield Fault(last + 1, f"cut off: the log went on to {mark.number}")
    elif (mark.number, mark.digest) != (last, digest):
        yield Fault(last, "the end is not the one that was sealed")


def _digest(entry: AuditEntry, before: str) -> str:
    content = [
        before, entry.dealer_id, entry.number, entry.at.astimezone(UTC).isoformat(), entry.by, entry.act, entry.what,
        entry.before, entry.after, entry.ip,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(content, ensure_ascii=True, sort_keys=True).encode()).hexdigest()


def _seal(mark: AuditMark) -> str:
    content = f"audit {mark.dealer_id} {mark.number} {mark.digest}"
    return hmac.new(settings.SECRET_KEY.encode(), content.encode(), hashlib.sha256).hexdigest()


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """As the database gives it back: moments, days and lists as JSON has them."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(values), default=str).replace("\\u0000", ""))
    return plain


def _one_line(text: str) -> str:
    """Without what could begin a line of its own, or what a database does not take."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
