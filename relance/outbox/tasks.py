"""Turns a reason into a task for a person, once, and a person's word into a closed one."""

from dataclasses import dataclass
from datetime import datetime

from relance.dealers.models import Dealer, Staff
from relance.facts.models import Customer
from relance.outbox.models import Message, Task


@dataclass(frozen=True)
class Reason:
    """Why somebody has to do something. `ref` names the reason: opened twice it is one task."""

    kind: str  # of TASK_KINDS
    ref: str
    customer: Customer | None = None
    message: Message | None = None
    staff: Staff | None = None  # whose task it is; None: whoever takes it
    said: str = ""


def open_task(dealer: Dealer, reason: Reason, *, due_at: datetime, at: datetime) -> Task:
    """The task of this reason, new or as it stands; one that was closed stays closed. Safe to repeat."""
    task, _ = Task.objects.of(dealer).get_or_create(
        dealer=dealer,
        kind=reason.kind,
        ref=reason.ref,
        defaults={
            "customer": reason.customer,
            "message": reason.message,
            "staff": reason.staff,
            "said": reason.said,
            "due_at": due_at,
            "created_at": at,
        },
    )
    return task


def close_task(dealer: Dealer, task: Task, *, outcome: str, by: str, at: datetime, note: str = "") -> bool:
    """Close an open task; False when somebody else did before."""
    rows = Task.objects.of(dealer).filter(pk=task.pk, state="open")
    return rows.update(state="done", outcome=outcome, note=note, closed_at=at, closed_by=by) == 1


def reopen_task(dealer: Dealer, task: Task) -> bool:
    """Take a closing back; False when it is open."""
    rows = Task.objects.of(dealer).filter(pk=task.pk).exclude(state="open")
    return rows.update(state="open", outcome="", closed_at=None, closed_by="") == 1
