"""Turns a restored database into one that says nothing by itself: what was under way waits for a person.

Between the backup and the restore people were spoken to, and the restored database does not know. So every message that
was ready waits for approval, what was in hand is unsure, and new drafts wait too until somebody lets the dealer go.
"""

from datetime import datetime

from django.db import transaction

from relance.dealers.models import Dealer
from relance.outbox.models import Message
from relance.outbox.states import move
from relance.plan.models import PlanMark

AT_ONCE = 2_000
BECOMES = {"ready": "approval", "sending": "unsure"}


def hold(*, backed_up_at: datetime, at: datetime) -> dict[str, int]:
    """Hold every dealer; how many messages became what."""
    cause = f"restored from a backup of {backed_up_at:%Y-%m-%d %H:%M} UTC"
    became: dict[str, int] = {}
    with transaction.atomic():
        for dealer in Dealer.objects.order_by("pk"):
            PlanMark.objects.of(dealer).bulk_create([PlanMark(dealer=dealer)], ignore_conflicts=True)
            PlanMark.objects.of(dealer).update(held_since=at)
            for state, to in BECOMES.items():
                became[to] = became.get(to, 0) + _move_all(dealer, state, to, at, cause)
    return became


def _move_all(dealer: Dealer, state: str, to: str, at: datetime, cause: str) -> int:
    rows = Message.objects.of(dealer).filter(state=state).only("state", "owner", "dealer_id").order_by("pk")
    moved = 0
    while chunk := list(rows[:AT_ONCE]):
        moved += len(move(dealer, chunk, to=to, at=at, cause=cause, lease_until=None))
    return moved


def held() -> list[str]:
    """The dealers that are held, by their slugs."""
    rows = PlanMark.objects.across_dealers("a restore holds all").filter(held_since__isnull=False)
    return list(rows.order_by("dealer__slug").values_list("dealer__slug", flat=True))


def let_go(slug: str | None = None) -> list[str]:
    """Let one dealer, or all, plan as usual again; what waits for approval goes on waiting for it."""
    slugs = [one for one in held() if slug in (None, one)]
    PlanMark.objects.across_dealers("a restore holds all").filter(dealer__slug__in=slugs).update(held_since=None)
    return slugs
