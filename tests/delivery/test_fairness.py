"""Nobody waits for another: not a reminder for fifty thousand newsletters, not a dealer for another one's provider."""

import os
import sys
import threading
import time
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from relance.delivery import deliver as deliver_module
from relance.delivery.channel import Accepted, AnswerLost, Refused, Sending
from relance.delivery.channels import calls
from relance.delivery.channels.calls import LONGEST_WAIT, retry_after
from relance.delivery.deliver import deliver
from relance.delivery.safety.turns import FIRST, Aside, Lately, Turns
from relance.jobs import schedule
from relance.lib.clock import now
from relance.lib.http import Reply
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

FLOOD = int(os.environ.get("FLOOD_OF", "400"))
AT_FULL_SIZE = 50_000
MINUTE = timedelta(minutes=1)
BAD = "+15145559999"
ANY_HOUR: dict[str, Any] = {"quiet_hours": {"may_send": ["00:00", "24:00"]}}


# How long to wait.


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("7", 7), ("0", 0), (" 30 ", 30), ("31536000", LONGEST_WAIT), ("9" * 400, LONGEST_WAIT), ("", 0), ("soon", 0),
        ("-5", 0), ("nan", 0), ("inf", 0), ("1e9", 0), ("²", 0), ("7.5", 0),
        (format_datetime(A_DAY + 5 * MINUTE, usegmt=True), 300),
        (format_datetime(A_DAY - 5 * MINUTE, usegmt=True), 0),
        (format_datetime(A_DAY + timedelta(days=365), usegmt=True), LONGEST_WAIT),
        ("Mon, 04 May 2026 14:02:00 -0000", 0), ("Fri, 99 Foo 2026 99:99:99 GMT", 0),
    ],
)  # fmt: skip
def test_a_provider_says_how_long_to_wait_in_seconds_or_by_a_date(said, seconds, monkeypatch):
    monkeypatch.setattr(calls, "now", lambda: A_DAY)
    assert retry_after(Reply(503, {"retry-after": said}, b"")) == seconds


# Turns.


def test_who_waited_longest_is_first_and_a_batch_takes_a_few_seconds():
    turns = Turns()
    lanes = [(1, "sms", "marketing"), (2, "sms", "marketing"), (3, "sms", "marketing")]
    turns.had(lanes[0])
    turns.had(lanes[2])
    assert turns.in_turn(lanes) == [lanes[1], lanes[0], lanes[2]]
    assert turns.size((1, "sms"), 500) == FIRST
    turns.took((1, "sms"), FIRST, 0.1)
    assert turns.size((1, "sms"), 500) == 2 * FIRST
    turns.took((1, "sms"), 100, 100.0)
    assert turns.size((1, "sms"), 500) == 3


class Provider:
    """Takes everything; what a dealer's takes long, hangs or is refused, the test says."""

    knows_after = None
    taken: list[tuple[str, str, float]] = []  # noqa: RUF012  one list for all channels
    hangs: dict[str, threading.Event] = {}  # noqa: RUF012
    takes: dict[str, float] = {}  # noqa: RUF012
    while_taking: Any = None

    def __init__(self, sending: Sending) -> None: ...

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, parcels: Any) -> Any:
        for parcel in parcels:
            slug = parcel.dealer.slug
            if slug in self.hangs:
                self.hangs[slug].wait(30)
                yield parcel, AnswerLost("no answer in time")
                continue
            time.sleep(self.takes.get(slug, 0))
            self.taken.append((slug, parcel.message.purpose, time.monotonic()))
            if Provider.while_taking:
                Provider.while_taking()
            yield parcel, Refused("never") if parcel.message.address == BAD else Accepted()


@pytest.fixture
def provider(monkeypatch):
    for name, value in (("taken", []), ("hangs", {}), ("takes", {}), ("while_taking", None)):
        monkeypatch.setattr(Provider, name, value)
    monkeypatch.setattr(deliver_module, "channel_for", Provider)
    monkeypatch.setattr(deliver_module, "sending_of", lambda dealer, channel: Sending("smtp", {"who": dealer.slug}))
    return Provider


def messages(dealer, number, *, purpose="marketing", **values):
    automation = an_automation(dealer, f"A{Message.objects.of(dealer).count()}", purpose=purpose)
    due = {"at": now() - MINUTE, **values}
    for _ in range(number):
        a_message(a_customer(dealer, mobile_zones=""), automation, **due)


@pytest.mark.django_db
def test_one_bad_recipient_holds_up_nobody(provider):
    dealer = a_dealer(**ANY_HOUR)
    messages(dealer, 2, purpose="service")
    a_message(a_customer(dealer, mobile=BAD, mobile_zones=""), an_automation(dealer), at=now() - MINUTE)
    messages(dealer, 3, purpose="service")
    assert sorted(m.state for m in deliver(dealer, at=now())) == ["failed"] + ["sent"] * 5


@pytest.mark.django_db
def test_a_reminder_that_falls_due_in_a_flood_leaves_with_the_next_round(provider):
    """The flood's dealer is in the middle of his newsletters when another one's reminder falls due."""
    flood, other = a_dealer(**ANY_HOUR), a_dealer("south", **ANY_HOUR)
    messages(flood, FLOOD)
    lately = Lately(lasts=0.2)
    provider.takes["north"] = 0.002
    due: list[float] = []

    def falls_due() -> None:
        if len(provider.taken) > FLOOD // 10 and not due:
            due.append(time.monotonic())
            messages(other, 1, purpose="service")

    provider.while_taking = falls_due
    while Message.objects.of(flood).filter(state="ready").exists():
        list(deliver(None, at=now(), lately=lately))
    places = [slug for slug, _, _ in provider.taken]
    (left,) = (moment for slug, _, moment in provider.taken if slug == "south")
    sys.stderr.write(f"a reminder beside {FLOOD:,} newsletters waited {left - due[0]:.2f} s\n")
    assert places.index("south") < FLOOD // 2
    if FLOOD >= AT_FULL_SIZE:
        assert left - due[0] < 10


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_a_dealer_whose_provider_hangs_keeps_nobody_waiting(provider, monkeypatch):
    first, *others = [a_dealer(slug, **ANY_HOUR) for slug in ("north", "south", "west")]
    for dealer in (first, *others):
        messages(dealer, 4, purpose="service")
    provider.hangs["north"] = threading.Event()
    aside = Aside(patience=0.1)
    monkeypatch.setattr(schedule, "LATELY", Lately(aside=aside, lasts=5.0))
    monkeypatch.setattr("relance.jobs.schedule.LISTENING.deaf", lambda dealers, at: set())
    began = time.monotonic()
    schedule.deliver_everyone(now())
    assert sorted(slug for slug, _, _ in provider.taken) == ["south"] * 4 + ["west"] * 4
    messages(others[0], 1, purpose="service")
    schedule.deliver_everyone(now())  # and in the rounds after it, while it still hangs
    assert [slug for slug, _, _ in provider.taken].count("south") == 5
    assert time.monotonic() - began < 10
    assert aside.is_busy((first.pk, "sms"))
    provider.hangs["north"].set()
    aside.wait()
    states = Message.objects.of(first).values_list("state", flat=True)
    assert set(states) <= {"unsure", "ready"} and "unsure" in states
