"""Turns words into our answer to whoever wrote, or into a task for a person."""

from datetime import datetime, timedelta

from relance.outbox.models import Message, Task
from relance.outbox.runs.answers import CODE, PURPOSE, Answer, answer
from relance.outbox.tasks import Reason, open_task
from relance.replies.heard import Heard
from relance.replies.understand.meaning import Meaning
from relance.replies.words import filled, words_in

SHORTLY = timedelta(minutes=5)  # K13: a later confirmation would no longer be covered by the consent that it ends
WHILE = timedelta(hours=2)
MOST_ANSWERS, IN = 5, timedelta(hours=1)  # two machines that answer each other stop here


def say(heard: Heard, what: str, text: str, *, language: str, lasts: timedelta = WHILE) -> Message | None:
    """Answer once; None when it was answered, is too late, or when nobody could read it."""
    inbound, dealer = heard.inbound, heard.dealer
    if inbound.channel == "email" and heard.customer is None:
        return None
    subject_line = filled(words_in(language).subject_line, dealer) if inbound.channel == "email" else None
    said = Answer(
        key=f"{what}:{inbound.pk}",
        channel=inbound.channel,
        address=inbound.sender,
        language=language,
        body=text,
        lasts=lasts,
        customer=heard.customer,
        subject_line=subject_line,
    )
    return answer(dealer, said, asked_at=heard.at, at=max(inbound.received_at, heard.at))


def has_been_answered_enough(heard: Heard) -> bool:
    """Whether this address got so many answers lately that another would be a loop."""
    since = heard.inbound.received_at - IN
    rows = Message.objects.of(heard.dealer).filter(automation__code=CODE, purpose=PURPOSE, accepted_at__gte=since)
    return rows.filter(address=heard.inbound.sender, recipient="customer").count() >= MOST_ANSWERS


def ask_a_person(heard: Heard, kind: str, why: str, meaning: Meaning, *, due_at: datetime | None = None) -> Task:
    """A task, once for this message and reason: what was said, for whoever looks after the customer."""
    reason = Reason(
        kind=kind,
        ref=f"{why}:{heard.inbound.pk}",
        customer=heard.customer,
        message=heard.answered,
        staff=heard.looks_after,
        said=meaning.text,
    )
    at = max(heard.inbound.received_at, heard.at)
    return open_task(heard.dealer, reason, due_at=due_at or at, at=at)
