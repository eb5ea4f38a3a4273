"""Turns the beginning of sending into its second step: first every dealer's missed replies are taken in (R11)."""

import logging
from datetime import datetime, timedelta

from relance.dealers.models import Dealer
from relance.lib.clock import now
from relance.replies.recover import recover

log = logging.getLogger("relance.clockwork")
AGAIN = timedelta(minutes=5)
PATIENCE = timedelta(minutes=10)  # so long sending waits for a log that cannot be read; then a person is told


class Listening:
    """What this process knows about having listened, per dealer."""

    def __init__(self) -> None:
        self._heard_at: dict[int, datetime] = {}
        self._tried_since: dict[int, datetime] = {}

    def has_heard(self, dealer: Dealer, at: datetime) -> bool:
        """Whether the dealer's messages may leave: the log was read lately, or has not been readable for too long."""
        heard = self._heard_at.get(dealer.pk)
        if heard is not None and now() - heard < AGAIN:
            return True
        try:
            recover(dealer, at=at)
        except Exception:
            log.exception("%s: what customers wrote meanwhile cannot be read", dealer.slug)
            return heard is not None or now() - self._tried_since.setdefault(dealer.pk, now()) >= PATIENCE
        self._heard_at[dealer.pk] = now()
        return True


LISTENING = Listening()
