"""Turns a person's "stop" into a dealer of whom nothing leaves, until somebody lets him go on (R16).

What waits stays as it is: what has passed its time when it is let go fails as expired, the rest leaves.
"""

from datetime import datetime

from django.db import transaction

from relance.dealers.models import Dealer
from relance.delivery.models import Halt
from relance.lib.rows import select
from relance.outbox.decide import bring_back, cancel
from relance.outbox.models import Message

CAUSE = "halted"


@transaction.atomic
def halt(dealer: Dealer, *, by: str, at: datetime, cancels: bool = False) -> bool:
    """Let nothing of this dealer leave from now on; False when he was halted before. `cancels`: what waits as well."""
    made = Halt(dealer=dealer, at=at, by=by[:200])
    was = halt_of(dealer) is not None
    Halt.objects.of(dealer).bulk_create([made], ignore_conflicts=True)
    if cancels:
        waiting = Message.objects.of(dealer).filter(state__in=("ready", "approval"))
        cancel(dealer, waiting, at=at, by=by, cause=CAUSE)
    return not was


@transaction.atomic
def let_go(dealer: Dealer, *, by: str, at: datetime) -> bool:
    """Let the dealer go on; what was canceled with the halt comes back, unless its time has passed."""
    open_now = Halt.objects.of(dealer).filter(lifted_at=None)
    since = open_now.values_list("at", flat=True).first()
    if since is None or not open_now.update(lifted_at=at, lifted_by=by[:200]):
        return False
    canceled = Message.objects.of(dealer).filter(state="canceled", moved_at__gte=since)
    bring_back(dealer, canceled, at=at, by=by, cause=CAUSE)
    return True


def halt_of(dealer: Dealer) -> Halt | None:
    """The halt in force."""
    return Halt.objects.of(dealer).filter(lifted_at=None).first()


def is_halted(dealer: Dealer) -> bool:
    """The same in one small statement: it is asked many times a second while messages leave."""
    return bool(select(("id",), Halt, "dealer_id = %s AND lifted_at IS NULL LIMIT 1", (dealer.pk,)))


def halted_dealers() -> set[int]:
    """The dealers of whom nothing leaves, by their primary keys."""
    rows = Halt.objects.across_dealers("the worker looks after all").filter(lifted_at=None)
    return set(rows.values_list("dealer_id", flat=True))
