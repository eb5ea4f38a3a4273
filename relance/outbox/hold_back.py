"""Turns a person's "not this one" into a hold-back, and every message of it that still waits into a canceled one.

A customer is held back from one run, from one automation for ever, or from all of them until a day or for ever.

Undoing brings back the messages that this very hold-back canceled, unless their time has passed meanwhile.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.lib.errors import BadInput
from relance.lib.moments import DAY, day_of, day_start
from relance.outbox.decide import bring_back, cancel
from relance.outbox.models import HoldBack, Message
from relance.plan.draft import BY_HAND
from relance.plan.models import Automation

MOST_WORDS = 300  # of a reason


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
def hold_from_everything(
    dealer: Dealer, customer: Customer, *, until: date | None, why: str, by: str, at: datetime
) -> HoldBack:
    """Hold a person back from every automation, up to a day and with it, or for ever (None). A new end replaces it.

    What a person sends by hand still goes, and so do answers. BadInput when the day is over or no reason is given.
    """
    why = " ".join(why.split())
    if not why:
        raise BadInput(_("Say why: whoever reads it later should not have to guess."))
    if until is not None and until < day_of(at, dealer.zone):
        raise BadInput(_("The last day has passed: choose today or a later day, or none to hold forever."))
    for earlier in HoldBack.objects.of(dealer).filter(automation=None, customer=customer, undone_at=None):
        undo(dealer, earlier, by=by, at=at)
    held = HoldBack.objects.create(
        dealer=dealer, automation=None, customer=customer, until=until, why=why[:MOST_WORDS], at=at, by=by
    )
    cancel(dealer, _waiting(held), at=at, cause=_cause(held), by=by)
    return held


def standing_of(dealer: Dealer, customer: Customer, *, at: datetime) -> QuerySet[HoldBack]:
    """The hold-backs of a customer that are neither undone nor over, those from everything first."""
    rows = HoldBack.objects.of(dealer).filter(customer=customer, undone_at=None)
    open_ended = Q(until=None) | Q(until__gte=day_of(at, dealer.zone))
    return rows.filter(open_ended).select_related("automation").order_by("automation_id", "pk")


@transaction.atomic
def undo(dealer: Dealer, held: HoldBack, *, by: str, at: datetime) -> list[Message]:
    """Take a hold-back away; returns the messages that came back."""
    HoldBack.objects.of(dealer).filter(pk=held.pk, undone_at=None).update(undone_at=at)
    theirs = _theirs(held)
    return bring_back(dealer, theirs.filter(state="canceled"), at=at, cause=_cause(held), by=by)


def _waiting(held: HoldBack) -> list[Message]:
    rows = _theirs(held).filter(state__in=("ready", "approval"))
    if held.until is not None:  # what is to leave after the last day still leaves
        rows = rows.filter(Q(send_at=None) | Q(send_at__lt=day_start(held.until + DAY, held.dealer.zone)))
    if held.reference_on is not None:
        zone = held.dealer.zone
        rows = rows.filter(
            reference_at__gte=day_start(held.reference_on, zone),
            reference_at__lt=day_start(held.reference_on + DAY, zone),
        )
    return list(rows)


def _theirs(held: HoldBack) -> QuerySet[Message]:
    rows = Message.objects.of(held.dealer).filter(customer_id=held.customer_id)
    if held.automation_id is not None:
        return rows.filter(automation_id=held.automation_id)
    # The gate lets pass what a person sends by hand, what the staff hears, and answers: so does this.
    by_machine = rows.exclude(purpose="answer").exclude(occurrence__key__startswith=BY_HAND)
    return by_machine.filter(recipient="customer")


def _cause(held: HoldBack) -> str:
    return f"held back {held.pk}"
