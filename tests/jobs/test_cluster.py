"""With a broker the schedule is handed out once per step, a few dealers each; without one it is done here."""

from dataclasses import replace
from datetime import timedelta

import pytest
from kombu.exceptions import OperationalError

from relance.dealers.models import Dealer
from relance.jobs import cluster
from relance.jobs.cluster import batched_keys, hand_out, is_first, part, tasks
from relance.jobs.schedule import TASKS, PerDealer, Task
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

MINUTE = timedelta(minutes=1)


def a_task(done, at_once: int = 1) -> Task:
    """A task that notes for whom it was done; `run` notes "all"."""

    def everyone(at):
        return Dealer.objects.order_by("pk").values_list("pk", flat=True)

    per_dealer = PerDealer(everyone, lambda dealer, at: done.append(dealer.slug), at_once)
    return Task("plan", MINUTE, lambda at: done.append("all"), per_dealer=per_dealer)


@pytest.fixture
def broker(monkeypatch):
    """A broker that notes what it is given."""
    given: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(part, "apply_async", lambda words, **options: given.append(words))
    monkeypatch.setattr(cluster, "BROKER", "amqp://here")
    return given


@pytest.mark.django_db
def test_of_two_schedulers_one_is_first_at_each_step():
    task = a_task([])
    firsts = [[is_first(task, A_DAY + n * MINUTE + timedelta(seconds=s)) for s in (0, 1, 59)] for n in range(3)]
    assert firsts == [[True, False, False]] * 3


@pytest.mark.django_db
def test_a_scheduler_whose_clock_is_late_hands_out_nothing_again():
    task = a_task([])
    assert is_first(task, A_DAY + 5 * MINUTE)
    assert not is_first(task, A_DAY)


@pytest.mark.django_db
def test_a_step_is_handed_out_in_pieces_of_a_few_dealers(broker):
    for number in range(5):
        a_dealer(f"d{number}")
    hand_out(a_task([], at_once=2), A_DAY)
    hand_out(a_task([], at_once=2), A_DAY)
    assert [len(keys) for _, keys in broker] == [2, 2, 1]


@pytest.mark.django_db
def test_a_piece_of_work_is_done_for_each_of_its_dealers_and_ones_trouble_is_not_anothers(monkeypatch):
    done: list[str] = []

    def do(dealer, at):
        if dealer.slug == "south":
            raise RuntimeError("trouble")
        done.append(dealer.slug)

    keys = [a_dealer(slug).pk for slug in ("north", "south", "west")]
    monkeypatch.setitem(cluster.PER_DEALER, "plan", PerDealer(lambda at: (), do))
    part("plan", [*keys, 99_999])
    assert done == ["north", "west"]


@pytest.mark.django_db
def test_work_is_done_here_while_the_broker_cannot_be_reached(monkeypatch):
    a_dealer()
    done: list[str] = []

    def gone(words, **options):
        raise OperationalError("connection refused")

    monkeypatch.setattr(part, "apply_async", gone)
    hand_out(a_task(done), A_DAY)
    assert done == ["all"]


@pytest.mark.django_db
def test_only_dealers_of_whom_something_may_leave_are_handed_out_for_delivery():
    north, _ = a_dealer("north"), a_dealer("south")
    a_message(a_customer(north), an_automation(north))
    (deliver,) = [task for task in TASKS if task.name == "deliver"]
    assert list(batched_keys(deliver, A_DAY)) == [[north.pk]]


def test_without_a_broker_the_schedule_is_as_it_is():
    assert tasks() == list(TASKS)


def test_with_a_broker_only_what_can_be_done_per_dealer_is_handed_out(broker):
    kept = {task.name for task, plain in zip(tasks(), TASKS, strict=True) if task == plain}
    assert kept == {task.name for task in TASKS if task.per_dealer is None}
    assert [replace(task, run=print) for task in tasks()] == [replace(task, run=print) for task in TASKS]
