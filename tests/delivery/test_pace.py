"""A sender's rate and its day's number hold, whoever sends by it; whoever waits for it holds up nobody else."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from relance.delivery import claim
from relance.delivery import deliver as deliver_module
from relance.delivery.channel import Accepted, Parcel, Sending
from relance.delivery.deliver import deliver
from relance.delivery.hand_over import HandOver
from relance.delivery.safety import pace as pace_module
from relance.delivery.safety.pace import AHEAD, Pace, limits_of
from relance.delivery.senders.ways import sending_from
from relance.lib.errors import BadInput
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation
from tests.conftest import own_database

SECOND = timedelta(seconds=1)
PACED = int(os.environ.get("PACED", "40"))  # `make proof`: 50000
AT_FULL_SIZE = 50_000
PACED_RATE = 20 if PACED < AT_FULL_SIZE else 100
ROOT = Path(__file__).parents[2]


class Clock:
    """A clock that only sleeping moves, and every look a little."""

    def __init__(self, at: datetime = A_DAY) -> None:
        self.at = at

    def now(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        return self.at.timestamp()


class Provider:
    """Takes everything and notes when."""

    knows_after = None

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.taken: list[tuple[datetime, Any]] = []

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, parcels):
        for parcel in parcels:
            self.taken.append((self.clock.at, parcel))
            yield parcel, Accepted()


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(pace_module, "now", made.now)
    monkeypatch.setattr(deliver_module, "now", made.now)
    monkeypatch.setattr(deliver_module, "monotonic", made.monotonic)
    monkeypatch.setattr("relance.delivery.safety.pace.time.sleep", made.sleep)
    return made


@pytest.fixture
def provider(monkeypatch, clock):
    made = Provider(clock)
    monkeypatch.setattr(claim, "recheck", lambda dealer, messages, at: {})
    monkeypatch.setattr(deliver_module, "channel_for", lambda sending: made)
    return made


@pytest.fixture
def sends(monkeypatch):
    """`sends(rate=2)`: every SMS goes by one number with these limits, e-mail by a sender without any."""

    def choose(**limits: object) -> None:
        def sending_of(dealer, channel):
            return Sending("twilio", {"from": "+33600000000", **limits}) if channel == "sms" else Sending("file")

        monkeypatch.setattr(deliver_module, "sending_of", sending_of)

    return choose


def over(moments: list[datetime], rate: int) -> int:
    """In how many sliding seconds there are more than `rate`."""
    return sum(later - first < SECOND for first, later in zip(moments, moments[rate:], strict=False))


def messages(dealer, number: int, **values: Any) -> None:
    customer, automation = a_customer(dealer), an_automation(dealer, f"A{Message.objects.of(dealer).count()}")
    for _ in range(number):
        a_message(customer, automation, **values)


@pytest.mark.django_db
@pytest.mark.parametrize("rate", [1, 5, 40])
def test_no_second_has_more_than_the_rate_and_nearly_all_of_it_is_used(provider, sends, rate):
    sends(rate=rate)
    messages(a_dealer(), rate * 3)
    list(deliver(None, at=A_DAY))
    moments = [at for at, _ in provider.taken]
    assert len(moments) == rate * 3
    assert over(moments, rate) == 0
    assert (len(moments) - 1) / (moments[-1] - moments[0]).total_seconds() >= 0.95 * rate


@pytest.mark.django_db
def test_the_parts_of_a_text_message_count(provider, sends):
    sends(rate=1)
    messages(a_dealer(), 3, body="a" * 300)  # two parts
    list(deliver(None, at=A_DAY))
    moments = [at for at, _ in provider.taken]
    assert all(b - a >= 2 * SECOND for a, b in pairwise(moments))


@pytest.mark.django_db
def test_dealers_who_share_a_number_share_its_rate_and_take_turns(provider, sends):
    sends(rate=2)
    for slug in ("north", "south"):
        messages(a_dealer(slug), 4)
    list(deliver(None, at=A_DAY))
    assert over([at for at, _ in provider.taken], 2) == 0
    assert [parcel.dealer.slug for _, parcel in provider.taken][:4] == ["north", "south"] * 2


@pytest.mark.django_db
def test_a_sender_at_its_rate_holds_up_no_other(provider, sends, clock):
    sends(rate=1)
    dealer = a_dealer()
    messages(dealer, 5)
    messages(dealer, 200, channel="email", address="ann@example.org", purpose="marketing")
    began = clock.at
    list(deliver(None, at=A_DAY))
    last_mail = max(at for at, parcel in provider.taken if parcel.message.channel == "email")
    assert last_mail - began < 2 * SECOND


@pytest.mark.django_db
def test_marketing_waits_while_service_waits_for_the_same_number(provider, sends):
    sends(rate=1)
    dealer = a_dealer()
    messages(dealer, 2, purpose="marketing", send_at=A_DAY - timedelta(hours=1))
    messages(dealer, 2)
    list(deliver(None, at=A_DAY))
    assert [parcel.message.purpose for _, parcel in provider.taken] == ["service", "service", "marketing", "marketing"]


@pytest.mark.django_db
def test_a_round_does_not_wait_longer_than_it_may(provider, sends, clock):
    sends(rate=1)
    messages(a_dealer(), 60)
    began = clock.at
    list(deliver(None, at=A_DAY, patience=5))
    assert clock.at - began <= 7 * SECOND
    assert 4 <= len(provider.taken) <= 6


@pytest.mark.django_db
def test_a_full_day_ends_at_midnight_where_the_carriers_are(provider, sends, clock):
    sends(daily=3, rate=10)
    clock.at = datetime(2026, 5, 5, 6, tzinfo=UTC)  # an hour to midnight in Los Angeles
    messages(a_dealer(), 5)
    list(deliver(None, at=clock.at))
    assert len(provider.taken) == 3
    clock.at += timedelta(hours=1)
    list(deliver(None, at=clock.at))
    assert len(provider.taken) == 5
    assert Message.objects.across_dealers("a test").filter(state="sent", attempts=1).count() == 5


@pytest.mark.django_db
def test_a_slot_that_was_overslept_is_let_go(monkeypatch, clock):
    limits = limits_of(Sending("smtp", {"host": "mail", "rate": "1"}))
    assert limits is not None
    pace = Pace(a_dealer(), limits)
    slots = pace.reserve(1, 1)
    assert slots is not None
    first = slots.moments[0]
    clock.at = first + timedelta(seconds=0.99)
    message = Message(channel="email", body="Hello")
    assert slots.take(Parcel(pace.dealer, (message,), "A", A_DAY))
    assert clock.at >= first + 1.03 * SECOND


@pytest.mark.django_db
def test_a_slot_that_was_let_go_does_not_use_up_the_day(provider, sends, monkeypatch):
    sends(daily=3, rate=2)
    missed = iter([True, False] * 3)

    def overslept(seconds: float) -> None:
        provider.clock.at += timedelta(seconds=seconds + (0.5 if next(missed, False) else 0))

    monkeypatch.setattr("relance.delivery.safety.pace.time.sleep", overslept)
    messages(a_dealer(), 5)
    list(deliver(None, at=A_DAY, patience=60))
    assert len(provider.taken) == 3


@pytest.mark.django_db
def test_a_slot_that_passes_while_the_reader_is_asked_is_let_go(provider, sends, clock, monkeypatch):
    sends(rate=40)
    messages(a_dealer(), 6)
    stalls, reserved = iter([0.0, 0.3, 0.0, 0.3]), []
    ask, reserve = HandOver._ask_again, Pace.reserve

    def slowly(self):
        clock.sleep(next(stalls, 0.0))
        ask(self)

    def noted(self, *wanted, **given):
        slots = reserve(self, *wanted, **given)
        reserved.extend(slots.moments if slots else [])
        return slots

    monkeypatch.setattr(HandOver, "_ask_again", slowly)
    monkeypatch.setattr(Pace, "reserve", noted)
    list(deliver(None, at=A_DAY, patience=60))
    late = [min(at - slot for slot in reserved if slot <= at) for at, _ in provider.taken]
    assert len(late) == 6 and max(late) <= pace_module.LATE + timedelta(milliseconds=5)


@pytest.mark.parametrize(
    ("settings", "rate"),
    [
        ({"from": "+15145550100"}, 1.0),
        ({"from": "+15145550100", "rate": "3"}, 3.0),
        ({"from": "+33600000000"}, None),
        ({"service": "MG1"}, None),
    ],
)
def test_a_north_american_number_sends_one_a_second_unless_it_may_more(settings, rate):
    limits = limits_of(Sending("twilio", settings))
    assert (limits.rate if limits else None) == rate


@pytest.mark.parametrize("option", ["rate=0", "rate=fast", "daily=-1", "zone=Mars/Olympus"])
def test_a_limit_that_makes_no_sense_is_refused(option):
    with pytest.raises(BadInput, match=option.split("=")[0]):
        sending_from(f"smtp://mail.example:25?{option}", where="--url")


class TestReserved(TestCase):
    """Whoever reserves, whenever, in whatever order: moments never come closer than the rate allows."""

    @settings(max_examples=30, deadline=None)
    @given(
        rate=st.integers(1, 20),
        asked=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3), st.floats(0, 3)), min_size=1, max_size=30),
    )
    def test_moments_never_come_closer_than_the_rate(self, rate, asked):
        clock = Clock()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pace_module, "now", clock.now)
            limits = limits_of(Sending("smtp", {"host": "mail", "rate": str(rate)}))
            assert limits is not None
            dealer, spoken = a_dealer(), []
            for number, weight, later in asked:
                clock.sleep(later)
                slots = Pace(dealer, limits).reserve(number, weight)
                if slots is not None:
                    assert slots.moments[0] - clock.at <= AHEAD
                    spoken += [moment for moment in slots.moments for _ in range(weight)]
            assert over(sorted(set(spoken)), rate) == 0


@pytest.mark.process
def test_four_processes_that_are_begun_anew_keep_the_rate_together(tmp_path):
    url = own_database() if "RELANCE_DATABASE_URL" in os.environ else ""
    words = [str(word) for word in (PACED_RATE, PACED, 4)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.harness.paced", *words],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, timeout=200 + 3 * PACED / PACED_RATE, check=True,
        env={**os.environ, "RELANCE_HOME": str(tmp_path), "RELANCE_DATABASE_URL": url},
    )  # fmt: skip
    came = json.loads(done.stdout)
    sys.stderr.write(f"R7: {PACED_RATE} a second, {came}\n" if PACED >= AT_FULL_SIZE else "")
    assert (came["sent"], came["slots over the rate"], came["faults"]) == (PACED, 0, 0)
    if PACED >= AT_FULL_SIZE:  # a few at the beginning and the end say little of the rate
        assert came["seconds over the rate"] == 0
        assert came["of the rate"] >= 0.95


@pytest.mark.django_db
def test_whoever_comes_from_his_last_slot_does_not_lose_the_next(clock):
    limits = limits_of(Sending("smtp", {"host": "mail", "rate": "50"}))
    assert limits is not None
    pace = Pace(a_dealer(), limits)
    first = pace.reserve(5, 1)
    assert first is not None
    clock.at = first.moments[-1] + limits.spacing + timedelta(milliseconds=15)  # what the claim before took
    then = pace.reserve(5, 1)
    assert then is not None
    assert then.moments[0] - first.moments[-1] == limits.spacing
