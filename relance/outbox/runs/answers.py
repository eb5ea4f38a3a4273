"""Turns what we answer a customer into a message of its own kind: said once, at any hour, whatever consent says.

Confirming an opt-out is the one text that may follow it (K13); whoever asks for help is answered (K18). Such a message
answers something that was just said: it asks no rules and no gate, and after a few minutes it is not said at all.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.lib.moments import day_of
from relance.outbox.models import Message
from relance.plan.models import Automation, Occurrence, Run

CODE = "ANSWERS"
PURPOSE = "answer"
NAMES = {
    "en": "Answers to customers",
    "fr": "Réponses aux clients",
    "es": "Respuestas a los clientes",
    "et": "Vastused klientidele",
}


@dataclass(frozen=True)
class Answer:
    """What is answered to whom. `key` makes it once; `lasts`: how long it is worth saying."""

    key: str  # at most 24 characters, e.g. "stop:4711"
    channel: str
    address: str
    language: str
    body: str
    lasts: timedelta
    customer: Customer | None = None  # None: somebody whom we do not know
    subject_line: str | None = None
    recipient: str = "customer"  # or staff:REF, who is told of it


@transaction.atomic
def answer(dealer: Dealer, said: Answer, *, asked_at: datetime, at: datetime) -> Message | None:
    """Put an answer into the outbox; None when this key has been answered, or when it comes too late."""
    if at > asked_at + said.lasts:
        return None
    automation = _automation(dealer, at)
    subject = said.customer.pk if said.customer else 0
    taken = Occurrence.objects.of(dealer).filter(
        automation=automation, subject_id=subject, recipient=said.recipient, key=said.key, subject_type="customer"
    )
    if taken.exists():
        return None
    run = Run.objects.create(
        dealer=dealer, automation=automation, reference_at=asked_at, run_at=at, state="answer", drafts=1, planned_at=at
    )
    occurrence = Occurrence.objects.create(
        dealer=dealer, automation=automation, subject_type="customer", subject_id=subject, recipient=said.recipient,
        key=said.key, reference_on=day_of(asked_at, dealer.zone), run=run,
    )  # fmt: skip
    return Message.objects.create(
        dealer=dealer, automation=automation, version=automation.version, run=run, occurrence=occurrence,
        reference_at=asked_at, run_at=at, subject_type="customer", subject_id=subject,
        subject_ref=said.customer.ref if said.customer else "", customer=said.customer, recipient=said.recipient,
        purpose=PURPOSE, channel=said.channel, address=said.address, language=said.language,
        subject_line=said.subject_line, body=said.body, state="ready", send_at=at, expires_at=asked_at + said.lasts,
        accepted_at=at, moved_at=at,
    )  # fmt: skip


def _automation(dealer: Dealer, at: datetime) -> Automation:
    """The row under which answers stand in the outbox; the first answer makes it."""
    definition = {
        "code": CODE,
        "name": NAMES.get(dealer.language, NAMES["en"]),
        "programme": "personal",
        "purpose": "service",
        "subject": "customer",
        "audience": [],
        "schedule": {"kind": "manual"},
        "channels": ["sms", "email"],
        "status": "on",
    }
    columns = {name: definition[name] for name in ("name", "programme", "purpose", "subject", "status")}
    values = {**columns, "live_from": at, "definition": definition, "updated_at": at, "dealer": dealer}
    found, _ = Automation.objects.of(dealer).get_or_create(code=CODE, defaults=values)
    return found
