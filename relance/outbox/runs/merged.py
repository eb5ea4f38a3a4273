"""Turns two customers into one, everywhere: facts, messages, tasks, once-keys. Nothing is said twice because of it.

A once-key of either counts for both. Of two messages for the same reason that still wait, the gone one's is canceled.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from relance.dealers.models import Dealer
from relance.facts.models import Customer, Merge
from relance.facts.persons.merge import move_facts
from relance.lib.errors import BadInput
from relance.lib.rows import Among
from relance.outbox.models import Message
from relance.outbox.states import move
from relance.plan.models import Occurrence, PlanMark

Key = tuple[int, str, str]  # automation, recipient, key
WAITS = ("approval", "ready")
SAID = ("sending", "sent", "delivered", "unsure")
OF_CUSTOMER = {"subject_type": "customer"}


def merge(dealer: Dealer, keep: Customer, gone: Customer, *, by: str, at: datetime) -> Merge:
    """`gone` becomes `keep`; it cannot be undone. BadInput when they are one already, or of another dealer."""
    with transaction.atomic():
        PlanMark.objects.of(dealer).bulk_create([PlanMark(dealer=dealer)], ignore_conflicts=True)
        PlanMark.objects.of(dealer).select_for_update().get()  # no run is made meanwhile
        held = Customer.objects.of(dealer).select_for_update().in_bulk([keep.pk, gone.pk])
        if keep.pk == gone.pk or len(held) < 2:
            told = gettext("customers {keep} and {gone} cannot become one: they are not two of this dealer")
            raise BadInput(told.format(keep=keep.ref, gone=gone.ref))
        _cancel_doubles(dealer, keep, gone, at)
        _join_once_keys(dealer, keep, gone)
        return move_facts(dealer, held[keep.pk], held[gone.pk], by=by, at=at)


def _cancel_doubles(dealer: Dealer, keep: Customer, gone: Customer, at: datetime) -> None:
    """What one of the two has heard, or is about to hear, the other one does not."""
    mine, theirs = _messages(dealer, keep), _messages(dealer, gone)
    doubles = []
    for key in mine.keys() & theirs.keys():
        both = mine[key] + theirs[key]
        waiting = [message for message in both if message.state in WAITS]
        doubles += waiting if any(message.state in SAID for message in both) else waiting[1:]
    move(dealer, doubles, to="canceled", at=at, cause=f"{gone.ref} and {keep.ref} are one person")


def _messages(dealer: Dealer, customer: Customer) -> dict[Key, list[Message]]:
    """A customer's messages by their reason: whoever was merged before may have several for one."""
    rows = Message.objects.of(dealer).filter(subject_id=customer.pk, **OF_CUSTOMER).select_related("occurrence")
    found: dict[Key, list[Message]] = defaultdict(list)
    for message in rows.order_by("pk"):
        found[_key_of(message.occurrence)].append(message)
    return found


def said_already(dealer: Dealer, messages: Sequence[Message]) -> set[int]:
    """Which of these messages say to one who was two what he has heard, or may have heard, from the other one.

    Asked at hand-over: when the two became one, both messages may have been in hand or in doubt, or a person brings the
    canceled one back.
    """
    about = [message for message in messages if message.subject_type == OF_CUSTOMER["subject_type"]]
    merged = Merge.objects.of(dealer).filter(Among("kept_id", {message.subject_id for message in about}))
    kept = set(merged.values_list("kept_id", flat=True)) if about else set()
    asked = [message for message in about if message.subject_id in kept]
    if not asked:
        return set()
    rows = Message.objects.of(dealer).filter(subject_id__in=kept, **OF_CUSTOMER).select_related("occurrence")
    reasons = {row.pk: (row.subject_id, _key_of(row.occurrence)) for row in rows}
    said = Counter(reasons[row.pk] for row in rows if row.state in SAID)
    doubles = set()
    for message in asked:
        if said[reasons[message.pk]]:
            doubles.add(message.pk)
        said[reasons[message.pk]] += 1  # the first one of those asked together speaks for the others
    return doubles


def _join_once_keys(dealer: Dealer, keep: Customer, gone: Customer) -> None:
    """The gone one's once-keys become the kept one's, but for those that he has: they stay where they are."""
    mine = _once_keys(dealer, keep)
    rows = Occurrence.objects.of(dealer).filter(subject_id=gone.pk, **OF_CUSTOMER)
    free = [row.pk for row in rows if _key_of(row) not in mine]
    rows.filter(pk__in=free).update(subject_id=keep.pk)
    about_him = Message.objects.of(dealer).filter(subject_id=gone.pk, **OF_CUSTOMER)
    about_him.update(subject_id=keep.pk, subject_ref=keep.ref)


def _once_keys(dealer: Dealer, customer: Customer) -> set[Key]:
    rows = Occurrence.objects.of(dealer).filter(subject_id=customer.pk, **OF_CUSTOMER)
    return {_key_of(row) for row in rows}


def _key_of(row: Occurrence) -> Key:
    return row.automation_id, row.recipient, row.key
