"""Turns a way that is closed (wrong password, no such host, a full disk) into a row that people see, until it is open.

Nothing is lost meanwhile: what is due waits. The row only tells them why.
"""

from datetime import datetime, timedelta

from relance.dealers.models import Dealer
from relance.delivery.models import SenderTrouble
from relance.lib.database.texts import legible

SEEN_EVERY = timedelta(minutes=1)  # so often it is written down that it is still so
LONGEST = 500


def closed(dealer: Dealer, channel: str, *, because: str, at: datetime) -> None:
    """Nothing leaves by this channel; said again it is only seen again."""
    because = legible(because)[:LONGEST]
    rows = SenderTrouble.objects.of(dealer).filter(channel=channel)
    known = rows.first()
    if known is None:
        made = SenderTrouble(dealer=dealer, channel=channel, since=at, seen_at=at, because=because)
        SenderTrouble.objects.of(dealer).bulk_create([made], ignore_conflicts=True)
    elif known.because != because or at - known.seen_at >= SEEN_EVERY:
        rows.update(because=because, seen_at=at)


def opened(dealer: Dealer, channel: str) -> None:
    """Something has left by it, or it was set anew."""
    rows = SenderTrouble.objects.of(dealer).filter(channel=channel)
    if rows.exists():  # to look costs every batch little, to write would cost it a lock
        rows.delete()


def troubles_of(dealer: Dealer) -> list[SenderTrouble]:
    """The channels by which nothing leaves."""
    return list(SenderTrouble.objects.of(dealer).order_by("since", "pk"))
