"""Turns news of a provider into receipts, each once, and receipts into states, touches and suppressed addresses.

News may come late, twice, and in any order: the database decides what is new (R12), and a state only ever rises, from
sent over delivered to failed (R13), so that the same news leads to the same end in every order. A message whose answer
was lost is known by its receipt alone (R3).
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from relance.dealers.models import Dealer
from relance.delivery.channel import Accepted, Parcel
from relance.delivery.models import Receipt
from relance.delivery.receipts.kinds import KINDS, RANK, News
from relance.delivery.record import record, suppress, suppress_addresses
from relance.delivery.safety.resolve import Word, settle
from relance.delivery.touches import record_touches
from relance.delivery.unsubscribe import Reader, told_at, unsubscribe
from relance.lib.database.texts import legible
from relance.lib.database.turns import in_turn
from relance.outbox.models import Message
from relance.outbox.states import move
from relance.plan.models import Automation

OPEN = ("sending", "unsure", "ready")  # states in which the provider's word decides that a message is sent
RISING = ("sent", "delivered")
SOFT_BOUNCES, WITHIN = 3, timedelta(days=7)
LONGEST = 2_000  # characters of what a provider said


def take_in(dealer: Dealer, provider: str, news: Sequence[News], *, channel: str, at: datetime) -> int:
    """Keep what is new and act upon it, in one transaction; how much was new. May be repeated, by many at once."""
    if not news:
        return 0
    with in_turn(), transaction.atomic():
        found = _messages(dealer, {one.key for one in news if one.key is not None})
        rows = [_receipt(dealer, provider, one, found, at) for one in news]
        Receipt.objects.of(dealer).bulk_create(rows, ignore_conflicts=True)
        refs = {row.ref for row in rows}
        fresh = list(
            Receipt.objects.of(dealer)
            .filter(provider=provider, ref__in=refs, applied_at=None)
            .select_for_update()
            .order_by("pk")
        )
        _apply(dealer, fresh, {message.pk: message for message in found.values()}, at)
        strangers = [(one.address, one.suppress) for one in news if one.suppress and one.key not in found]
        suppress_addresses(dealer, channel, strangers, at=at)
        Receipt.objects.of(dealer).filter(pk__in=[row.pk for row in fresh]).update(applied_at=at)
    return len(fresh)


def _messages(dealer: Dealer, keys: set[UUID]) -> dict[UUID, Message]:
    """The messages of these keys, locked in one order: their worker may be writing at this very moment."""
    rows = Message.objects.of(dealer).filter(key__in=keys).select_related("customer")
    return {message.key: message for message in rows.select_for_update(of=("self",)).order_by("pk")}


def _receipt(dealer: Dealer, provider: str, one: News, found: dict[UUID, Message], at: datetime) -> Receipt:
    return Receipt(
        dealer=dealer,
        provider=provider,
        ref=legible(one.ref)[:200],
        message=found.get(one.key) if one.key else None,
        kind=one.kind,
        at=min(one.at, at),  # nothing happens later than it is told, whatever a provider's clock shows
        received_at=at,
        provider_ref=legible(one.provider_ref)[:200],
        suppress=legible(one.suppress)[:40],
        said=legible(one.said)[:LONGEST],
    )


def _apply(dealer: Dealer, receipts: Iterable[Receipt], messages: dict[int, Message], at: datetime) -> None:
    of_message: dict[int, list[Receipt]] = defaultdict(list)
    for receipt in receipts:
        if receipt.message_id is not None and receipt.message_id in messages:
            of_message[receipt.message_id].append(receipt)
    codes = _codes(dealer, [messages[pk] for pk in of_message])
    for pk, told in of_message.items():
        message = messages[pk]
        _raise(dealer, message, told, codes, at)
        touches = [(message, kind.touch, one.at) for one in told if (kind := KINDS[one.kind]).touch]
        record_touches(dealer, touches, codes=codes)
        suppress(dealer, [(message, reason) for one in told if (reason := _reason(dealer, message, one, at))], at=at)
        if any(one.kind == "unsubscribed" for one in told):
            _unsubscribe(dealer, message, at)


def _raise(dealer: Dealer, message: Message, told: list[Receipt], codes: dict[int, str], at: datetime) -> None:
    """The message in the highest state that was told, step by step along the table of moves."""
    meant = [one for one in told if KINDS[one.kind].state]
    if not meant or message.state not in (*OPEN, *RISING):
        return
    highest = max(meant, key=lambda one: RANK[KINDS[one.kind].state or ""])
    if message.state in OPEN:
        _is_sent(dealer, message, highest, codes, at)
    state = KINDS[highest.kind].state or ""
    if RANK[state] <= RANK.get(message.state, 0):
        return
    cause = highest.said or KINDS[highest.kind].says
    changes: dict[str, Any] = {"reason": "undeliverable", "detail": cause} if state == "failed" else {}
    move(dealer, [message], to=state, at=at, cause=cause, **changes)


def _is_sent(dealer: Dealer, message: Message, receipt: Receipt, codes: dict[int, str], at: datetime) -> None:
    """By the provider's own word it has the message: whoever has it in hand, or looks for it, need not any more."""
    ref = receipt.provider_ref or message.provider_ref
    said = f"the provider's receipt: {receipt.said or KINDS[receipt.kind].says}"
    together = _together(dealer, message)
    if message.state == "unsure":
        settle(dealer, together, Word("sent", said, {"provider_ref": ref}), by="the provider", at=at)
    else:
        parcel = Parcel(dealer, tuple(together), codes[message.automation_id], at)
        record(dealer, [(parcel, Accepted(ref, said))], codes=codes, at=at)
    message.refresh_from_db(fields=["state", "owner"])


def _together(dealer: Dealer, message: Message) -> list[Message]:
    """The messages that went out in the same parcel: a list for the staff is one mail, named by its first message."""
    if message.channel != "staff":
        return [message]
    rows = Message.objects.of(dealer).filter(
        run=message.run_id, recipient=message.recipient, language=message.language, state=message.state
    )
    return [message, *rows.exclude(pk=message.pk).filter(attempts__gt=0).order_by("pk")]


def _reason(dealer: Dealer, message: Message, receipt: Receipt, at: datetime) -> str:
    """Why the address is not used again; nothing when it may be."""
    if receipt.suppress or receipt.kind != "soft":
        return receipt.suppress
    lately = Receipt.objects.of(dealer).filter(kind="soft", at__gt=at - WITHIN, message__address=message.address)
    return "soft_bounces" if lately.count() >= SOFT_BOUNCES else ""


def _unsubscribe(dealer: Dealer, message: Message, at: datetime) -> None:
    language = message.language or dealer.language
    proof = f"the provider's own link under message {message.key}"
    reader = Reader(dealer, message.customer, told_at(message), language, dealer.preferences.unsubscribe, proof)
    unsubscribe(reader, at=at, words="")


def _codes(dealer: Dealer, messages: list[Message]) -> dict[int, str]:
    rows = Automation.objects.of(dealer).filter(pk__in={m.automation_id for m in messages})
    return dict(rows.values_list("pk", "code"))
