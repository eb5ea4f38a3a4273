"""Turns tasks of the schedule into tasks of a broker, a few dealers each, and this process into one of their workers.

What runs when stays the one table in schedule.py; here is no logic of its own. The broker carries work, it keeps
nothing: a task holds keys of dealers, may be lost, doubled or late, and does what is due then (decision 102).
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import Thread
from time import monotonic

from amqp.exceptions import AMQPError
from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError

from relance.dealers.models import Dealer
from relance.jobs.models import Tick
from relance.jobs.schedule import TASKS, Task, for_each
from relance.lib.clock import now

log = logging.getLogger("relance.clockwork")
PER_DEALER = {task.name: task.per_dealer for task in TASKS if task.per_dealer is not None}
ANSWERS_WITHIN = 5.0  # seconds: a broker that says nothing for so long is none
LONGEST, REST = 15.0, 30.0  # seconds: for all of a step; and after that, in which it is not asked
EXPIRES = 60.0  # seconds after which work that nobody has taken up is dropped: the next step brings it again
BROKER = settings.ENVIRONMENT["RELANCE_BROKER_URL"]

app = Celery("relance", broker=BROKER or None)
app.conf.update(
    task_acks_late=True,  # a worker that dies gives back what it had
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,  # a slow worker keeps nothing from the others
    task_ignore_result=True,  # the rows have it all
    task_default_queue="relance",
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,  # a broker that comes back is found again, however late
    broker_transport_options={"confirm_publish": True},
    worker_cancel_long_running_tasks_on_connection_loss=False,  # what is in hand is finished; twice is harmless
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
)


@app.task(name="relance.part")  # type: ignore[untyped-decorator]
def part(name: str, keys: Sequence[int]) -> None:
    """Do one task of the schedule for these dealers. Safe to repeat; a dealer that is gone meanwhile is left out."""
    found = PER_DEALER[name]
    for_each(Dealer.objects.filter(pk__in=keys).order_by("pk"), name, lambda dealer: found.do(dealer, now()))


def tasks() -> list[Task]:
    """The schedule as this process runs it: with a broker, what can be done per dealer is handed out."""
    if not BROKER:
        return list(TASKS)
    return [replace(task, run=partial(hand_out, task)) if task.per_dealer else task for task in TASKS]


def hand_out(task: Task, at: datetime) -> None:
    """Give this step's work to the workers; nothing when another scheduler has. Without a broker it is done here."""
    if task.per_dealer is None or not is_first(task, at):
        return
    fault = (
        "it was silent a moment ago" if monotonic() < SILENCE.until else _publish(task, list(batched_keys(task, at)))
    )
    if fault:
        log.warning("%s is done here, the broker cannot be reached: %s", task.name, fault)
        task.run(at)


class Silence:
    """Until when a broker that did not come to an end is not asked again."""

    until = 0.0


SILENCE = Silence()


def _publish(task: Task, batches: Sequence[list[int]]) -> str:
    """Give the pieces to the broker; what went wrong. One that sends a byte a second is waited for in a thread."""
    told = [f"it says nothing within {LONGEST:.0f} seconds"]

    def publish() -> None:
        line = app.connection_for_write()  # of this step alone: nobody asks again on one that was silent
        try:
            for keys in batches:
                words = (task.name, keys)
                part.apply_async(words, connection=line, expires=EXPIRES, retry=False, confirm_timeout=ANSWERS_WITHIN)
        except (OperationalError, AMQPError, OSError) as fault:
            line.collect()
            told[0] = str(fault) or type(fault).__name__
        else:
            told[0] = ""
            line.release()

    thread = Thread(target=publish, name="broker", daemon=True)
    thread.start()
    thread.join(LONGEST)
    if thread.is_alive():
        SILENCE.until = monotonic() + REST
    return told[0]


def batched_keys(task: Task, at: datetime) -> Iterator[list[int]]:
    """The dealers that have something to do, a few at a time."""
    assert task.per_dealer is not None
    keys = list(task.per_dealer.whom(at))
    for start in range(0, len(keys), task.per_dealer.at_once):
        yield keys[start : start + task.per_dealer.at_once]


def is_first(task: Task, at: datetime) -> bool:
    """Take a step of the clock: True for one of all schedulers, whatever their clocks say."""
    step = datetime.fromtimestamp(at.timestamp() // task.every.total_seconds() * task.every.total_seconds(), at.tzinfo)
    if Tick.objects.filter(task=task.name, at__lt=step).update(at=step):
        return True
    _, is_new = Tick.objects.get_or_create(task=task.name, defaults={"at": step})
    return is_new


def work(threads: int) -> None:
    """Be a worker of the broker until Ctrl-C or SIGTERM; tasks in hand are finished first."""
    words = ["--quiet", "worker", "--pool=threads", f"--concurrency={threads}", "--without-gossip", "--without-mingle"]
    app.worker_main([*words, "--loglevel=WARNING"])
