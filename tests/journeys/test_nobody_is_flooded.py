"""Many automations that all want the same person, whatever else happens: never two marketing messages in a day, never
four in 24 hours (R15).

A machine of hypothesis draws what happens: two records of the person become one, runs come late, are approved, taken
back, sent by hand; a worker stands still; answers are lost. `make proof` runs it with two hundred automations.
"""

import multiprocessing
import os
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from relance.delivery import deliver as deliver_module
from relance.delivery.channel import Accepted, AnswerLost, Busy, Refused
from relance.delivery.deliver import deliver
from relance.delivery.safety.halt import halt, let_go
from relance.delivery.safety.resolve import resolve_unsure
from relance.facts.models import Customer
from relance.jobs.stages import plan
from relance.lib.errors import BadInput
from relance.lib.moments import day_of
from relance.outbox.decide import approve, bring_back, cancel
from relance.outbox.gate.too_much import CEILING, MOST_MARKETING
from relance.outbox.hold_back import hold_from_everything, undo
from relance.outbox.models import HoldBack, Message
from relance.outbox.runs.answers import Answer, answer
from relance.outbox.runs.by_hand import send_by_hand
from relance.outbox.runs.late import late_rows, send_late
from relance.outbox.runs.merged import merge
from relance.plan.draft import BY_HAND
from relance.plan.models import Automation
from tests.builders import A_DAY, a_customer, a_dealer, an_automation
from tests.journeys.dealership import Dealership

AUTOMATIONS = int(os.environ.get("FLOOD_AUTOMATIONS", "10"))
STEPS = int(os.environ.get("FLOOD_STEPS", "150"))
STEPS_OF_ONE = 50
A_DAY_LONG = timedelta(hours=24)
WORDING = {channel: {"en": {"subject": "News", "body": "Hello."}} for channel in ("sms", "email", "postcard")}
CHANNELS = (["sms"], ["email"], ["postcard"], ["email", "sms"])
AT_HOME = {"address": "1 Main St", "city": "Laval", "region": "QC", "postal_code": "H7A 1A1"}
ANSWERS = (Accepted(), Accepted(), Accepted(), Busy("later"), Refused("never"), AnswerLost("silence"))
answers = st.lists(st.tuples(st.sampled_from(ANSWERS), st.booleans()), min_size=1, max_size=5)
numbers = st.integers(0, 10_000)


class Provider:
    """Keeps what reached whom, and notes what was one too many in that instant."""

    knows_after: float | None = 120.0

    def __init__(self, clock: Any) -> None:
        self.clock = clock
        self.arrived: dict[int, datetime] = {}  # by the message's primary key
        self.answers: list[Any] = [(Accepted(), True)]
        self.faults: list[str] = []

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, parcels: Any) -> Any:
        for number, parcel in enumerate(parcels):
            said, arrives = self.answers[number % len(self.answers)]
            if isinstance(said, Accepted) or (isinstance(said, AnswerLost) and arrives):
                self.weigh(parcel)
                self.arrived[parcel.message.pk] = self.clock.at
            yield parcel, said

    def look_up(self, parcels: Any) -> Any:
        for parcel in parcels:
            yield parcel, Accepted() if parcel.message.pk in self.arrived else Busy("never had it")

    def weigh(self, parcel: Any) -> None:
        """Whether this one may reach its reader now, by what has reached all who are he by now."""
        dealer, at = parcel.dealer, self.clock.at
        message = Message.objects.of(dealer).select_related("occurrence", "customer").get(pk=parcel.message.pk)
        mine = Message.objects.of(dealer).filter(pk__in=self.arrived, customer=message.customer)
        heard = [(self.arrived[pk], purpose) for pk, purpose in mine.values_list("pk", "purpose")]
        lately = [purpose for moment, purpose in heard if at - moment < A_DAY_LONG]
        by_hand = message.occurrence.key.startswith(BY_HAND)
        if message.purpose == "marketing":
            if lately.count("marketing") >= MOST_MARKETING:
                self.faults.append(f"{message.pk}: one more than {MOST_MARKETING} in 24 hours")
            today = day_of(at, dealer.zone)
            if not by_hand and any(p == "marketing" and day_of(m, dealer.zone) == today for m, p in heard):
                self.faults.append(f"{message.pk}: the second of a day")
        if not by_hand and message.purpose != "answer" and len(lately) >= CEILING:
            self.faults.append(f"{message.pk}: one more than {CEILING} in 24 hours")


class Flood(Dealership):
    """One person in several records, and everybody who wants something of him."""

    def __init__(self) -> None:
        super().__init__()
        self.said = 0
        self.provider = Provider(self)
        self.sends_to(self.provider)

    @initialize()
    def open(self) -> None:
        self.dealer = a_dealer(timezone="America/Toronto", frequency_cap={"messages": 1, "days": 1}, guards="on")
        for number in range(AUTOMATIONS):
            an_automation(
                self.dealer, f"A{number:03}", purpose="service" if number % 5 == 4 else "marketing",
                channels=CHANNELS[number % len(CHANNELS)], wording=WORDING, repeat="each_time", grace_hours=60,
                status="approval" if number % 7 == 6 else "on",
                schedule={"kind": "daily", "at": f"{9 + number * 7 % 11:02}:{number * 13 % 60:02}"},
            )  # fmt: skip
        a_customer(self.dealer, **AT_HOME)
        a_customer(self.dealer, **AT_HOME)

    # What the clock does.

    @rule(minutes=st.sampled_from((1, 10, 45, 120, 300, 600, 1440, 2900)))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule()
    def plans(self) -> None:
        plan(self.dealer, at=self.at, since=self.at - timedelta(hours=30))

    @rule(said=answers, limit=st.sampled_from((1, 2, 500)))
    def delivers(self, said: list[Any], limit: int) -> None:
        self.provider.answers = said
        list(deliver(self.dealer, at=self.at, limit=limit))

    @rule(said=answers)
    def a_usual_day(self, said: list[Any]) -> None:
        """The clockwork, every three hours."""
        self.provider.answers = said
        for _ in range(8):
            self.at += timedelta(hours=3)
            self.plans()
            list(deliver(self.dealer, at=self.at))

    # What happens to the person.

    @rule()
    def comes_in_another_record(self) -> None:
        if Customer.objects.of(self.dealer).count() < 4:
            a_customer(self.dealer, **AT_HOME)
            for late in late_rows(self.dealer, at=self.at):
                send_late(self.dealer, late.run, by="Kim", at=self.at)

    @rule()
    def records_become_one(self) -> None:
        two = list(Customer.objects.of(self.dealer).order_by("pk")[:2])
        if len(two) == 2:
            merge(self.dealer, *two, by="Kim", at=self.at)

    @rule(number=numbers)
    def is_answered(self, number: int) -> None:
        customer = self.some(Customer, number)
        self.said += 1
        said = Answer(f"help:{self.said}", "sms", customer.mobile, "en", "We are open.", timedelta(minutes=5), customer)
        answer(self.dealer, said, asked_at=self.at, at=self.at)

    # What staff do.

    @rule(number=numbers)
    def is_written_to_by_hand(self, number: int) -> None:
        stopped = self.some(Message, number, state__in=("refused", "canceled", "failed"))
        if stopped is not None:
            with suppress(BadInput):
                send_by_hand(self.dealer, stopped, by="Kim", at=self.at)

    @rule(decide=st.sampled_from((cancel, approve, bring_back, bring_back)))
    def decides(self, decide: Any) -> None:
        decide(self.dealer, list(Message.objects.of(self.dealer)), at=self.at, by="Kim")

    @rule(said=answers)
    def thinks_better_of_it(self, said: list[Any]) -> None:
        """What waits is canceled, others go, and it is brought back."""
        self.decides(cancel)
        self.a_usual_day(said)
        self.decides(bring_back)
        self.delivers(said, 500)

    @rule(number=numbers, is_held=st.booleans())
    def is_held_back_or_released(self, number: int, is_held: bool) -> None:
        if is_held:
            who = self.some(Customer, number)
            until = day_of(self.at, self.dealer.zone)
            hold_from_everything(self.dealer, who, until=until, why="on leave", by="Kim", at=self.at)
        for held in HoldBack.objects.of(self.dealer).filter(undone_at=None):
            if not is_held:
                undo(self.dealer, held, by="Kim", at=self.at)

    @rule(hours=st.integers(5, 40), said=answers)
    def stands_still(self, hours: int, said: list[Any]) -> None:
        """Everything is halted, and let go later: days of plans are due at once."""
        self.plans()
        halt(self.dealer, by="Kim", at=self.at)
        self.at += timedelta(hours=hours)
        self.plans()
        let_go(self.dealer, by="Kim", at=self.at)
        self.delivers(said, 500)

    @rule(number=numbers, purpose=st.sampled_from(("marketing", "service")))
    def is_edited(self, number: int, purpose: str) -> None:
        row = self.some(Automation, number, code__startswith="A0")
        row.definition, row.purpose = row.definition | {"purpose": purpose}, purpose
        row.save()

    @rule()
    def doubts_are_cleared(self) -> None:
        for message in Message.objects.of(self.dealer).filter(state="unsure"):
            word = "sent" if message.pk in self.provider.arrived else "again"
            resolve_unsure(self.dealer, [message], word=word, by="Kim", at=self.at)

    def some(self, table: Any, number: int, **which: Any) -> Any:
        rows = table.objects.of(self.dealer).filter(**which).order_by("pk")
        return rows[number % len(rows)] if rows else None

    # What must hold, always.

    @invariant()
    def nobody_is_flooded(self) -> None:
        assert self.provider.faults == []


@pytest.mark.process
@pytest.mark.django_db
def test_whatever_happens_nobody_is_flooded(tmp_path, settings):
    settings.HOME = tmp_path
    run_state_machine_as_test(Flood, settings=how_long())


PEOPLE, PROCESSES, ROUNDS = 12, 4, int(os.environ.get("FLOOD_ROUNDS", "2"))


class Book:
    """Takes everything, and writes who and when into a file for all processes."""

    knows_after = None

    def __init__(self, path: Any) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, parcels: Any) -> Any:
        for parcel in parcels:
            os.write(self.file, f"{parcel.at:%Y-%m-%d} {parcel.message.customer_id}\n".encode())
            yield parcel, Accepted()


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_planners_and_deliverers_at_the_same_second_let_one_through(tmp_path, monkeypatch, settings):
    """Each round everybody is wanted by ten automations on three channels, some of them canceled the day before."""
    settings.HOME = tmp_path
    dealer = a_dealer(timezone="UTC", frequency_cap={"messages": 1, "days": 1})
    for number in range(10):
        channels = CHANNELS[number % len(CHANNELS)]
        an_automation(
            dealer, f"A{number}", purpose="marketing", channels=channels, wording=WORDING, repeat="each_time",
            grace_hours=60, schedule={"kind": "daily", "at": f"10:0{number}"},
        )  # fmt: skip
    for _ in range(PEOPLE):
        a_customer(dealer, mobile_zones="UTC", **AT_HOME)
    book = tmp_path / "book"
    monkeypatch.setattr(deliver_module, "channel_for", lambda sending: Book(book))
    for number in range(ROUNDS):
        at = A_DAY + timedelta(days=number)
        together(dealer, at)
        waiting = list(Message.objects.of(dealer).filter(state="canceled"))
        bring_back(dealer, waiting, at=at, by="Kim")  # yesterday's, which nobody wants twice
        together(dealer, at + timedelta(minutes=1))
        cancel(dealer, list(Message.objects.of(dealer).filter(state="ready")), at=at, by="Kim")
    heard = Counter(book.read_text().splitlines())
    assert len(heard) == PEOPLE * ROUNDS
    assert max(heard.values()) == 1


def together(dealer: Any, at: datetime) -> None:
    """Processes that plan and hand over at the same moment."""
    forked = multiprocessing.get_context("fork")
    connections.close_all()
    processes = [forked.Process(target=plan_and_deliver, args=(dealer, at)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES


def plan_and_deliver(dealer: Any, at: datetime) -> None:
    plan(dealer, at=at, since=at - timedelta(hours=20))
    list(deliver(dealer, at=at))


def how_long() -> settings:
    return settings(
        max_examples=max(1, STEPS // STEPS_OF_ONE),
        stateful_step_count=STEPS_OF_ONE,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
