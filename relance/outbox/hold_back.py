"""Turns a person's "not this one" into a hold-back, and every message of it that still waits into a canceled one.

Undoing brings back the messages that this very hold-back canceled, unless their time has passed meanwhile.
"""

from datetime import date, datetime

from django.db import transaction

from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.lib.moments import DAY, day_start
from relance.outbox.decide import bring_back, cancel
from relance.outbox.models import HoldBack, Message
from relance.plan.models import Automation


@transaction.atomic
def hold_back(
    dealer: Dealer, automation: Automation, customer: Customer, *, reference_on: date | None, by: str, at: datetime
) -> HoldBack:
    """Hold a person back from the run of one day, or for ever (None). Asked twice it is the same hold-back."""
    standing = HoldBack.objects.of(dealer).filter(
        automation=automation, customer=customer, reference_on=reference_on, undone_at=None
    )
    held = standing.first() or HoldBack.objects.create(
        dealer=dealer, automation=automation, customer=customer, reference_on=reference_on, at=at, by=by
    )
    cancel(dealer, _waiting(held), at=at, cause=_cause(held), by=by)
    return held


@transaction.atomic
def undo(dealer: Dealer, held: HoldBack, *, by: str, at: datetime) -> list[Message]:
    """Take a hold-back away; returns the messages that came back."""
    HoldBack.objects.of(dealer).filter(pk=held.pk, undone_at=None).update(undone_at=at)
    theirs = Message.objects.of(dealer).filter(automation_id=held.automation_id, customer_id=held.customer_id)
    return bring_back(dealer, theirs.filter(state="canceled"), at=at, cause=_cause(held), by=by)


def _waiting(held: HoldBack) -> list[Message]:
    rows = Message.objects.of(held.dealer).filter(
        automation_id=held.automation_id, customer_id=held.customer_id, state__in=("ready", "approval")
    )
    if held.reference_on is not None:
        zone = held.dealer.zone
        rows = rows.filter(
            reference_at__gte=day_start(held.reference_on, zone),
            reference_at__lt=day_start(held.reference_on + DAY, zone),
        )
    return list(rows)


def _cause(held: HoldBack) -> str:
    return f"held back {held.pk}"
