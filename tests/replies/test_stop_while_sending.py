"""Opt-outs land while messages leave: whoever said stop is not handed over any more (R10, R62).

`make proof` runs it with ten thousand messages (OPT_OUT_MESSAGES); by default it is small.
"""

import multiprocessing
import os
import sys
from datetime import datetime, timedelta

import pytest
from django.db import connections

from relance.delivery import deliver as delivery
from relance.delivery import hand_over
from relance.delivery.channel import Accepted
from relance.delivery.hand_over import IN_HAND
from relance.lib.clock import now
from relance.outbox.models import Message, Move
from relance.outbox.recheck import Readers
from relance.replies.receive import receive
from tests.builders import a_customer, a_dealer, a_message, an_automation

MESSAGES = int(os.environ.get("OPT_OUT_MESSAGES", "300"))
AT_FULL_SIZE = 10_000
PROCESSES = 4
AN_INSTANT = timedelta(seconds=5)


class SlowChannel:
    """Takes every parcel and remembers when, a little slower than a file would."""

    knows_after = None

    def __init__(self, sending):
        self.taken: list[tuple[str, datetime]] = []

    def check(self):
        return []

    def open(self):
        """Nothing to open."""

    def send(self, parcels):
        for parcel in parcels:
            self.taken.append((parcel.message.address, now()))
            yield parcel, Accepted()

    def look_up(self, parcels):
        return iter(())

    def close(self):
        """Nothing to close."""


@pytest.fixture
def slow(monkeypatch):
    channel = SlowChannel(None)
    monkeypatch.setattr(delivery, "channel_for", lambda sending: channel)
    return channel


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_nobody_is_handed_over_after_his_stop_is_committed(slow, monkeypatch):
    dealer = a_dealer(quiet_hours={"may_send": ["00:00", "23:59"]}, stop_answer="provider")
    people(dealer, MESSAGES)
    each = MESSAGES // PROCESSES // 4
    firsts = [at * MESSAGES // PROCESSES for at in range(PROCESSES)]
    committed = beside([range(first, first + each) for first in firsts], dealer)
    asked = asked_at(monkeypatch, slow)
    list(delivery.deliver(dealer, at=now()))
    stopped = committed()
    list(delivery.deliver(dealer, at=now()))
    late = {who: at - stopped[who] for who, at in slow.taken if who in stopped and at > stopped[who]}
    assert len(stopped) == PROCESSES * each
    assert [who for who in late if stopped[who] < asked[who]] == []  # said before the last question was asked
    assert [who for who, after in late.items() if after > AN_INSTANT] == []
    if MESSAGES >= AT_FULL_SIZE:  # how many are in hand at that instant says something of many only
        held = Move.objects.of(dealer).filter(cause="said stop meanwhile").count()
        sys.stderr.write(f"R10: {len(stopped)} stops, {held} of them in hand and held, {len(late)} already in flight\n")
        assert len(late) <= MESSAGES // AT_FULL_SIZE
    assert Message.objects.of(dealer).filter(state="refused").count() + len(slow.taken) == MESSAGES
    assert len({who for who, _ in slow.taken}) == len(slow.taken)


class Overheard(SlowChannel):
    """While it has a parcel in hand, the one to whom the next but one goes says stop."""

    def __init__(self, dealer):
        super().__init__(None)
        self.dealer = dealer

    def send(self, parcels):
        for parcel, result in super().send(parcels):
            yield parcel, result
            number = int(parcel.message.address[-4:])
            if number % 3 == 0:
                receive(self.dealer, sender=number_of(number + 2), text="STOP", at=now(), ref=f"overheard-{number}")


@pytest.mark.django_db(transaction=True)
def test_who_says_stop_while_the_messages_before_his_leave_is_not_handed_over(monkeypatch):
    """Twenty are in hand at a time: one question for all of them would be old for the last."""
    monkeypatch.setattr(hand_over, "JUST_NOW", 0.0)
    dealer = a_dealer(quiet_hours={"may_send": ["00:00", "23:59"]}, stop_answer="provider")
    people(dealer, 12)
    channel = Overheard(dealer)
    monkeypatch.setattr(delivery, "channel_for", lambda sending: channel)
    list(delivery.deliver(dealer, at=now()))
    said = {number_of(number + 2) for number in range(0, 12, 3)}
    stopped = Message.objects.of(dealer).filter(state="refused")
    assert [who for who, _ in channel.taken if who in said] == []
    assert {(m.address, m.attempts) for m in stopped} == {(who, 0) for who in said}  # nothing was tried for them
    assert len(channel.taken) == 8


def asked_at(monkeypatch, channel):
    """Address → when it was last asked, right before its hand-over, whether its reader has said stop."""
    asked, ask = {}, Readers.stopped

    def asking(readers, at):
        gone = {who for who, _ in channel.taken[-IN_HAND:]}
        asked.update(dict.fromkeys(readers._addresses - gone, now()))
        return ask(readers, at)

    monkeypatch.setattr(Readers, "stopped", asking)
    return asked


def people(dealer, many):
    """So many customers, each with a message that is due."""
    automation, due = an_automation(dealer), now() - timedelta(minutes=1)
    for number in range(many):
        customer = a_customer(dealer, mobile=number_of(number), mobile_zones="")
        a_message(customer, automation, at=due, address=customer.mobile)


def number_of(number):
    return f"+1{514 + number // 10_000}555{number % 10_000:04}"


def beside(parts, dealer):
    """Processes of their own that say STOP; a call waits for them and tells when each was committed."""
    forked = multiprocessing.get_context("fork")
    told = forked.Queue()
    connections.close_all()
    processes = [forked.Process(target=say_stop, args=(dealer, part, told)) for part in parts]
    for process in processes:
        process.start()

    def committed():
        found = dict(told.get(timeout=120) for part in parts for _ in part)
        for process in processes:
            process.join()
        return found

    return committed


def say_stop(dealer, numbers, told):
    for number in numbers:
        receive(dealer, sender=number_of(number), text="STOP", at=now(), ref=f"process-{number}")
        told.put((number_of(number), now()))
