"""Turns what should come in and does not (mailbox, log, a call with a wrong signature) into a row for the doctor."""

from datetime import datetime, timedelta

from django.db.models import F

from relance.dealers.models import Dealer
from relance.delivery.models import Unheard

MAILBOX, LOG, CALL = "mailbox", "log", "call"
SELDOM = timedelta(seconds=1)  # whoever knocks with a wrong signature again and again makes us write no more often


def unheard(dealer: Dealer, channel: str, what: str, *, says: str, at: datetime) -> None:
    """It did not come in, once more."""
    rows = Unheard.objects.of(dealer)
    row = Unheard(dealer=dealer, channel=channel, what=what, since=at, at=at, says=says[:300])
    known = rows.filter(channel=channel, what=what)
    if not known.exists():
        rows.bulk_create([row], ignore_conflicts=True)
    else:
        known.filter(at__lte=at - SELDOM).update(at=at, times=F("times") + 1, says=row.says)


def heard(dealer: Dealer, what: str, *channel: str) -> None:
    """It has come in, by this channel or by every one. Asked before anything is written: it nearly always has."""
    rows = Unheard.objects.of(dealer).filter(what=what)
    rows = rows.filter(channel__in=channel) if channel else rows
    if rows.exists():
        rows.delete()
