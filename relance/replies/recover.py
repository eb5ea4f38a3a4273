"""Turns what a provider's log has and we have not into replies, before anything leaves (R11).

Our address may have been down: providers try once, or for some hours. A STOP of that time must be obeyed all the same.
"""

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta

from relance.dealers.models import Dealer
from relance.delivery.channel import Hears
from relance.delivery.models import Sender
from relance.delivery.senders import opened
from relance.delivery.senders.registry import channel_for
from relance.lib.errors import BadInput
from relance.replies.answer import catch_up
from relance.replies.models import Inbound
from relance.replies.receive import Came, receive

log = logging.getLogger(__name__)
OVERLAP = timedelta(hours=1)  # logs are late and clocks differ; what we have already is not taken twice
LONGEST = timedelta(days=30)  # how far back a log is read


class NotHeard(Exception):
    """A provider's log cannot be read; `channel` is whose."""

    def __init__(self, channel: str, why: str) -> None:
        super().__init__(why)
        self.channel = channel


def recover(dealer: Dealer, *, at: datetime) -> int:
    """Take in what came while we did not listen, and what was stored and not understood. How many.

    NotHeard when a provider's log cannot be read; what was read before that is taken in.
    """
    number = catch_up(dealer, at=at)
    for sender in _senders(dealer):
        with closing(channel_for(opened(sender))) as channel:
            if isinstance(channel, Hears):
                try:
                    number += _take_in(dealer, sender, channel, at)
                except Exception as error:
                    raise NotHeard(sender.channel, str(error)) from error
    return number


def _senders(dealer: Dealer) -> Iterator[Sender]:
    return Sender.objects.of(dealer).order_by("pk").iterator()


def _take_in(dealer: Dealer, sender: Sender, channel: Hears, at: datetime) -> int:
    """What the log has since the last message of this provider, oldest first: a START after a STOP wins."""
    known = Inbound.objects.of(dealer).filter(provider=sender.kind)
    last = known.order_by("-said_at").values_list("said_at", flat=True).first()
    since = max((last or sender.updated_at) - OVERLAP, at - LONGEST)
    written = sorted(channel.inbound_since(since), key=lambda one: one.at)
    have = set(known.filter(ref__in=[one.ref for one in written]).values_list("ref", flat=True))
    missed = [one for one in written if one.ref not in have]
    for one in missed:
        try:
            receive(dealer, sender=one.sender, text=one.text, at=one.at, ref=one.ref, came=Came(sender.kind, at))
        except BadInput:
            continue  # a short code or a name: nobody whom we could have written to
    if missed:
        log.warning("%s: %s replies came while nobody listened, and are taken in now", dealer.slug, len(missed))
    return len(missed)
