"""Turns the beginning of sending into its second step: first every dealer's missed replies are taken in (R11).

Of a dealer who was restored, the providers are asked too what they have of what waits (R54). A provider that does not
answer is waited for by nobody but its own dealer.
"""

import logging
from collections.abc import Iterable
from concurrent.futures import wait
from datetime import datetime, timedelta
from functools import partial

from django.db import connection

from relance.dealers.models import Dealer
from relance.delivery.receipts.unheard import LOG, heard, unheard
from relance.delivery.safety import trouble
from relance.delivery.safety.restored import held_dealers, is_held, reconcile
from relance.delivery.safety.turns import Aside
from relance.replies.recover import NotHeard, recover

log = logging.getLogger("relance.clockwork")
AGAIN = timedelta(minutes=5)
REST = timedelta(seconds=30)  # after a log that could not be read: others are not held up by asking it again
PATIENCE = timedelta(minutes=10)  # so long sending waits for a log that cannot be read; then a person is told


class Listening:
    """What this process knows about having listened, per dealer. It listens `aside`, or in the thread of its caller."""

    def __init__(self, aside: Aside | None = None) -> None:
        self._aside = aside
        self._heard_at: dict[int, datetime] = {}
        self._tried_since: dict[int, datetime] = {}
        self._told: dict[int, str] = {}  # the channel that was said to stand still because of it
        self._failed_at: dict[int, datetime] = {}
        self._answered: dict[int, set[int]] = {}  # messages of restored dealers that providers were asked about
        self._is_silent: dict[int, bool] = {}  # restored dealers: whether a provider has not answered, the last time

    def deaf(self, dealers: Iterable[Dealer], at: datetime) -> set[int]:
        """Those whose messages may not leave yet, by their primary keys.

        The others' logs were read lately, or have not been readable for too long. A dealer who was restored has
        patience without an end: nobody hears twice because a provider is out of reach.
        """
        asked, held = list(dealers), held_dealers()
        self._listen_to([dealer for dealer in asked if dealer.pk in held or not self._was_asked(dealer.pk, at)], at)
        silent = {pk for pk in held if self._is_silent.get(pk, True)}
        return {dealer.pk for dealer in asked if dealer.pk in silent or not self._may_leave(dealer.pk, at)}

    def _listen_to(self, dealers: list[Dealer], at: datetime) -> None:
        """All of them at once, and wait a moment; whoever takes longer is deaf until he has heard."""
        aside = None if connection.in_atomic_block else self._aside
        idle = [dealer for dealer in dealers if aside is None or not aside.is_busy((dealer.pk, LOG))]
        self._is_silent |= {dealer.pk: True for dealer in idle}  # until it has answered for all that waits by now
        if aside is None:
            for dealer in idle:
                self._listen(dealer, at)
        else:
            going = [aside.begin((dealer.pk, LOG), partial(self._listen, dealer, at)) for dealer in idle]
            wait(going, timeout=aside.patience)

    def _listen(self, dealer: Dealer, at: datetime) -> None:
        if not self._was_asked(dealer.pk, at):
            self._read(dealer, at)
        if self._may_leave(dealer.pk, at) and is_held(dealer):
            self._is_silent[dealer.pk] = not self._knows_what_left(dealer, at)

    def _knows_what_left(self, dealer: Dealer, at: datetime) -> bool:
        answered = self._answered.setdefault(dealer.pk, set())
        asked = reconcile(dealer, at=at, but=answered)
        answered |= asked.answered
        for state, number in asked.became.items():
            log.info("%s: %s messages that waited after a restore are %s", dealer.slug, number, state)
        return not asked.silent

    def _was_asked(self, dealer: int, at: datetime) -> bool:
        """Whether the log was read, or could not be read, a short while ago."""
        last, failed = self._heard_at.get(dealer), self._failed_at.get(dealer)
        return (last is not None and at - last < AGAIN) or (failed is not None and at - failed < REST)

    def _read(self, dealer: Dealer, at: datetime) -> None:
        self._tried_since.setdefault(dealer.pk, at)
        try:
            recover(dealer, at=at)
        except Exception as error:
            log.exception("%s: what customers wrote meanwhile cannot be read", dealer.slug)
            self._failed_at[dealer.pk] = at
            channel = error.channel if isinstance(error, NotHeard) else "sms"
            unheard(dealer, channel, LOG, says=str(error) or type(error).__name__, at=at)
            if isinstance(error, NotHeard) and not self._may_leave(dealer.pk, at):
                trouble.closed(dealer, error.channel, because=str(error), at=at)
                self._told[dealer.pk] = error.channel
            return
        self._failed_at.pop(dealer.pk, None)
        self._heard_at[dealer.pk] = at
        heard(dealer, LOG)
        if dealer.pk in self._told:
            trouble.opened(dealer, self._told.pop(dealer.pk))

    def _may_leave(self, dealer: int, at: datetime) -> bool:
        """Whether the log was read, or is waited for no longer."""
        since = self._tried_since.get(dealer)
        return dealer in self._heard_at or (since is not None and at - since >= PATIENCE)


LISTENING = Listening(Aside())
