"""Turns drafts that stood at the gate into rows: the once-key decides in the database which of them are new."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.conf import settings

from relance.dealers.models import Dealer
from relance.lib.rows import Among, Row, insert
from relance.outbox.gate import Verdict
from relance.outbox.models import Message
from relance.plan.draft import Draft
from relance.plan.models import Occurrence, Run
from relance.plan.wording import needs_of

KEY = ("automation", "subject_id", "recipient", "key", "subject_type")


def accept(dealer: Dealer, run: Run, decided: Sequence[tuple[Draft, Verdict]], *, at: datetime, waits: bool) -> int:
    """Store messages and refusals, return how many; `waits`: what is ready waits for a person. Inside a transaction.

    Safe to repeat: a draft whose once-key is taken is left out, whoever took it. A joined one has its key alone: its
    vehicle stands in another message of the run.
    """
    insert(Occurrence, [_key(dealer, run, draft) for draft, _ in decided], match=KEY, change=())
    subjects = {draft.subject_id for draft, _ in decided}
    taken = Occurrence.objects.of(dealer).filter(Among("subject_id", subjects), run=run)
    ours = {(subject, to): pk for subject, to, pk in taken.values_list("subject_id", "recipient", "pk")}
    stamp = _Stamp(dealer.pk, run.pk, at, waits, needs_of(decided[0][0].run.definition) if decided else frozenset())
    messages = [
        _message(draft, verdict, stamp, occurrence)
        for draft, verdict in decided
        if not verdict.is_joined and (occurrence := ours.get((draft.subject_id, draft.recipient))) is not None
    ]
    insert(Message, messages, match=("occurrence",), change=())
    return len(messages)


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What accepting adds to every draft of a run."""

    dealer_id: int
    run_id: int
    at: datetime
    waits: bool
    needs: frozenset[str]  # the facts that the words are made from: they are kept with them


def _key(dealer: Dealer, run: Run, draft: Draft) -> Row:
    return {
        "dealer": dealer.pk,
        "automation": draft.run.automation.pk,
        "subject_type": draft.run.definition.subject,
        "subject_id": draft.subject_id,
        "recipient": draft.recipient,
        "key": draft.key,
        "reference_on": draft.run.reference_on,
        "run": run.pk,
    }


def _message(draft: Draft, verdict: Verdict, stamp: _Stamp, occurrence: int) -> Row:
    run, values, spoken = draft.run, draft.values, verdict.spoken
    return {
        "dealer": stamp.dealer_id,
        "key": message_key(stamp.dealer_id, draft),
        "automation": run.automation.pk,
        "version": run.automation.version,
        "run": stamp.run_id,
        "occurrence": occurrence,
        "reference_at": run.reference_at,
        "run_at": run.run_at,
        "subject_type": run.definition.subject,
        "subject_id": draft.subject_id,
        "subject_ref": values["subject.ref"],
        "customer": draft.customer_id,
        "vehicle": values["vehicle.id"],
        "recipient": draft.recipient,
        "purpose": run.definition.purpose,
        "channel": verdict.channel,
        "address": verdict.address if draft.staff is None else draft.staff.email,
        "language": spoken.language if spoken else None,
        "subject_line": spoken.subject_line if spoken else None,
        "opening": spoken.opening if spoken else "",
        "body": spoken.body if spoken else None,
        "closing": spoken.closing if spoken else "",
        "facts": {key: _plain(values.get(key)) for key in stamp.needs} if spoken else {},
        "spans": spoken.spans if spoken else [],
        "state": "refused" if verdict.reason else "approval" if stamp.waits else "ready",
        "reason": verdict.reason,
        "detail": verdict.detail,
        "send_at": verdict.send_at,
        "expires_at": expiry(draft, verdict.send_at) if verdict.send_at else None,
        "accepted_at": stamp.at,
        "moved_at": stamp.at,
        "owner": "",
        "attempts": 0,
    }


def message_key(dealer_id: int, draft: Draft) -> uuid.UUID:
    """The message's own key, made of its once-key: planned anew after a restore it is known by its provider (R54).

    It stands for a person by his id in the business system, as a row may come back under another number; and it cannot
    be guessed, as the server's secret is in it.
    """
    run = draft.run
    about = [run.definition.subject, draft.values["subject.ref"], draft.recipient, draft.key]
    once = json.dumps([dealer_id, run.automation.code, *about], default=str).encode()
    secret = blake2b(settings.SECRET_KEY.encode()).digest()
    return uuid.UUID(bytes=blake2b(once, digest_size=16, key=secret, person=b"relance-message").digest(), version=4)


def expiry(draft: Draft, send_at: datetime) -> datetime:
    """When a message has become stale: its grace after its sending time; a reminder when the visit begins."""
    late = send_at + timedelta(hours=draft.run.definition.grace)
    if draft.run.definition.kind != "appointment_reminder":
        return late
    begins: datetime = draft.values["appointment.start_at"]
    return min(late, begins)


def _plain(value: Any) -> Any:
    """A fact as JSON can hold it."""
    return value if value is None or isinstance(value, (str, int, float, bool, list, dict)) else str(value)
