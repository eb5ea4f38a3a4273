"""Turns the beginning of sending into its second step: first every dealer's missed replies are taken in (R11).

Of a dealer who was restored, the providers are asked too what they have of what waits (R54).
"""

import logging
from datetime import datetime, timedelta

from relance.dealers.models import Dealer
from relance.delivery.receipts.unheard import LOG, heard, unheard
from relance.delivery.safety import trouble
from relance.delivery.safety.restored import is_held, reconcile
from relance.lib.clock import now
from relance.replies.recover import NotHeard, recover

log = logging.getLogger("relance.clockwork")
AGAIN = timedelta(minutes=5)
REST = timedelta(seconds=30)  # after a log that could not be read: others are not held up by asking it again
PATIENCE = timedelta(minutes=10)  # so long sending waits for a log that cannot be read; then a person is told


class Listening:
    """What this process knows about having listened, per dealer."""

    def __init__(self) -> None:
        self._heard_at: dict[int, datetime] = {}
        self._tried_since: dict[int, datetime] = {}
        self._told: dict[int, str] = {}  # the channel that was said to stand still because of it
        self._failed_at: dict[int, datetime] = {}
        self._answered: dict[int, set[int]] = {}  # messages of restored dealers that providers were asked about

    def has_heard(self, dealer: Dealer, at: datetime) -> bool:
        """Whether the dealer's messages may leave: the log was read lately, or has not been readable for too long.

        A dealer who was restored has patience without an end: nobody hears twice because a provider is out of reach.
        """
        if not self._has_read(dealer, at):
            return False
        return not is_held(dealer) or self._knows_what_left(dealer, at)

    def _knows_what_left(self, dealer: Dealer, at: datetime) -> bool:
        answered = self._answered.setdefault(dealer.pk, set())
        asked = reconcile(dealer, at=at, but=answered)
        answered |= asked.answered
        for state, number in asked.became.items():
            log.info("%s: %s messages that waited after a restore are %s", dealer.slug, number, state)
        return not asked.silent

    def _has_read(self, dealer: Dealer, at: datetime) -> bool:
        last = self._heard_at.get(dealer.pk)
        if last is not None and now() - last < AGAIN:
            return True
        failed = self._failed_at.get(dealer.pk)
        if failed is not None and now() - failed < REST:
            return self._may_leave(dealer)
        try:
            recover(dealer, at=at)
        except Exception as error:
            log.exception("%s: what customers wrote meanwhile cannot be read", dealer.slug)
            self._failed_at[dealer.pk] = now()
            channel = error.channel if isinstance(error, NotHeard) else "sms"
            unheard(dealer, channel, LOG, says=str(error) or type(error).__name__, at=at)
            may_leave = self._may_leave(dealer)
            if isinstance(error, NotHeard) and not may_leave:
                trouble.closed(dealer, error.channel, because=str(error), at=now())
                self._told[dealer.pk] = error.channel
            return may_leave
        self._failed_at.pop(dealer.pk, None)
        self._heard_at[dealer.pk] = now()
        heard(dealer, LOG)
        if dealer.pk in self._told:
            trouble.opened(dealer, self._told.pop(dealer.pk))
        return True

    def _may_leave(self, dealer: Dealer) -> bool:
        """Whether a log that cannot be read is waited for no longer."""
        since = self._tried_since.setdefault(dealer.pk, now())
        return dealer.pk in self._heard_at or now() - since >= PATIENCE


LISTENING = Listening()
