"""Turns what waits to leave into findings: a channel of which nothing leaves, and one whose queue grows (R59)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import Count, Min

from relance.dealers.models import Dealer
from relance.delivery.channel import Sending
from relance.delivery.models import Attempt, MarketingPause, Pace
from relance.delivery.safety.halt import halt_of
from relance.delivery.safety.pace import limits_of
from relance.delivery.safety.trouble import troubles_of
from relance.delivery.senders import sending_of
from relance.delivery.senders.registry import channel_for
from relance.lib.errors import Told
from relance.lib.leases import LENGTH
from relance.lib.moments import day_of, iso
from relance.measures.finding import Finding
from relance.outbox.models import Message

STANDS = timedelta(minutes=3)  # due for so long while nothing leaves: it stands still
GROWS = timedelta(minutes=15)  # due for so long though some leave, and no limit of the sender holds it: it grows
ASKED_FOR = 10.0  # seconds: the longest wait for another server that is asked what is the matter
TOOK = ("accepted", "refused")  # the other side takes or judges: it is well


@dataclass(frozen=True)
class Waiting:
    """What is due on one channel."""

    channel: str
    number: int
    oldest: datetime


def health_of_leaving(dealer: Dealer, at: datetime) -> Iterator[Finding]:
    """A finding for each channel on which something has been due for too long."""
    waits, troubles = list(_waiting(dealer, at)), {one.channel: one for one in troubles_of(dealer)}
    if waits and (halt := halt_of(dealer)) is not None:
        due = sum(one.number for one in waits)
        yield Finding("note", f"sending was halted by {halt.by}: {due} messages wait")
        return
    for one in waits:
        trouble = troubles.pop(one.channel, None)
        yield from _of_channel(dealer, one, trouble.because if trouble else "", at)
    for left in (row for row in troubles.values() if row.since < at - STANDS):
        yield Finding("bad", f"nothing leaves by {left.channel}, since {iso(left.since, dealer.zone)}: {left.because}")


def _waiting(dealer: Dealer, at: datetime) -> Iterator[Waiting]:
    """What has been due for a while, without the marketing that stands still: that is told as such."""
    paused = MarketingPause.objects.of(dealer).filter(lifted_at=None).values_list("channel", flat=True)
    due = Message.objects.of(dealer).filter(state="ready", send_at__lt=at - STANDS, channel__isnull=False)
    due = due.exclude(purpose="marketing", channel__in=list(paused))
    rows = due.values_list("channel").annotate(Count("pk"), Min("send_at")).order_by("channel")
    for channel, number, oldest in rows:
        yield Waiting(str(channel), number, oldest)


def _of_channel(dealer: Dealer, waits: Waiting, trouble: str, at: datetime) -> Iterator[Finding]:
    try:
        sending = sending_of(dealer, waits.channel)
    except Told as error:
        yield Finding("bad", f"{waits.channel} stands still: {waits.number} messages cannot leave: {error}")
        return
    limit = _limit(sending, at)
    if limit == "day":
        yield Finding(
            "note", f"{waits.channel}: {waits.number} messages wait for tomorrow: the day's number is used up"
        )
    elif not _leaves(dealer, waits.channel, at):
        minutes = STANDS.total_seconds() / 60
        why = trouble or _what_stands_in_the_way(sending) or "does a worker run? relance serve or relance work"
        said = f"{waits.number} messages have been due for over {minutes:.0f} minutes and none leaves"
        yield Finding("bad", f"{waits.channel} stands still: {said}: {why}")
    elif not limit and waits.oldest < at - GROWS:
        minutes = GROWS.total_seconds() / 60
        said = f"{waits.number} messages have been due for over {minutes:.0f} minutes, more than leave"
        yield Finding("bad", f"the queue of {waits.channel} grows: {said}")


def _limit(sending: Sending, at: datetime) -> str:
    """What of a sender's own limits holds its messages just now: `day`, `rate`, or nothing."""
    limits = limits_of(sending)
    row = Pace.objects.across_dealers("a number has one pace").filter(sender=limits.name).first() if limits else None
    if limits is None or row is None:
        return ""
    if limits.daily is not None and row.day == day_of(at, limits.zone) and row.used >= limits.daily:
        return "day"
    return "rate" if limits.rate and row.free_at is not None and row.free_at > at - STANDS else ""


def _leaves(dealer: Dealer, channel: str, at: datetime) -> bool:
    """Whether something was taken lately, or is on its way in a round that has not failed anybody.

    A long round writes its attempts under the moment at which it began: then its leases tell that it goes on.
    """
    since = at - STANDS
    tried = Attempt.objects.of(dealer).filter(message__channel=channel, message__moved_at__gte=since, at__gte=since)
    results = set(tried.values_list("result", flat=True).distinct())
    if results:
        return not results.isdisjoint(TOOK)
    ours = Message.objects.of(dealer).filter(state="sending", channel=channel, lease_until__gte=since + LENGTH)
    return ours.exists()


def _what_stands_in_the_way(sending: Sending) -> str:
    """The first thing that the channel itself says is against sending: a wrong password, no such host, a full disk."""
    timeout = min(ASKED_FOR, float(str(sending.settings.get("timeout", ASKED_FOR))))
    try:
        channel = channel_for(replace(sending, settings={**sending.settings, "timeout": timeout}))
        try:
            return next(iter(channel.check()), "")
        finally:
            channel.close()
    except Told as error:
        return str(error)
