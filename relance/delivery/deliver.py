"""Turns messages that are due into messages that were handed over: claim → ask again → hand over → record.

Each step is committed before the next begins, so that a process may die anywhere: what was not begun is sent by the
next worker, what was in hand is shown as unsure (docs/decisions/0030-the-row-is-the-queue.md).
"""

import logging
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from time import monotonic

from relance.dealers.models import Dealer
from relance.delivery import crash_points
from relance.delivery.channel import Channel, ChannelDown, Sending
from relance.delivery.claim import BATCH, PURPOSES, Lane, claim, lanes_due, settle_expired_leases, weight_due
from relance.delivery.hand_over import IN_HAND, SOON, HandOver, RoundTime, parcels_of
from relance.delivery.safety import trouble
from relance.delivery.safety.pace import Pace, limits_of, soonest
from relance.delivery.safety.rests import IN_A_ROW
from relance.delivery.safety.room import must_have_room
from relance.delivery.safety.turns import Lately, StillGoing
from relance.delivery.senders import sending_of
from relance.delivery.senders.registry import channel_for
from relance.lib.clock import now
from relance.lib.leases import new_owner
from relance.lib.rows import rarely_collecting
from relance.outbox.models import Message
from relance.plan.models import Automation

log = logging.getLogger(__name__)
ANSWER_EACH = ("sms", "email", "staff")  # somebody answers for each message; paper is pressed a run at a time
LONG = 60.0  # seconds: a sender that is closed for longer (its day is full) is not waited for


def deliver(
    dealer: Dealer | None,
    *,
    at: datetime,
    limit: int | None = None,
    patience: float | None = None,
    lately: Lately | None = None,
) -> Iterator[Message]:
    """Take up what is due at `at`, of one dealer or of all; yields every message taken up, in its new state.

    Service before marketing, then a batch of each dealer in turn. A sender that has reached its rate holds up nobody
    else; when nothing but such senders is left, they are waited for, `patience` seconds long (None: to the end).
    The same moment again yields nothing. `lately`: what the caller knows of the senders, and is told.
    """
    # First of all: its clock begins here, and whoever says stop later is heard (R10).
    round_ = Round(at, new_owner(), lately)
    settle_expired_leases(now())
    began = monotonic()
    ends = None if patience is None else began + patience
    left = limit
    with round_.channels:
        due = [lane for lane in lanes_due(dealer, at) if lane[0] not in round_.lately.deaf]
        lanes = [round_.lane(*found) for found in round_.turns.in_turn(due)]
        while lanes and (left is None or left > 0):
            open_now, waits = round_.open_now(lanes)
            if not open_now:
                if not waits or (ends is not None and monotonic() + soonest(waits) > ends):
                    return
                time.sleep(soonest(waits))
            for lane in open_now:
                if round_.is_over(monotonic() - began):
                    return
                taken = round_.batch(lane, BATCH if left is None else min(BATCH, left))
                if taken != []:
                    lanes.remove(lane)
                if taken:
                    lanes.append(lane)  # behind those that wait for a slot of the same sender
                yield from taken or ()
                left = None if left is None else left - len(taken or ())
                if left is not None and left <= 0:
                    return


class Round:
    """One call of deliver: its moment, its worker's name, and the channels and dealers met so far."""

    def __init__(self, at: datetime, owner: str, lately: Lately | None = None) -> None:
        self.at, self.owner, self.lately = at, owner, lately or Lately()
        self.rests, self.turns = self.lately.rests, self.lately.turns
        self.time = RoundTime(at)
        self.channels = ExitStack()  # closes every connection at the end
        self.channels.callback(self._close)
        self._dealers: dict[int, Dealer] = {}
        self._sendings: dict[tuple[int, str], Sending] = {}
        self._open: dict[str, Channel] = {}
        self._closed: set[tuple[int, str]] = set()
        self._paces: dict[str, Pace] = {}
        self._automations: dict[int, Automation] = {}

    def is_over(self, spent: float) -> bool:
        """Whether the next batch belongs to the next round, which sees what has become due meanwhile."""
        return self.lately.lasts is not None and spent > self.lately.lasts

    def open_now(self, lanes: list[Lane]) -> tuple[list[Lane], list[float]]:
        """The lanes whose turn it is, and how long each sender that has reached its rate must be waited for.

        Marketing waits while anything of service can leave, and while service waits for the same sender.
        """
        turn: list[Lane] = []
        waits: dict[str, float] = {}
        for purpose in PURPOSES:
            for lane in (one for one in lanes if one.purpose == purpose):
                pace = self.pace_of(lane)
                name = pace.limits.name if pace else ""
                if name in waits:
                    continue
                wait = pace.wait(now()) if pace else 0.0
                if wait:
                    waits[name] = wait
                else:
                    turn.append(lane)
            if turn:
                break
        turn.sort(key=self.is_in_trouble)  # whoever is well does not wait for an answer that may not come
        return turn, [wait for wait in waits.values() if wait < LONG]

    def is_in_trouble(self, lane: Lane) -> bool:
        """Whether its sender took nothing the last times."""
        return self.rests.is_in_trouble((lane.dealer.pk, lane.channel))

    def pace_of(self, lane: Lane) -> Pace | None:
        """The pace of a lane's sender; None when it has no limits."""
        limits = limits_of(self._sending(lane))
        if limits is None:
            return None
        if limits.name not in self._paces:
            self._paces[limits.name] = Pace(lane.dealer, limits)
        return self._paces[limits.name]

    def _sending(self, lane: Lane) -> Sending:
        key = (lane.dealer.pk, lane.channel)
        if key not in self._sendings:
            self._sendings[key] = sending_of(lane.dealer, lane.channel)
        return self._sendings[key]

    def lane(self, dealer_id: int, channel: str, purpose: str) -> Lane:
        """A lane, with its dealer read once."""
        if dealer_id not in self._dealers:
            self._dealers[dealer_id] = Dealer.objects.get(pk=dealer_id)
        return Lane(self._dealers[dealer_id], channel, purpose)

    def batch(self, lane: Lane, size: int) -> list[Message] | None:
        """One batch of a lane from claim to record; None when nothing is due there any more, or it goes on alone."""
        must_have_room()
        aside, sender = self.lately.aside, (lane.dealer.pk, lane.channel)
        self.turns.had((*sender, lane.purpose))
        if aside is None:
            with rarely_collecting():
                return self._batch(lane, size, self.way_of(lane))
        if aside.is_busy(sender):
            return None
        way, name = self.way_of(lane), self._sending(lane).identity
        del self._open[name]  # nobody else's while the batch goes on
        try:
            taken = aside.run(sender, lambda: self._batch(lane, size, way))
        except StillGoing as going:
            going.future.add_done_callback(lambda _ended: way.close())
            return None
        except BaseException:
            way.close()
            raise
        self._open[name] = way
        return taken

    def _batch(self, lane: Lane, size: int, way: Channel) -> list[Message] | None:
        channel, sender = self.channel(lane, way), (lane.dealer.pk, lane.channel)
        if channel is None:
            return None
        if lane.channel in ANSWER_EACH:
            size = self.turns.size(sender, size)
        size = self.rests.size(sender, size)
        pace = self.pace_of(lane)
        slots = None
        if pace is not None:
            slots = pace.reserve(min(size, pace.limits.at_once or size), weight_due(lane, self.at))
            if slots is None:
                return []  # somebody else was quicker: the lane waits for its sender
            size = len(slots.moments)
        claimed = claim(lane, at=self.at, owner=self.owner, size=size, asked_at=self.time.now())
        if not claimed:
            return None
        crash_points.reached("claimed")
        taken = list(claimed.stopped)
        if claimed.ours:
            codes = self.codes(lane.dealer, claimed.ours)
            parcels = parcels_of(lane.dealer, claimed.ours, codes, self.at, claimed.until)
            hand_over = HandOver(lane.dealer, parcels, codes=codes, time=self.time, slots=slots)
            hand_over.size = min(IN_HAND, self.turns.within(sender, SOON))
            began = monotonic()
            taken += hand_over.run(channel)
            self.turns.took(sender, len(claimed.ours), monotonic() - began)
            if hand_over.is_closed:
                self._closed.add((lane.dealer.pk, lane.channel))
            if hand_over.trouble:
                trouble.closed(lane.dealer, lane.channel, because=hand_over.trouble, at=self.time.now())
            elif hand_over.took:
                trouble.opened(lane.dealer, lane.channel)
            self.rests.tried(sender, self.time.now(), took=hand_over.took, vain=hand_over.vain)
        self.codes(lane.dealer, claimed.stopped)
        return taken

    def way_of(self, lane: Lane) -> Channel:
        """The channel of a lane, perhaps not open yet, shared by lanes that are sent the same way."""
        sending = self._sending(lane)
        if sending.identity not in self._open:
            self._open[sending.identity] = channel_for(sending)
        return self._open[sending.identity]

    def _close(self) -> None:
        """Every channel that is ours."""
        for channel in self._open.values():
            channel.close()

    def channel(self, lane: Lane, way: Channel | None = None) -> Channel | None:
        """The channel of a lane, open; None when nothing goes that way now."""
        key = (lane.dealer.pk, lane.channel)
        if key in self._closed or self.rests.holds(key, self.time.now()):
            return None
        channel = way or self.way_of(lane)
        try:
            channel.open()
        except ChannelDown as fault:
            log.warning("%s, %s: %s", lane.dealer.slug, lane.channel, fault)
            trouble.closed(lane.dealer, lane.channel, because=str(fault), at=self.time.now())
            self._closed.add(key)
            self.rests.tried(key, self.time.now(), took=False, vain=IN_A_ROW)
            return None
        return channel

    def codes(self, dealer: Dealer, messages: list[Message]) -> dict[int, str]:
        """The automations' codes; the messages get their automation, so that nobody asks for it one by one."""
        missing = {m.automation_id for m in messages} - self._automations.keys()
        if missing:
            self._automations |= Automation.objects.of(dealer).in_bulk(list(missing))
        for message in messages:
            message.automation = self._automations[message.automation_id]
        return {pk: automation.code for pk, automation in self._automations.items()}
