"""Somebody says stop: next to nothing leaves any more, everything waits, and it goes on when he says so (R16)."""

from datetime import timedelta

import pytest

from relance.delivery import claim, crash_points, hand_over
from relance.delivery import deliver as deliver_module
from relance.delivery.channel import Accepted
from relance.delivery.deliver import deliver
from relance.delivery.safety.halt import halt, halt_of, let_go
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation
from tests.harness.test_crash import harness

pytestmark = pytest.mark.django_db


class Provider:
    """Takes everything."""

    knows_after = None

    def __init__(self) -> None:
        self.taken: list[str] = []

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, parcels):
        for parcel in parcels:
            self.taken.append(parcel.dealer.slug)
            yield parcel, Accepted()


@pytest.fixture(autouse=True)
def provider(monkeypatch):
    made = Provider()
    monkeypatch.setattr(claim, "recheck", lambda dealer, messages, at: {})
    monkeypatch.setattr(deliver_module, "channel_for", lambda sending: made)
    return made


def a_queue(slug: str = "north", number: int = 30):
    dealer = a_dealer(slug)
    customer, automation = a_customer(dealer), an_automation(dealer)
    for _ in range(number):
        a_message(customer, automation)
    return dealer


def test_a_halted_dealer_sends_nothing_and_the_others_go_on(provider):
    north, _ = a_queue("north"), a_queue("south")
    assert halt(north, by="Kim", at=A_DAY)
    list(deliver(None, at=A_DAY))
    assert set(provider.taken) == {"south"}
    assert Message.objects.of(north).filter(state="ready").count() == 30


def test_it_goes_on_where_it_stood(provider):
    dealer = a_queue()
    halt(dealer, by="Kim", at=A_DAY)
    list(deliver(None, at=A_DAY))
    assert let_go(dealer, by="Kim", at=A_DAY) and halt_of(dealer) is None
    list(deliver(None, at=A_DAY))
    assert len(provider.taken) == 30


def test_a_worker_in_the_middle_hands_over_at_most_one_more(provider, monkeypatch):
    dealer = a_queue()
    monkeypatch.setattr(hand_over, "LOOK", 0)

    def reached(point: str) -> None:
        if point == "handed_over" and len(provider.taken) == 5:
            halt(dealer, by="Kim", at=A_DAY)

    monkeypatch.setattr(crash_points, "reached", reached)
    list(deliver(None, at=A_DAY))
    assert len(provider.taken) <= 6
    assert Message.objects.of(dealer).filter(state="ready", attempts=0).count() == 30 - len(provider.taken)


def test_what_has_passed_its_time_when_it_is_let_go_is_not_sent(provider):
    dealer = a_queue(number=1)
    Message.objects.of(dealer).update(expires_at=A_DAY + timedelta(hours=1))
    halt(dealer, by="Kim", at=A_DAY)
    later = A_DAY + timedelta(hours=2)
    let_go(dealer, by="Kim", at=later)
    list(deliver(None, at=later))
    assert provider.taken == []
    assert Message.objects.of(dealer).get().reason == "expired"


def test_what_was_canceled_with_the_halt_comes_back_with_its_end(provider):
    dealer = a_queue(number=3)
    halt(dealer, by="Kim", at=A_DAY, cancels=True)
    assert set(Message.objects.of(dealer).values_list("state", flat=True)) == {"canceled"}
    let_go(dealer, by="Lee", at=A_DAY)
    list(deliver(None, at=A_DAY))
    assert len(provider.taken) == 3


def test_halting_twice_is_one_halt():
    dealer = a_queue(number=1)
    assert halt(dealer, by="Kim", at=A_DAY)
    assert not halt(dealer, by="Lee", at=A_DAY)
    assert let_go(dealer, by="Lee", at=A_DAY)
    assert not let_go(dealer, by="Lee", at=A_DAY)


def test_the_commands_halt_one_or_all(relance):
    north, south = a_queue("north", 1), a_queue("south", 1)
    assert relance("halt", "--all").status == 0
    assert halt_of(north) and halt_of(south)
    assert relance("release", "north").status == 0
    assert not halt_of(north) and halt_of(south)


@pytest.mark.parametrize("words", [(), ("north", "--all")])
def test_the_command_wants_one_dealer_or_all(relance, words):
    a_queue(number=1)
    answer = relance("halt", *words)
    assert (answer.status, answer.err.count("\n")) == (2, 1)


@pytest.mark.process
@pytest.mark.parametrize("workers", [4, 1])
def test_at_a_thousand_a_minute_each_worker_hands_over_one_more_at_most(workers, tmp_path):
    """Real processes, halted in the middle (R16): within five seconds nothing leaves any more."""
    came = harness(tmp_path / "home", "harness.halted", 1_000, workers)
    assert came["workers"] > workers // 2
    assert came["before"] > 0 and came["wait"] > 0
    assert came["most of one worker after"] <= 1
    assert came["last after"] <= 5.0
