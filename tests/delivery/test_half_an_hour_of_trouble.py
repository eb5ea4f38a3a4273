"""A provider that is out of order for half an hour wears no message out, and is used in full when it is back (R6).

A real HTTP server answers 503; the time is under the test's hand.
"""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from relance.delivery import deliver as deliver_module
from relance.delivery.channel import Busy, Sending
from relance.delivery.channels.email.answers import Answer, fault_of
from relance.delivery.deliver import deliver
from relance.delivery.hand_over import HandOver, RoundTime
from relance.delivery.models import Attempt
from relance.delivery.record import MOST_ATTEMPTS
from relance.delivery.safety import pace as pace_module
from relance.delivery.safety.rests import IN_A_ROW, LONGEST, Rests
from relance.delivery.safety.turns import Lately
from relance.delivery.senders import keep_sender
from relance.jobs import schedule
from relance.jobs.schedule import PATIENCE, TASKS
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation
from tests.delivery.sms.twilio_server import ACCOUNT, TOKEN, Twilio, twilio_server
from tests.delivery.test_pace import Clock, over
from tests.delivery.web_server import Said

SENDER = (1, "sms")
MESSAGES, RATE = 100, 5
TROUBLE = timedelta(minutes=30)
STEP = next(task.every for task in TASKS if task.name == "deliver")
pytestmark = pytest.mark.django_db


class OutOfOrder(Twilio):
    """Twilio, that answers 503 until a moment, and notes when it was asked."""

    def __init__(self, clock, until):
        super().__init__()
        self.clock, self.until = clock, until
        self.asked, self.took = [], []

    def take(self, form):
        self.asked.append((self.clock.at, form["To"]))
        if self.clock.at < self.until:
            return Said(503, b"<html>Service Unavailable</html>")
        self.took.append(self.clock.at)
        return super().take(form)


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_PRIVATE_HOSTS", ["127.0.0.1"])
    monkeypatch.setattr(pace_module, "now", made.now)
    monkeypatch.setattr("relance.delivery.safety.pace.time.sleep", made.sleep)
    monkeypatch.setattr(deliver_module, "now", made.now)
    monkeypatch.setattr(deliver_module, "monotonic", made.monotonic)
    return made


def waiting(number, provider, **settings_):
    """A dealer with so many messages due, and this provider as the sender of his text messages."""
    dealer = a_dealer(quiet_hours={"may_send": ["00:00", "23:59"]})
    way = Sending(
        "twilio", {"account": ACCOUNT, "service": "MG1", "url": provider.url, **settings_}, {"password": TOKEN}
    )
    keep_sender(dealer, "sms", way, at=A_DAY)
    automation = an_automation(dealer)
    for at in range(number):
        customer = a_customer(dealer, mobile=f"+1514555{at:04}")
        a_message(customer, automation, address=customer.mobile, send_at=A_DAY)
    return dealer


def test_half_an_hour_of_503_wears_nobody_out_and_ends_within_a_minute(clock):
    began = clock.at
    provider = OutOfOrder(clock, began + TROUBLE)
    with twilio_server(provider):
        dealer, lately = waiting(MESSAGES, provider, rate=str(RATE)), Lately()
        while Message.objects.of(dealer).filter(state="ready").exists() and clock.at < began + 3 * TROUBLE:
            list(deliver(dealer, at=clock.at, patience=PATIENCE, lately=lately))
            clock.at += STEP
    back = provider.until
    tries = [who for at, who in provider.asked if at < back]
    tried = provider.took[0] + STEP  # with one message; the others may have to wait for the next round
    full = [at for at in provider.took if at >= tried][: MESSAGES // 2]  # behind them come those that wait for a retry
    states = Message.objects.of(dealer).values_list("state", "reason", "detail", "attempts")
    assert [row for row in states if row[0] != "sent"] == []
    assert len(tries) <= 3 + 30 * 2 + 6  # not one every five seconds, and not three
    assert provider.took[0] - back <= timedelta(seconds=LONGEST + STEP.total_seconds())  # seen within a minute
    assert len(full) == MESSAGES // 2
    rate = (len(full) - 1) / (full[-1] - full[0]).total_seconds()
    assert rate >= 0.9 * RATE  # and from then on in full …
    assert over(provider.took, RATE) == 0  # … and not above it
    assert max(Attempt.objects.of(dealer).values_list("number", flat=True)) <= MOST_ATTEMPTS


def test_recipients_who_must_wait_hold_up_nobody_else():
    rests = Rests()
    hand_over = HandOver(a_dealer(), [], codes={}, time=RoundTime(A_DAY))
    for _ in range(5):
        hand_over.heard(Busy("450 4.2.0 greylisted", alone=True))
    rests.tried(SENDER, A_DAY, took=hand_over.took, vain=hand_over.vain)
    assert not rests.holds(SENDER, A_DAY)
    assert rests.size(SENDER, 500) == 500


@pytest.mark.parametrize(("answer", "step", "alone"), [("450 later", "RCPT", True), ("451 later", "MAIL", False)])
def test_a_mail_server_that_is_busy_is_told_from_a_mailbox_that_is(answer, step, alone):
    code, _, text = answer.partition(" ")
    assert fault_of(Answer(int(code), text), step).result == Busy(answer, alone=alone)


@given(row=st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=60))
def test_a_rest_is_never_longer_than_a_minute_and_ends_with_the_first_that_is_taken(row):
    rests, vain = Rests(), 0
    for took, more in row:
        rests.tried(SENDER, A_DAY, took=took, vain=more)
        vain = more + (0 if took else vain)
        assert rests.holds(SENDER, A_DAY) == (vain >= IN_A_ROW)
        assert rests.size(SENDER, 500) == (1 if vain >= IN_A_ROW else 500)
        assert not rests.holds(SENDER, A_DAY + timedelta(seconds=LONGEST))


def test_the_clockwork_remembers_who_is_in_trouble(monkeypatch, clock):
    monkeypatch.setattr(schedule, "LISTENING", SimpleNamespace(deaf=lambda dealers, at: set()))
    monkeypatch.setattr(schedule, "LATELY", Lately())
    provider = OutOfOrder(clock, clock.at + TROUBLE)
    with twilio_server(provider):
        waiting(8, provider, **{"from": "+33600000000"})
        schedule.deliver_everyone(clock.at)
        asked = len(provider.asked)
        schedule.deliver_everyone(clock.at)
    assert asked == len(provider.asked) == IN_A_ROW
