"""Turns a refused message into one that a person sends all the same, as far as the law lets him.

It is a new occurrence `by-hand:N` of the same subject and reference moment (docs/decisions/0040). What protects the
person's will and the law still stands; what is our own caution (cap, ceiling, control group, hold-back) the person has
overruled by asking.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext

from relance.dealers.models import Dealer
from relance.lib.errors import BadInput
from relance.lib.moments import day_of
from relance.outbox.accept import accept
from relance.outbox.gate import needs_of
from relance.outbox.models import Message
from relance.outbox.runs.answers import PURPOSE as ANSWER
from relance.outbox.runs.make import Making
from relance.plan.apply import definition_of
from relance.plan.draft import BY_HAND, Draft, RunOf
from relance.plan.due import drafts
from relance.plan.models import Occurrence, PlanMark, Run

OVERRULED = ("refused", "canceled", "failed")  # what a person may send again; all else went, or still waits


class Stands(BadInput):
    """What the gate says all the same, and no person can decide otherwise."""

    def __init__(self, reason: str, detail: str | None) -> None:
        against = f"{reason} ({detail})" if detail else reason
        super().__init__(gettext("not sent: {reason}; no person can decide otherwise").format(reason=against))
        self.reason, self.detail = reason, detail


def may_go_by_hand(message: Message) -> bool:
    """Whether a person may ask for it; an answer to what a customer said is none that comes later."""
    return message.state in OVERRULED and message.purpose != ANSWER


@transaction.atomic
def send_by_hand(dealer: Dealer, message: Message, *, by: str, at: datetime) -> Message:
    """Send what was refused. Asked again while it waits it is the same one; BadInput says what is against it."""
    PlanMark.objects.of(dealer).select_for_update().first()
    if not may_go_by_hand(message):
        raise BadInput(gettext("Only a refused, canceled or failed message is sent by hand."))
    earlier = _by_hand_of(dealer, message)
    waiting = earlier.filter(state__in=("ready", "approval")).first()
    if waiting is not None:
        return waiting
    automation = message.automation
    definition = definition_of(automation)
    key = f"{BY_HAND}{earlier.count() + 1}"
    reference_on = day_of(message.reference_at, dealer.zone)
    run = RunOf(automation, definition, message.reference_at, message.run_at, reference_on, key)
    making = Making(dealer, at)
    draft = _draft(making, run, message)
    verdict = making.gate.judge([draft])[0]
    if verdict.reason:
        raise Stands(verdict.reason, verdict.detail)
    row = Run.objects.create(
        dealer=dealer, automation=automation, reference_at=run.reference_at, run_at=run.run_at, state="by_hand",
        cause=f"by hand, by {by}"[:200], drafts=1, planned_at=at,
    )  # fmt: skip
    accept(dealer, row, [(draft, verdict)], at=at, waits=making.is_held)
    return Message.objects.of(dealer).get(run=row)


def _by_hand_of(dealer: Dealer, message: Message) -> QuerySet[Message]:
    keys = Occurrence.objects.of(dealer).filter(
        automation=message.automation_id,
        subject_type=message.subject_type,
        subject_id=message.subject_id,
        recipient=message.recipient,
        key__startswith=BY_HAND,
    )
    return Message.objects.of(dealer).filter(occurrence__in=keys).order_by("pk")


def _draft(making: Making, run: RunOf, message: Message) -> Draft:
    """The same subject and recipient with today's facts."""
    definition = run.definition
    if definition.subject == message.subject_type:
        found = drafts(
            making.dealer, run, [message.subject_id], roster=making.roster, needs=needs_of(definition), spoken=True
        )
        for draft in found:
            if draft.recipient == message.recipient:
                return draft
    told = gettext("{code} does not speak to this person about {subject} any more")
    raise BadInput(told.format(code=definition.code, subject=message.subject_ref))
