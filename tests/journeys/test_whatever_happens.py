"""Whatever is imported, edited, merged, paused, planned, killed and resolved, in any order: one reason, one message.

A machine of hypothesis draws the order. Small by default; `STEPS=50000` makes it long.
"""

import os
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from relance.delivery import crash_points, hand_over
from relance.delivery.channel import Accepted, AnswerLost, Busy, Refused
from relance.delivery.claim import settle_expired_leases
from relance.delivery.deliver import deliver
from relance.delivery.safety.resolve import resolve_unsure, take_back
from relance.delivery.safety.unsure import ask_providers
from relance.facts.absorb import take_in
from relance.facts.models import Customer
from relance.jobs.stages import plan
from relance.outbox.decide import approve, bring_back, cancel
from relance.outbox.hold_back import hold_back, undo
from relance.outbox.models import HoldBack, Message, Move
from relance.outbox.runs.merged import merge
from relance.outbox.states import MOVES
from relance.plan.apply import apply_definitions
from relance.plan.models import Automation
from tests.builders import A_DAY, a_dealer, an_automation
from tests.journeys.dealership import Dealership

STEPS = int(os.environ.get("STEPS", "240"))
STEPS_OF_ONE = 40
PEOPLE = ("C1", "C2", "C3")
CODES = ("DAILY", "YEARLY", "ONCE", "VISIT")
FOLDER: list[Path] = []  # where feeds are written, of the test that runs
FEEDS = count(1)
KNOWS_AFTER = 120.0

people, codes = st.sampled_from(PEOPLE), st.sampled_from(CODES)
ANSWERS = (Accepted(), Accepted(), Accepted(), Busy("later"), Refused("never"), AnswerLost("silence"))
answers = st.lists(st.tuples(st.sampled_from(ANSWERS), st.booleans()), min_size=1, max_size=4)
points = st.one_of(st.none(), st.sampled_from(crash_points.POINTS))


class Killed(BaseException):
    """The worker is gone."""


class Provider:
    """Keeps what it accepted, whatever it answers; can be asked."""

    knows_after: float | None = KNOWS_AFTER

    def __init__(self) -> None:
        self.taken: Counter[Any] = Counter()
        self.refused: set[Any] = set()
        self.answers: list[Any] = []
        self.stopped: list[str] = []  # what should not have reached us

    def open(self) -> None: ...

    def close(self) -> None: ...

    def send(self, parcels):
        for number, parcel in enumerate(parcels):
            answer, arrives = self.answers[number % len(self.answers)]
            self._look(parcel)
            if isinstance(answer, Accepted) or (isinstance(answer, AnswerLost) and arrives):
                self.taken[parcel.key] += 1
            if isinstance(answer, Refused):
                self.refused.add(parcel.key)
            yield parcel, answer

    def look_up(self, parcels):
        for parcel in parcels:
            yield parcel, Accepted() if self.taken[parcel.key] else Busy("never had it")

    def _look(self, parcel: Any) -> None:
        message = parcel.message
        if Customer.objects.of(parcel.dealer).get(pk=message.customer_id).do_not_mail:
            self.stopped.append(f"{message.key} after do-not-mail")
        if message.expires_at is not None and message.expires_at < parcel.at:
            self.stopped.append(f"{message.key} after its time")
        same = Message.objects.of(parcel.dealer).filter(
            automation_id=message.automation_id,
            subject_type=message.subject_type,
            subject_id=message.subject_id,
            recipient=message.recipient,
            occurrence__key=message.occurrence.key,
        )
        if any(self.taken[key] for key in same.exclude(pk=message.pk).values_list("key", flat=True)):
            self.stopped.append(f"{message.key} after another one for the same reason")
        if parcel.key in self.refused:
            self.stopped.append(f"{message.key} after a refusal for good")


class Whatever(Dealership):
    """A dealership, a provider, and everything that may happen to them."""

    def __init__(self) -> None:
        super().__init__()
        self.provider = Provider()
        self.sends_to(self.provider)

    @initialize()
    def open(self) -> None:
        self.dealer = a_dealer(timezone="UTC")
        every = {"schedule": {"kind": "daily", "at": "10:00"}, "grace_hours": 30}
        an_automation(self.dealer, "DAILY", repeat="each_time", **every)
        an_automation(self.dealer, "YEARLY", repeat="yearly", purpose="marketing", **every)
        an_automation(self.dealer, "ONCE", repeat="once", **every)
        visit = {"category": "appointment", "attribute": "next_one", "operator": "in_exactly_days", "value": 1}
        an_automation(self.dealer, "VISIT", subject="appointment", audience=[visit], **every)
        self.imports(["C1", "C2"], False, 1)

    # What the business system says.

    @rule(who=st.lists(people, min_size=1, unique=True), stop=st.booleans(), days=st.integers(0, 3))
    def imports(self, who: list[str], stop: bool, days: int) -> None:
        feed = FOLDER[0] / str(next(FEEDS))
        feed.mkdir()
        rows = [f"{ref},{ref},514-555-000{ref[1]},{'yes' if stop else 'no'}" for ref in who]
        (feed / "customers.csv").write_text("\n".join(["id,first_name,mobile,do_not_mail", *rows]) + "\n")
        day = (self.at + timedelta(days=days)).date()
        visits = [f"A{ref},{ref},{day}T15:00,booked" for ref in who]
        (feed / "appointments.csv").write_text("\n".join(["id,customer_id,start_at,status", *visits]) + "\n")
        take_in(self.dealer, feed, at=self.at, force=True)

    # What staff do.

    @rule(code=codes, hour=st.integers(8, 20), back=st.booleans())
    def edits(self, code: str, hour: int, back: bool) -> None:
        row = Automation.objects.of(self.dealer).get(code=code)
        changed = row.definition | {"name": f"At {hour}", "schedule": {"kind": "daily", "at": f"{hour:02}:00"}}
        apply_definitions(self.dealer, [changed | ({"live_from": "2020-01-01"} if back else {})], at=self.at, by="Kim")

    @rule(code=codes, status=st.sampled_from(("on", "off", "approval")))
    def switches(self, code: str, status: str) -> None:
        row = Automation.objects.of(self.dealer).get(code=code)
        apply_definitions(self.dealer, [row.definition | {"status": status}], at=self.at, by="Kim")

    @rule(decide=st.sampled_from((cancel, approve, bring_back)))
    def decides(self, decide: Any) -> None:
        decide(self.dealer, list(Message.objects.of(self.dealer)), at=self.at, by="Kim")

    @rule(code=codes, who=people)
    def holds_back(self, code: str, who: str) -> None:
        customer = Customer.objects.of(self.dealer).filter(ref=who).first()
        if customer is not None:
            automation = Automation.objects.of(self.dealer).get(code=code)
            hold_back(self.dealer, automation, customer, reference_on=None, by="Kim", at=self.at)

    @rule()
    def lets_go(self) -> None:
        for held in HoldBack.objects.of(self.dealer).filter(undone_at=None):
            undo(self.dealer, held, by="Kim", at=self.at)

    @rule(keep=people, gone=people)
    def merges(self, keep: str, gone: str) -> None:
        """Two customers become one; the gone one's rows of later feeds lead to the kept one."""
        rows = {row.ref: row for row in Customer.objects.of(self.dealer).filter(ref__in={keep, gone})}
        if len(rows) == 2:
            merge(self.dealer, rows[keep], rows[gone], by="Kim", at=self.at)

    @rule()
    def resolves(self) -> None:
        """A person who has asked the customer: he says what is true."""
        for message in Message.objects.of(self.dealer).filter(state="unsure"):
            word = "sent" if self.provider.taken[message.key] else "again"
            resolve_unsure(self.dealer, [message], word=word, by="Kim", at=self.at)

    @rule()
    def takes_back(self) -> None:
        """And who has said it of another one by mistake."""
        for message in Message.objects.of(self.dealer).filter(state__in=("sent", "ready", "failed")):
            take_back(self.dealer, message, by="Kim", at=self.at)

    # What the clock does.

    @rule(minutes=st.sampled_from((-1440, -60, 1, 5, 30, 120, 600, 1440, 2880, 43200)))
    def clock_jumps(self, minutes: int) -> None:
        self.at = max(self.at + timedelta(minutes=minutes), A_DAY - timedelta(days=1))

    @rule(times=st.integers(1, 2), days_back=st.integers(0, 40))
    def plans(self, times: int, days_back: int) -> None:
        for _ in range(times):
            plan(self.dealer, at=self.at, since=self.at - timedelta(days=days_back))

    @rule(said=answers, dies_at=points)
    def delivers(self, said: list[Any], dies_at: str | None) -> None:
        self.provider.answers = said
        with self.patch.context() as dying:
            if dies_at:
                _kill_at(dying, dies_at)
            with suppress(Killed):
                list(deliver(self.dealer, at=self.at))

    @rule()
    def settles(self) -> None:
        settle_expired_leases(self.at)

    @rule()
    def asks(self) -> None:
        ask_providers(self.at)

    # What must hold, always.

    @invariant()
    def nobody_hears_twice(self) -> None:
        assert [key for key, times in self.provider.taken.items() if times > 1] == []
        rows = Message.objects.of(self.dealer).select_related("occurrence")
        keys = Counter(
            (o.automation_id, o.subject_type, o.subject_id, o.recipient, o.key) for o in (m.occurrence for m in rows)
        )
        assert max(keys.values(), default=1) == 1

    @invariant()
    def nothing_is_lost(self) -> None:
        for key, state in Message.objects.of(self.dealer).values_list("key", "state"):
            if self.provider.taken[key]:
                assert state in ("sending", "sent", "unsure")
            else:
                assert state not in ("sent", "delivered")

    @invariant()
    def nothing_reaches_whom_it_should_not(self) -> None:
        assert self.provider.stopped == []

    @invariant()
    def states_follow_the_table(self) -> None:
        paths: dict[int, list[str]] = {}
        for message, state in Move.objects.of(self.dealer).order_by("pk").values_list("message", "state"):
            paths.setdefault(message, []).append(state)
        for path in paths.values():
            for before, after in pairwise(path):
                assert after in MOVES[before]
        for pk, state in Message.objects.of(self.dealer).values_list("pk", "state"):
            assert paths.get(pk, [state])[-1] == state


def _kill_at(dying: pytest.MonkeyPatch, point: str) -> None:
    """From this point on nothing of the worker is written any more."""

    def reached(name: str) -> None:
        if name == point:
            dying.setattr(hand_over.HandOver, "_put_back", lambda self: None)
            dying.setattr(hand_over.HandOver, "_write", lambda self, portion: set())
            raise Killed

    dying.setattr(crash_points, "reached", reached)


@pytest.mark.process
@pytest.mark.django_db
def test_whatever_happens_one_reason_is_one_message_and_none_is_lost(tmp_path):
    FOLDER[:] = [tmp_path]
    run_state_machine_as_test(
        Whatever,
        settings=settings(
            max_examples=max(1, STEPS // STEPS_OF_ONE),
            stateful_step_count=STEPS_OF_ONE,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
