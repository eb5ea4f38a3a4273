"""Turns a message into the line that `plan`, `deliver` and `messages` print (tests/scenarios/FORMAT.md)."""

from collections.abc import Iterable, Sequence
from typing import Any

from relance.dealers.models import Dealer
from relance.lib.moments import iso
from relance.outbox.models import Message, Move

RELATED = ("automation", "occurrence", "customer", "vehicle")


def lines(dealer: Dealer, messages: Sequence[Message]) -> list[dict[str, Any]]:
    """One line per message. The rows around the messages are read in one query per 500."""
    found = []
    for start in range(0, len(messages), 500):
        part = messages[start : start + 500]
        related = Message.objects.of(dealer).select_related(*RELATED).in_bulk([m.pk for m in part])
        found += [line(dealer, related[m.pk]) for m in part]
    return found


def line(dealer: Dealer, message: Message) -> dict[str, Any]:
    """The line of one message, whose automation, occurrence, customer and vehicle are at hand."""
    return {
        "automation": message.automation.code,
        "occurrence": message.occurrence.key,
        "reference_at": iso(message.reference_at, dealer.zone),
        "subject_type": message.subject_type,
        "subject": message.subject_ref,
        "customer": message.customer.ref if message.customer_id else None,
        "vehicle": message.vehicle.ref if message.vehicle else None,
        "recipient": message.recipient,
        "channel": message.channel,
        "send_at": iso(message.send_at, dealer.zone),
        "status": message.state,
        "reason": message.reason,
        "detail": message.detail,
        "language": message.language,
        "subject_line": message.subject_line,
        "body": message.body,
    }


def history_lines(dealer: Dealer, messages: Iterable[Message]) -> Iterable[dict[str, Any]]:
    """The same with the message's id and its moves, the acceptance first."""
    rows = list(messages)
    moves: dict[int, list[Move]] = {}
    for move in Move.objects.of(dealer).filter(message__in=[m.pk for m in rows]).order_by("id"):
        moves.setdefault(move.message_id, []).append(move)
    for message, printed in zip(rows, lines(dealer, rows), strict=True):
        later = moves.get(message.pk, [])
        first = first_state(message, later)
        steps = [{"state": first, "at": iso(message.accepted_at, dealer.zone), "cause": "accepted"}]
        steps += [{"state": m.state, "at": iso(m.at, dealer.zone), "cause": m.cause} for m in later]
        yield {"id": str(message.key), **printed, "moves": steps}


def first_state(message: Message, later: Sequence[Move]) -> str:
    """The state in which a message was accepted: moves are stored from the second state on."""
    if not later:
        return message.state
    waited = later[0].state == "ready" or later[0].cause.endswith("(was approval)")
    return "approval" if waited else "ready"
