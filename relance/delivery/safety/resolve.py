"""Turns somebody's word about unsure messages into their next state (sent, ready once more, or failed), and back.

Who was told second changes nothing: a message moves only while it is unsure (docs/decisions/0100).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction

from relance.dealers.models import Dealer
from relance.delivery.touches import record_sent, withdraw_sent
from relance.outbox.models import Message, Move, Task
from relance.outbox.states import move
from relance.outbox.tasks import reopen_task
from relance.plan.models import Automation

BY = "{by}"
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


@transaction.atomic
def take_back(dealer: Dealer, message: Message, *, by: str, at: datetime) -> bool:
    """Undo what a person said of an unsure message, as long as nothing has come of it: it is unsure again, and asked.

    False when it has gone on since (it was delivered, or taken up to be sent again), or was the provider's word.
    """
    if not may_be_taken_back(dealer, message):
        return False
    was_sent = message.state == "sent"
    moved = move(dealer, [message], to="unsure", at=at, cause=f"doubted again by {by[:NAME]}", reason=None)
    if moved and was_sent:
        withdraw_sent(dealer, moved)
    task = Task.objects.of(dealer).filter(kind="unsure", message=message).order_by("-created_at", "-pk").first()
    if moved and task is not None:
        reopen_task(dealer, task)
    return bool(moved)


def may_be_taken_back(dealer: Dealer, message: Message) -> bool:
    """Whether the last thing that happened to a message is that a person spoke of its fate."""
    last = Move.objects.of(dealer).filter(message=message).order_by("-id").first()
    if last is None or last.state != message.state:
        return False
    said = [word.cause.partition(BY)[0] for word in WORDS.values() if word.to == message.state]
    return any(last.cause.startswith(words) for words in said)
