"""Turns somebody's word about unsure messages into their next state: sent, ready once more, or failed.

Who was told second changes nothing: a message moves only while it is unsure (docs/decisions/0100).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction

from relance.dealers.models import Dealer
from relance.delivery.touches import record_sent
from relance.outbox.models import Message, Task
from relance.outbox.states import move
from relance.plan.models import Automation

NAME = 120  # characters of a name that a cause keeps


@dataclass(frozen=True)
class Word:
    """What somebody may say of an unsure message: its next state, the cause, what else changes."""

    to: str
    cause: str
    changes: Mapping[str, Any]


WORDS: Mapping[str, Word] = MappingProxyType(
    {
        "sent": Word("sent", "called sent by {by}", {}),
        "again": Word("ready", "sent again by {by}", {"owner": "", "detail": None}),
        "failed": Word("failed", "given up by {by}", {"reason": "undeliverable"}),
    }
)


def unsure_of(dealer: Dealer) -> list[Message]:
    """The messages that nobody can tell about, oldest first."""
    rows = Message.objects.of(dealer).filter(state="unsure").select_related("automation", "customer")
    return list(rows.order_by("moved_at", "pk"))


def resolve_unsure(dealer: Dealer, messages: Iterable[Message], *, word: str, by: str, at: datetime) -> list[Message]:
    """A person's word (of WORDS) about unsure messages; those that moved. What is no longer unsure is left alone.

    `again` hands the message over once more, after rules, consent and hours were asked again.
    """
    said = WORDS[word]
    return settle(
        dealer,
        [m for m in messages if m.state == "unsure"],
        Word(said.to, said.cause.format(by=by[:NAME]), said.changes),
        by=by,
        at=at,
    )


@transaction.atomic
def settle(dealer: Dealer, messages: list[Message], word: Word, *, by: str, at: datetime) -> list[Message]:
    """Move unsure messages, write down what was said to whom, and close the tasks that asked for it."""
    moved = move(dealer, messages, to=word.to, at=at, cause=word.cause, **word.changes)
    if word.to == "sent":
        codes = Automation.objects.of(dealer).filter(pk__in={m.automation_id for m in moved}).values_list("pk", "code")
        record_sent(dealer, moved, codes=dict(codes), at=at)
    tasks = Task.objects.of(dealer).filter(kind="unsure", state="open", message__in=[m.pk for m in moved])
    tasks.update(state="done", outcome=word.to, closed_at=at, closed_by=by[:200])
    return moved
