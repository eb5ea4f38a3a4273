"""Turns messages into the same messages in their next state: one table of moves, each written down with its cause."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction

from relance.dealers.models import Dealer
from relance.lib.rows import change, insert, update
from relance.outbox.models import Message, Move

# From each state, the states it may become (docs/outbox.md). What is not here is never done, by nobody.
MOVES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "approval": frozenset({"ready", "canceled"}),
        # failed: its time has passed; approval: restored from a backup, perhaps sent since
        # sent: the other side says that it has it after all, from a hand-over that we had thought lost
        # unsure, here and below: a person takes back what he said of an unsure message (delivery/safety/resolve.py)
        "ready": frozenset({"sending", "refused", "canceled", "failed", "approval", "sent", "unsure"}),
        "sending": frozenset({"sent", "failed", "unsure", "ready"}),  # ready: the other side was busy
        "unsure": frozenset({"sent", "failed", "ready"}),  # by the provider's own word, or a person's
        "sent": frozenset({"delivered", "failed", "unsure"}),
        "delivered": frozenset({"failed"}),  # taken by the mail server and sent back later
        "failed": frozenset({"unsure"}),
        "refused": frozenset(),
        "canceled": frozenset({"ready", "approval"}),  # only by the person who undoes it (outbox/decide.py)
    }
)
STATES = tuple(MOVES)
Own = Mapping[str, Mapping[int, Any]]  # column → a message's key → its value
NOTHING: Own = MappingProxyType({})
CHUNK = 500  # rows per statement: below every database's limit of parameters


class IllegalMove(RuntimeError):
    """Somebody asked for a move that the table does not have: a programming error, never a user's."""


def move(
    dealer: Dealer,
    messages: Iterable[Message],
    *,
    to: str,
    at: datetime,
    cause: str | Mapping[int, str],
    own: Own = NOTHING,
    **changes: Any,
) -> list[Message]:
    """Move messages to a state, with `changes` to their other columns; returns those that moved.

    A row moves only while its state and owner are still what the caller saw (`message.state`, `message.owner`): whoever
    comes second moves nothing, and a worker that lost its lease writes nothing. May be repeated. `cause` may be each
    message's own, by its key; `own` has the columns whose values are: messages that differ in nothing else move
    together, in one statement.
    """
    seen: dict[tuple[str, str], list[Message]] = defaultdict(list)
    for message in messages:
        seen[message.state, message.owner].append(message)
    for state, _ in seen:
        if to not in MOVES.get(state, ()):
            raise IllegalMove(f"no message goes from {state} to {to}")
    changes |= {"state": to, "moved_at": at}
    moved: list[Message] = []
    with transaction.atomic(savepoint=False):
        for group in seen.values():
            for start in range(0, len(group), CHUNK):
                moved += _move_chunk(dealer, group[start : start + CHUNK], changes)
        for name, values in own.items():
            update(Message, [{"id": m.id, name: values[m.id]} for m in moved], (name,))
        why = dict.fromkeys((m.id for m in moved), cause) if isinstance(cause, str) else cause
        said = {"dealer": dealer.pk, "state": to, "at": at}
        insert(Move, [{**said, "message": m.id, "cause": why[m.id][:200]} for m in moved], match=("id",), change=())
    for message in moved:
        vars(message).update(changes)
        for name, values in own.items():
            setattr(message, name, values[message.id])
    return moved


def _move_chunk(dealer: Dealer, messages: list[Message], changes: dict[str, Any]) -> list[Message]:
    """The messages of one state and owner whose rows were still so; the rows stay locked up to the commit."""
    first = messages[0]
    still = {"dealer": dealer.pk, "state": first.state, "owner": first.owner}
    held = change(Message, [m.id for m in messages], changes, while_=still)
    return [m for m in messages if m.id in held]
