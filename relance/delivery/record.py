"""Turns what a channel answered into states, attempts, touches and suppressed addresses, in one transaction."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from relance.dealers.models import Dealer
from relance.delivery.channel import Accepted, AnswerLost, Busy, Parcel, Refused, Result
from relance.delivery.models import Attempt
from relance.delivery.safety.pause import watch
from relance.delivery.staff.notices import tell_of_lists
from relance.delivery.touches import record_sent
from relance.facts.models import Suppression
from relance.lib.fold import fold
from relance.lib.rows import Row, insert
from relance.outbox.models import Message
from relance.outbox.states import move

MOST_ATTEMPTS = 8
FIRST_WAIT, LONGEST_WAIT = 60.0, 3600.0  # seconds
WORDS: dict[type, str] = {Accepted: "accepted", Busy: "busy", Refused: "refused", AnswerLost: "lost"}


@dataclass(frozen=True)
class Verdict:
    """What becomes of messages: their state, and what else changes in their rows."""

    to: str
    changes: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Said:
    """What was said of one message: its verdict, the cause in words, and the other side's own name for it."""

    verdict: Verdict
    cause: str
    ref: str | None = None


def record(
    dealer: Dealer,
    results: Iterable[tuple[Parcel, Result]],
    *,
    codes: Mapping[int, str],
    at: datetime,
    doubted_at: datetime | None = None,
) -> list[Message]:
    """Write down what became of parcels; the messages that moved. Rows that are no longer ours stay as they are.

    `doubted_at`: when answers were lost, in a round that began at `at`. A provider is believed so long after it.
    """
    answers = [(message, result) for parcel, result in results for message in parcel.messages]
    groups: dict[Verdict, list[tuple[Message, Said]]] = defaultdict(list)
    for message, result in answers:
        said = _said(message, result, at)
        groups[said.verdict].append((message, said))
    moved: list[Message] = []
    with transaction.atomic(savepoint=False):
        for verdict, group in groups.items():
            moved += _move(dealer, verdict, group, (doubted_at or at) if verdict.to == "unsure" else at)
        ours = {message.id for message in moved}
        attempts = [_attempt(dealer, m, result, at) for m, result in answers if m.id in ours]
        insert(Attempt, attempts, match=("id",), change=())
        record_sent(dealer, [m for m in moved if m.state == "sent"], codes=codes, at=at)
        tell_of_lists(dealer, [m for m in moved if m.state in ("sent", "failed")], at=at)
        suppress(dealer, [(m, r.because) for m, r in answers if isinstance(r, Refused) and r.suppress_address], at=at)
    return moved


def _said(message: Message, result: Result, at: datetime) -> Said:
    done = ("lease_until", None)
    match result:
        case Accepted():
            return Said(Verdict("sent", (done,)), result.answer or "accepted", result.provider_ref)
        case Refused():
            why = (("reason", "undeliverable"), ("detail", result.answer), done)
            return Said(Verdict("failed", why), result.answer)
        case AnswerLost():
            return Said(Verdict("unsure", (("detail", result.answer), done)), result.answer)
        case Busy():
            return _try_again(message, result, at)


def _try_again(message: Message, busy: Busy, at: datetime) -> Said:
    """Later, with growing, scattered waits that end where the message's time ends (R6)."""
    given_up = (("detail", busy.answer), ("lease_until", None))
    if message.attempts >= MOST_ATTEMPTS:
        cause = f"tried {MOST_ATTEMPTS} times: {busy.answer}"
        return Said(Verdict("failed", (("reason", "gave_up"), *given_up)), cause)
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (message.attempts - 1))
    wait = max(1.0, busy.retry_after, random.uniform(0, longest))
    again = at + timedelta(seconds=int(wait))
    if message.expires_at is not None and again > message.expires_at:
        last = (message.expires_at - at).total_seconds()
        if last < max(1.0, busy.retry_after):
            cause = f"its time had passed: {busy.answer}"
            return Said(Verdict("failed", (("reason", "expired"), *given_up)), cause)
        again = message.expires_at
    return Said(Verdict("ready", (("send_at", again), ("owner", ""), ("lease_until", None))), busy.answer)


def _move(dealer: Dealer, verdict: Verdict, group: list[tuple[Message, Said]], at: datetime) -> list[Message]:
    messages = [message for message, _ in group]
    causes = {message.id: said.cause for message, said in group}
    refs = {message.id: said.ref for message, said in group}
    changes = {**dict(verdict.changes), "own": {"provider_ref": refs} if any(refs.values()) else {}}
    moved = move(dealer, messages, to=verdict.to, at=at, cause=causes, **changes)
    if len(moved) == len(messages) or verdict.to == "unsure":
        return moved
    # Our lease ended while we waited for the answer, and the message was called unsure. Now we know.
    done = {m.id for m in moved}
    missed = {m.id: m for m in messages if m.id not in done}
    owner = messages[0].owner
    doubted = Message.objects.of(dealer).filter(pk__in=missed, state="unsure", owner=owner)
    for pk in doubted.values_list("pk", flat=True):
        missed[pk].state = "unsure"
    late = [m for m in missed.values() if m.state == "unsure"]
    causes = {pk: f"{cause} (a late answer)" for pk, cause in causes.items()}
    return moved + move(dealer, late, to=verdict.to, at=at, cause=causes, **changes)


def _attempt(dealer: Dealer, message: Message, result: Result, at: datetime) -> Row:
    return {
        "dealer": dealer.pk,
        "message": message.id,
        "number": message.attempts,
        "at": at,
        "result": WORDS[type(result)],
        "answer": result.answer,
    }


def suppress(dealer: Dealer, messages: Iterable[tuple[Message, str]], *, at: datetime) -> None:
    """These messages' addresses are not used again, each for its reason; what is suppressed already stays as it is."""
    of_channel: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for message, reason in messages:
        if message.address and message.recipient == "customer":
            of_channel[message.channel or ""].append((message.address, reason))
    for channel, addresses in of_channel.items():
        suppress_addresses(dealer, channel, addresses, at=at)


def suppress_addresses(dealer: Dealer, channel: str, addresses: Iterable[tuple[str, str]], *, at: datetime) -> None:
    """These addresses of a channel are not used again; too many of them pause the dealer's marketing by e-mail."""
    rows = [
        Suppression(dealer=dealer, channel=channel, address=fold(address)[:254], reason=reason[:40], at=at)
        for address, reason in addresses
        if address
    ]
    Suppression.objects.of(dealer).bulk_create(rows, ignore_conflicts=True)
    if rows and channel == "email":
        watch(dealer, at=at)
