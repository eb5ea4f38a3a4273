"""A STOP that only the provider had is lifted by the word that lifts it at the provider, and by nothing else."""

from datetime import timedelta

import pytest

from relance.facts.models import ConsentEntry, Suppression
from relance.outbox.recheck import Refusal
from tests.builders import A_DAY, a_customer, a_dealer, a_row
from tests.replies.test_acting import LATER, NUMBER, answers, say, would_send

pytestmark = pytest.mark.django_db


@pytest.fixture
def dealer():
    return a_dealer()


def stopped_at_twilio(dealer, at=A_DAY, reason="opted_out"):
    """What a hand-over leaves behind that Twilio refused with 21610."""
    return a_row(Suppression, dealer, channel="sms", address=NUMBER, reason=reason, at=at)


@pytest.mark.parametrize("word", ["START", "Yes", "unstop"])
def test_a_start_frees_a_number_whose_stop_only_the_carrier_had(dealer, word):
    ann = a_customer(dealer, mobile=NUMBER)
    stopped_at_twilio(dealer)
    assert would_send(dealer, ann) == Refusal("no_channel", "sms: suppressed")
    say(dealer, word)
    assert would_send(dealer, ann) is None
    assert [a.body for a in answers(dealer)] != []
    assert {e.status for e in ConsentEntry.objects.of(dealer)} == {"granted"}


def test_a_start_that_was_said_before_the_carriers_word_frees_nothing(dealer):
    ann = a_customer(dealer, mobile=NUMBER)
    stopped_at_twilio(dealer, at=LATER)
    say(dealer, "START", at=A_DAY)
    assert would_send(dealer, ann) == Refusal("no_channel", "sms: suppressed")


def test_a_start_does_not_make_a_landline_a_mobile(dealer):
    ann = a_customer(dealer, mobile=NUMBER)
    stopped_at_twilio(dealer, reason="landline")
    say(dealer, "STOP")
    say(dealer, "START", at=LATER + timedelta(minutes=1))
    assert would_send(dealer, ann, at=LATER + timedelta(hours=1)) == Refusal("no_channel", "sms: suppressed")
