"""A provider's log that cannot be read holds sending for a while, and says so; as soon as it is read that is over."""

from typing import Any

import pytest
import time_machine

from relance.delivery.channel import Sending
from relance.delivery.safety.trouble import troubles_of
from relance.delivery.senders import keep_sender
from relance.jobs import listening
from relance.lib.clock import now
from tests.builders import A_DAY, a_dealer

pytestmark = pytest.mark.django_db


def test_a_log_that_cannot_be_read_is_said_until_it_is_read(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ENVIRONMENT = {**settings.ENVIRONMENT, "RELANCE_PRIVATE_HOSTS": ["127.0.0.1"]}
    dealer = a_dealer()
    kept = {"account": "AC1", "from": "+15145550100", "url": "http://127.0.0.1:9"}
    keep_sender(dealer, "sms", Sending("twilio", kept, {"password": "x"}), at=A_DAY)
    ears = listening.Listening()
    assert not ears.has_heard(dealer, now())
    (one,) = troubles_of(dealer)
    assert one.channel == "sms" and "127.0.0.1:9 cannot be reached" in one.because
    monkeypatch.setattr(listening, "recover", lambda dealer, at: 0)
    with time_machine.travel(now() + listening.REST, tick=False):
        assert ears.has_heard(dealer, now())
    assert troubles_of(dealer) == []
