"""Turns drafts that stood at the gate into rows: the once-key decides in the database which of them are new."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from relance.dealers.models import Dealer
from relance.outbox.gate import Verdict
from relance.outbox.models import Message
from relance.plan.draft import Draft
from relance.plan.models import Occurrence, Run

BATCH = 400


def accept(
    dealer: Dealer, run: Run, decided: Sequence[tuple[Draft, Verdict]], *, at: datetime, waits: bool
) -> list[Message]:
    """Store messages and refusals; `waits`: what is ready waits for a person. Call inside a transaction.

    Safe to repeat: a draft whose once-key is taken is left out, whoever took it.
    """
    keys = [
        Occurrence(
            dealer_id=dealer.pk,
            automation_id=draft.run.automation.pk,
            subject_type=draft.run.definition.subject,
            subject_id=draft.subject_id,
            recipient=draft.recipient,
            key=draft.run.key,
            reference_on=draft.run.reference_on,
            run_id=run.pk,
        )
        for draft, _ in decided
    ]
    Occurrence.objects.of(dealer).bulk_create(keys, ignore_conflicts=True, batch_size=BATCH)
    taken = Occurrence.objects.of(dealer).filter(run=run).values_list("subject_id", "recipient", "pk")
    ours = {(subject_id, recipient): pk for subject_id, recipient, pk in taken}
    stored = set(Message.objects.of(dealer).filter(run=run).values_list("occurrence_id", flat=True))
    messages = []
    for draft, verdict in decided:
        occurrence = ours.get((draft.subject_id, draft.recipient))
        if occurrence is not None and occurrence not in stored:
            messages.append(_message(dealer, run, draft, verdict, _Stamp(occurrence, at, waits)))
    Message.objects.of(dealer).bulk_create(messages, batch_size=BATCH)
    return messages


class _Stamp:
    """What accepting adds to a draft."""

    __slots__ = ("at", "occurrence", "waits")

    def __init__(self, occurrence: int, at: datetime, waits: bool) -> None:
        self.occurrence, self.at, self.waits = occurrence, at, waits


def _message(dealer: Dealer, run: Run, draft: Draft, verdict: Verdict, stamp: _Stamp) -> Message:
    definition, values, spoken = draft.run.definition, draft.values, verdict.spoken
    state = "refused" if verdict.reason else "approval" if stamp.waits else "ready"
    return Message(
        dealer_id=dealer.pk,
        automation_id=draft.run.automation.pk,
        version=draft.run.automation.version,
        run_id=run.pk,
        occurrence_id=stamp.occurrence,
        reference_at=draft.run.reference_at,
        run_at=draft.run.run_at,
        subject_type=definition.subject,
        subject_id=draft.subject_id,
        subject_ref=values["subject.ref"],
        customer_id=draft.customer_id,
        vehicle_id=values["vehicle.id"],
        recipient=draft.recipient,
        purpose=definition.purpose,
        channel=verdict.channel,
        address=verdict.address if draft.staff is None else draft.staff.email,
        language=spoken.language if spoken else None,
        subject_line=spoken.subject_line if spoken else None,
        body=spoken.body if spoken else None,
        facts={key: _plain(value) for key, value in values.items()} if spoken else {},
        state=state,
        reason=verdict.reason,
        detail=verdict.detail,
        send_at=verdict.send_at,
        expires_at=verdict.send_at and expiry(draft, verdict.send_at),
        accepted_at=stamp.at,
        moved_at=stamp.at,
    )


def expiry(draft: Draft, send_at: datetime) -> datetime:
    """When a message has become stale: its grace after its sending time; a reminder when the visit begins."""
    late = send_at + timedelta(hours=draft.run.definition.grace)
    if draft.run.definition.kind == "appointment_reminder":
        return min(late, draft.values["appointment.start_at"])  # type: ignore[no-any-return]
    return late


def _plain(value: Any) -> Any:
    """A fact as JSON can hold it."""
    return value if value is None or isinstance(value, (str, int, float, bool, list, dict)) else str(value)
