"""Turns a reason into a task for a person, once, and a person's word into a closed one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from relance.dealers.models import Dealer, Staff
from relance.facts.models import Customer
from relance.outbox.models import Message, Task
from relance.plan.apply import definition_of
from relance.plan.gather import gather
from relance.plan.models import Automation
from relance.plan.recipients import NEEDS, Roster

IN_CHARGE = ("advisor", "salesperson")  # of a subject; the first who is named has its calls


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


def put_off(dealer: Dealer, task: Task, *, due_at: datetime) -> bool:
    """An open task for another moment; False when it is closed."""
    return Task.objects.of(dealer).filter(pk=task.pk, state="open").update(due_at=due_at) == 1


def give_to(dealer: Dealer, task: Task, staff: Staff | None) -> bool:
    """An open task to somebody, or to nobody; False when it is closed."""
    return Task.objects.of(dealer).filter(pk=task.pk, state="open").update(staff=staff) == 1


def in_charge(dealer: Dealer, messages: Iterable[Message]) -> dict[int, Staff]:
    """Per message (by primary key) the advisor or salesperson of what it is about; nobody's is left out."""
    listed = list(messages)
    roster = Roster(dealer) if listed else None
    found: dict[int, Staff] = {}
    for subject in {message.subject_type for message in listed}:
        group = [message for message in listed if message.subject_type == subject]
        ids = {message.subject_id for message in group}
        facts = gather(dealer, subject, ids, NEEDS[subject], at=group[0].reference_at)
        for message in group:
            values = facts.get(message.subject_id)
            people = [p for word in IN_CHARGE for p in roster.people(word, values)] if roster and values else []
            if people:
                found[message.pk] = people[0]
    return found


def ask_about_recalls(dealer: Dealer, messages: Iterable[Message], *, at: datetime) -> None:
    """A safety recall that do-not-mail forbids to send: a person calls, since it is about somebody's safety (03 §6)."""
    refused = [m for m in messages if m.reason == "do_not_mail" and m.recipient == "customer"]
    if not refused:
        return
    automations = Automation.objects.of(dealer).in_bulk({message.automation_id for message in refused})
    recalls = {pk for pk, automation in automations.items() if definition_of(automation).is_safety_recall}
    refused = [message for message in refused if message.automation_id in recalls]
    persons = in_charge(dealer, refused)
    for message in refused:
        reason = Reason("recall", f"message {message.key}", message.customer, message, persons.get(message.pk))
        open_task(dealer, reason, due_at=at, at=at)
