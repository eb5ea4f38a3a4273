"""A provider's log that cannot be read holds sending for a while, and says so; as soon as it is read that is over."""

import threading
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
import time_machine

from relance.dealers.models import Dealer
from relance.delivery.channel import Sending
from relance.delivery.safety.restored import Asked
from relance.delivery.safety.trouble import troubles_of
from relance.delivery.safety.turns import Aside
from relance.delivery.senders import keep_sender
from relance.jobs import listening
from relance.lib.clock import now
from relance.plan.models import PlanMark
from tests.builders import A_DAY, a_dealer

pytestmark = pytest.mark.django_db


def test_a_log_that_cannot_be_read_is_said_until_it_is_read(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ENVIRONMENT = {**settings.ENVIRONMENT, "RELANCE_PRIVATE_HOSTS": ["127.0.0.1"]}
    dealer = a_dealer()
    kept = {"account": "AC1", "from": "+15145550100", "url": "http://127.0.0.1:9"}
    keep_sender(dealer, "sms", Sending("twilio", kept, {"password": "x"}), at=A_DAY)
    ears = listening.Listening()
    assert ears.deaf([dealer], now()) == {dealer.pk}
    (one,) = troubles_of(dealer)
    assert one.channel == "sms" and "127.0.0.1:9 cannot be reached" in one.because
    monkeypatch.setattr(listening, "recover", lambda dealer, at: 0)
    with time_machine.travel(now() + listening.REST, tick=False):
        assert ears.deaf([dealer], now()) == set()
    assert troubles_of(dealer) == []


@pytest.mark.django_db(transaction=True)
def test_a_log_that_does_not_come_holds_its_own_dealer_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    north, south = a_dealer(), a_dealer("south")
    comes = threading.Event()

    def recover(dealer: Dealer, at: datetime) -> None:
        if dealer.pk == north.pk:
            assert comes.wait(60)

    monkeypatch.setattr(listening, "recover", recover)
    aside = Aside(patience=0.2)
    ears = listening.Listening(aside)
    began = time.monotonic()
    assert ears.deaf([north, south], now()) == {north.pk}
    assert [ears.deaf([north, south], now()) for _ in range(3)] == [{north.pk}] * 3  # waited for once
    assert time.monotonic() - began < 30
    comes.set()
    aside.wait()
    assert ears.deaf([north, south], now()) == set()


@pytest.mark.django_db(transaction=True)
def test_of_a_restored_dealer_nothing_leaves_while_providers_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    dealer = a_dealer()
    PlanMark.objects.create(dealer=dealer, held_since=A_DAY)
    monkeypatch.setattr(listening, "recover", lambda dealer, at: None)
    answers = threading.Event()

    def reconcile(dealer: Dealer, *, at: datetime, but: Iterable[int]) -> Asked:
        assert answers.wait(60)
        return Asked()

    monkeypatch.setattr(listening, "reconcile", reconcile)
    aside = Aside(patience=0.2)
    ears = listening.Listening(aside)
    answers.set()
    assert ears.deaf([dealer], now()) == set()
    answers.clear()  # something new waits, and about that it says nothing yet
    assert ears.deaf([dealer], now()) == {dealer.pk}
    answers.set()
    aside.wait()
    assert ears.deaf([dealer], now()) == set()
