"""Whatever dies or dawdles: a message leaves once, or a person is asked."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from relance.delivery import claim, crash_points, hand_over, record
from relance.delivery import deliver as deliver_module
from relance.delivery.channel import Accepted, AnswerLost, Busy
from relance.delivery.claim import settle_expired_leases
from relance.delivery.deliver import deliver
from relance.delivery.models import Attempt
from relance.lib.clock import now
from relance.lib.leases import LENGTH
from relance.outbox.models import Message, Move
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

LATER = LENGTH + timedelta(seconds=1)


class Killed(BaseException):
    """The process is gone: nothing after this line has happened."""


class FakeChannel:
    """Takes everything, remembers it, and answers what the test says."""

    knows_after: float | None = None

    def __init__(self):
        self.answer, self.taken = Accepted(), []

    def check(self):
        return []

    def open(self):
        pass

    def close(self):
        pass

    def send(self, parcels):
        for parcel in parcels:
            self.taken.append(parcel.key)
            yield parcel, self.answer


@pytest.fixture(autouse=True)
def channel(monkeypatch, request):
    made = FakeChannel()
    monkeypatch.setattr(claim, "recheck", lambda dealer, messages, at: {})
    monkeypatch.setattr(deliver_module, "channel_for", lambda sending: made)
    return made


def messages(dealer, number: int) -> None:
    customer, automation = a_customer(dealer), an_automation(dealer)
    for _ in range(number):
        a_message(customer, automation)


def counted(dealer) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Message.objects.of(dealer).values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def kill_at(monkeypatch, point: str, time: int = 1) -> None:
    """Die at the n-th passing of a point, and let nothing of the dying process write any more."""
    passed = [0]

    def reached(name: str) -> None:
        passed[0] += name == point
        if name == point and passed[0] == time:
            monkeypatch.setattr(hand_over.HandOver, "_put_back", lambda self: None)
            monkeypatch.setattr(hand_over.HandOver, "_write", lambda self, portion: set())
            raise Killed

    monkeypatch.setattr(crash_points, "reached", reached)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("point", "unsure", "again"),
    [
        ("claimed", 0, 30),
        ("handing_over", 20, 10),
        ("handed_over", 20, 10),
        ("recording", 20, 10),
        ("recorded", 0, 0),
    ],
)
def test_a_killed_worker_leaves_nothing_that_is_sent_twice_or_lost(monkeypatch, channel, point, unsure, again):
    dealer = a_dealer()
    messages(dealer, 30)
    with monkeypatch.context() as dying:
        kill_at(dying, point)
        with pytest.raises(Killed):
            list(deliver(dealer, at=A_DAY))
    assert list(deliver(dealer, at=A_DAY)) == []  # its lease still runs

    settle_expired_leases(now() + LATER)

    assert counted(dealer).get("unsure", 0) == unsure
    assert len(list(deliver(dealer, at=A_DAY))) == again
    assert counted(dealer).get("sent", 0) + unsure == 30
    assert len(channel.taken) == len(set(channel.taken))


@pytest.mark.django_db
@pytest.mark.parametrize(("knows_after", "seconds_each", "most"), [(None, 0, 20), (0.0, 0, 20), (0.0, 0.125, 20)])
def test_no_more_is_in_hand_than_twenty_and_less_where_the_other_side_is_slow(
    monkeypatch, channel, knows_after, seconds_each, most
):
    dealer, moment, in_hand = a_dealer(), [0.0], []
    messages(dealer, 150)
    for module in (hand_over, deliver_module):
        monkeypatch.setattr(module, "monotonic", lambda: moment[0])

    def send(parcels):
        for parcel in parcels:
            in_hand.append(Message.objects.of(dealer).filter(state="sending", attempts=1).count())
            moment[0] += seconds_each or 0.001
            yield parcel, Accepted()

    channel.knows_after, channel.send = knows_after, send
    list(deliver(dealer, at=A_DAY))
    assert counted(dealer) == {"sent": 150} and max(in_hand) == most
    if seconds_each:
        assert max(in_hand[20:]) == 4  # no more than are out half a second later


@pytest.mark.django_db
@pytest.mark.parametrize("ahead", [1, 3])
def test_no_more_than_twenty_are_in_hand_of_a_channel_that_reads_ahead(channel, ahead):
    dealer, begun, told = a_dealer(), [], []
    messages(dealer, 100)

    def send(parcels):
        unanswered = []
        for parcel in parcels:
            unanswered.append(parcel)
            begun.append(Message.objects.of(dealer).filter(attempts=1).count() - Attempt.objects.of(dealer).count())
            if len(unanswered) > ahead:
                told.append(unanswered.pop(0))
                yield told[-1], Accepted()
        yield from ((parcel, Accepted()) for parcel in unanswered)

    channel.send = send
    list(deliver(dealer, at=A_DAY))
    assert counted(dealer) == {"sent": 100} and max(begun) == 20


@pytest.mark.django_db
def test_many_answers_each_with_a_name_of_its_own_are_written_together(channel, django_assert_max_num_queries):
    dealer = a_dealer()
    messages(dealer, 20)
    channel.send = lambda parcels: ((parcel, Accepted(f"ref {parcel.key}", f"id {parcel.key}")) for parcel in parcels)
    with django_assert_max_num_queries(40):
        sent = list(deliver(dealer, at=A_DAY))
    rows = Message.objects.of(dealer).values_list("key", "provider_ref")
    assert dict(rows) == {message.key: f"ref {message.key}" for message in sent} and len(sent) == 20
    moves = Move.objects.of(dealer).filter(state="sent").values_list("message__key", "cause")
    assert dict(moves) == {message.key: f"id {message.key}" for message in sent}


@pytest.mark.django_db
def test_a_worker_killed_before_its_claim_is_committed_has_taken_nothing(monkeypatch, channel):
    dealer = a_dealer()
    messages(dealer, 3)
    with monkeypatch.context() as dying:
        kill_at(dying, "claiming")
        with pytest.raises(Killed):
            list(deliver(dealer, at=A_DAY))
    assert counted(dealer) == {"ready": 3} and channel.taken == []


@pytest.mark.django_db
def test_what_a_dead_worker_had_in_hand_is_written_down_as_lost():
    dealer = a_dealer()
    automation = an_automation(dealer)
    ended: dict[str, Any] = {"state": "sending", "owner": "dead", "lease_until": A_DAY}
    a_message(a_customer(dealer), automation, attempts=1, **ended)
    a_message(a_customer(dealer), automation, attempts=0, **ended)

    assert sorted(m.state for m in settle_expired_leases(A_DAY + LATER)) == ["ready", "unsure"]
    assert Attempt.objects.of(dealer).get().result == "lost"
    assert settle_expired_leases(A_DAY + LATER) == []


@pytest.mark.django_db
def test_a_worker_that_slept_through_its_lease_hands_nothing_over(channel, monkeypatch):
    dealer = a_dealer()
    messages(dealer, 3)

    def reached(point: str) -> None:
        if point == "claimed":
            settle_expired_leases(now() + LATER)

    monkeypatch.setattr(crash_points, "reached", reached)
    taken = list(deliver(dealer, at=A_DAY, limit=3))
    assert channel.taken == [] and taken == []
    assert counted(dealer) == {"ready": 3}


@pytest.mark.django_db
def test_a_worker_that_freezes_between_two_parcels_hands_the_second_to_nobody(channel, monkeypatch):
    dealer = a_dealer()
    messages(dealer, 3)

    def reached(point: str) -> None:
        if point == "handed_over":
            settle_expired_leases(now() + LATER)
            monkeypatch.setattr(hand_over, "now", lambda: now() + LATER)

    monkeypatch.setattr(crash_points, "reached", reached)
    list(deliver(dealer, at=A_DAY, limit=3))
    assert len(channel.taken) == 1


@pytest.mark.django_db
def test_a_late_answer_still_counts(monkeypatch):
    dealer = a_dealer()
    messages(dealer, 1)

    def reached(point: str) -> None:
        if point == "handed_over":
            settle_expired_leases(now() + LATER)

    monkeypatch.setattr(crash_points, "reached", reached)
    assert [m.state for m in deliver(dealer, at=A_DAY)] == ["sent"]
    path = list(Move.objects.of(dealer).order_by("pk").values_list("state", flat=True))
    assert path == ["sending", "unsure", "sent"]


@pytest.mark.django_db
def test_a_channel_that_breaks_leaves_only_what_it_had_in_hand_in_doubt(channel, monkeypatch):
    dealer = a_dealer()
    messages(dealer, 5)

    def breaks(parcels):
        parcels = iter(parcels)
        yield next(parcels), Accepted()
        next(parcels)
        raise RuntimeError("a fault")

    monkeypatch.setattr(channel, "send", breaks)
    list(deliver(dealer, at=A_DAY))
    assert counted(dealer) == {"sent": 1, "unsure": 1, "ready": 3}
    assert set(Message.objects.of(dealer).filter(state="ready").values_list("attempts", flat=True)) == {0}


@pytest.mark.django_db
def test_retries_are_bounded_and_end_with_the_messages_time(channel):
    dealer = a_dealer()
    messages(dealer, 1)
    Message.objects.of(dealer).update(expires_at=A_DAY + timedelta(hours=6))
    channel.answer = Busy("not now")
    at, tries = A_DAY, []
    for _ in range(20):
        tries += [at for _ in deliver(dealer, at=at)]
        row = Message.objects.of(dealer).get()
        if row.state != "ready":
            break
        assert row.send_at is not None
        at = row.send_at
    assert row.state == "failed" and row.reason in ("gave_up", "expired")
    assert len(tries) <= record.MOST_ATTEMPTS
    assert max(tries) <= A_DAY + timedelta(hours=6)


@pytest.mark.django_db
def test_a_lost_answer_is_not_sent_again_by_itself(channel):
    dealer = a_dealer()
    messages(dealer, 1)
    channel.answer = AnswerLost("no answer")
    list(deliver(dealer, at=A_DAY))
    settle_expired_leases(now() + LATER)
    assert list(deliver(dealer, at=A_DAY + timedelta(days=1))) == []
    assert counted(dealer) == {"unsure": 1}


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_moment_never_take_the_same_message(channel):
    dealer = a_dealer()
    messages(dealer, 300)
    start, faults = Barrier(4), []

    def work() -> None:
        start.wait()
        try:
            list(deliver(dealer, at=A_DAY, limit=300))
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert faults == []
    assert len(channel.taken) == len(set(channel.taken)) == 300
    assert counted(dealer) == {"sent": 300}


def test_an_answer_that_is_lost_late_in_a_round_is_in_doubt_since_then(db, channel, monkeypatch):
    """Else the provider, asked at once, would be believed before it can know, and the message sent twice."""
    dealer = a_dealer()
    messages(dealer, 1)
    monkeypatch.setattr(hand_over.RoundTime, "spent", lambda _round: timedelta(seconds=400))
    channel.answer = AnswerLost("no answer")
    list(deliver(dealer, at=A_DAY))
    assert Message.objects.of(dealer).get().moved_at == A_DAY + timedelta(seconds=400)
    assert Attempt.objects.of(dealer).get().at == A_DAY  # from there on the log of the provider is read
