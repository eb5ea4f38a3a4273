"""One run of the harness: workers hand messages over and are killed all the while; then everything is counted."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from relance.delivery import crash_points
from relance.delivery.channel import Sending
from relance.delivery.claim import DIED
from relance.delivery.models import Attempt
from relance.delivery.senders import keep_sender
from relance.jobs import cluster
from relance.lib.clock import now
from relance.outbox.models import Message, Task
from tests.harness import worker, world
from tests.harness.faults import accepted

WORKERS = 4
CHANNELS = {"sms": "sms", "email": "email", "paper": "postcard"}
SLEEP = 1.5 * worker.LEASE.total_seconds()
AWAKE = "woken"  # stands in the place of a crash point
LOOK = 0.02  # seconds between two looks at the workers
PATIENCE = 7200.0  # seconds after which a run that does not come to its end is a failure


@dataclass
class Outcome:
    """What came of one run."""

    channel: str
    database: str
    seed: int
    messages: int
    kills: int = 0
    points: dict[str, int] = field(default_factory=dict)  # kills at each named crash point
    frozen: int = 0  # workers that slept longer than their lease and woke up
    duplicates: int = 0  # messages that the provider accepted more than once
    lost: int = 0  # messages that it never accepted, and that nobody is told of
    wrong: int = 0  # messages whose state contradicts the provider
    unsure: int = 0
    listed: int = 0  # of the unsure: those with a task for a person
    by_death: int = 0  # of the unsure: those that a dead or sleeping worker had in hand; the others' answers were lost
    most: int = 0  # of them: the most that one death or sleep left, never more than IN_DOUBT
    seconds: float = 0
    sent: int = 0


class Ordeal:
    """The workers of one run, and their deaths."""

    work = staticmethod(worker.clock)

    def __init__(self, outcome: Outcome, dealer: Any, log: Path) -> None:
        self.outcome, self.dealer, self.log, self.half = outcome, dealer, log, log.with_name("half")
        self.luck = random.Random(outcome.seed)
        self.alive: dict[int, str] = {}  # process id: the crash point at which it will die, or nothing
        self.asleep: dict[int, float] = {}  # process id: when it wakes up

    def start(self, *, dies: bool = True) -> None:
        """One more worker; every third dies by itself at a named point."""
        points = crash_points.POINTS + (crash_points.ON_PAPER if self.outcome.channel == "paper" else ())
        point = self.luck.choice(points) if dies and self.luck.random() < 1 / 3 else ""
        connections.close_all()  # a child must not share them
        self.alive[worker.start(point, self.log, self.work)] = point

    def bury(self) -> None:
        """Note who died at his point, and put another in his place."""
        for pid, point in list(self.alive.items()):
            if os.waitpid(pid, os.WNOHANG)[0]:
                del self.alive[pid]
                self.outcome.kills += 1
                self.outcome.points[point] = self.outcome.points.get(point, 0) + 1
                self.start()

    def kill(self) -> None:
        """Kill one worker wherever it is, and put another in its place."""
        pid = self.luck.choice(sorted(self.alive))
        self._end(pid)
        self.outcome.kills += 1
        self.start()

    def freeze(self) -> None:
        """Let one worker sleep longer than its lease, and put another in its place."""
        pid = self.luck.choice(sorted(self.alive))
        os.kill(pid, signal.SIGSTOP)
        del self.alive[pid]
        self.asleep[pid] = time.monotonic() + SLEEP
        self.start()

    def wake(self) -> None:
        """Let go on whoever has slept long enough; from then on he may be killed like the others."""
        for pid, until in list(self.asleep.items()):
            if time.monotonic() >= until:
                os.kill(pid, signal.SIGCONT)
                del self.asleep[pid]
                self._end(self.luck.choice(sorted(self.alive)))  # he who stood in for it
                self.alive[pid] = AWAKE
                self.outcome.frozen += 1

    def _end(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        del self.alive[pid]

    def run(self, kills: int, freezes: float) -> None:
        """Spread the kills over the work; afterwards let healthy workers bring it to its end."""
        for _ in range(WORKERS):
            self.start()
        messages, ends = self.outcome.messages, time.monotonic() + PATIENCE
        while self.outcome.kills + self.outcome.frozen + len(self.asleep) < kills and time.monotonic() < ends:
            time.sleep(LOOK)
            self.bury()
            self.wake()
            left = self._count("ready", "sending")
            if left <= messages / 2:
                self.half.touch()
            if messages - left >= messages * self.outcome.kills // kills:
                self.kill() if self.luck.random() >= freezes else self.freeze()
        while self.asleep:
            time.sleep(LOOK)
            self.wake()
        for pid in list(self.alive):
            self._end(pid)
        for _ in range(2):
            self.start(dies=False)
        while not self._is_over() and time.monotonic() < ends:
            time.sleep(0.2)
        for pid in list(self.alive):
            self._end(pid)

    def _count(self, *states: str) -> int:
        return Message.objects.of(self.dealer).filter(state__in=states).count()

    def _is_over(self) -> bool:
        if self._count("ready", "sending"):
            return False
        tasks = Task.objects.of(self.dealer).filter(kind="unsure", state="open").count()
        return self._count("unsure") == tasks


class Clustered(Ordeal):
    """The same with a broker: two schedulers at once hand out, workers of the broker are killed and frozen.

    Whoever started the broker starts it anew when the file `half` says that half of the work is done.
    """

    work = staticmethod(worker.of_the_broker)

    def run(self, kills: int, freezes: float) -> None:
        """Two schedulers for the whole of it."""
        connections.close_all()
        schedulers = [worker.start("", self.log, worker.clock) for _ in range(2)]
        super().run(kills, freezes)
        for pid in schedulers:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def count(outcome: Outcome, dealer: Any, taken: Counter[str]) -> None:
    """Compare what the provider accepted with what the rows say."""
    tasks = set(Task.objects.of(dealer).filter(kind="unsure", state="open").values_list("message", flat=True))
    for pk, address, key, state in Message.objects.of(dealer).values_list("pk", "address", "key", "state"):
        times = taken[str(key)] + taken[address or ""]
        outcome.duplicates += times > 1
        outcome.sent += state == "sent"
        outcome.unsure += state == "unsure"
        outcome.listed += state == "unsure" and pk in tasks
        outcome.lost += not times and state not in ("unsure", "failed")
        outcome.wrong += state == "failed" or (bool(times) and state not in ("sent", "unsure"))


def count_deaths(outcome: Outcome, dealer: Any) -> None:
    """What is unsure because its worker died or slept with it in hand: at once is what was taken within one lease.

    A worker has another name in each of its rounds. One that was frozen, or starved, has let its lease end, and may die
    with others in hand after that.
    """
    died = Attempt.objects.of(dealer).filter(answer=DIED, message__state="unsure")
    taken: dict[str, list[datetime]] = defaultdict(list)
    for owner, at in died.order_by("at").values_list("message__owner", "at"):
        taken[owner].append(at)
    for moments in taken.values():
        at_once = (sum(first <= at < first + worker.LEASE for at in moments) for first in moments)
        outcome.by_death, outcome.most = outcome.by_death + len(moments), max((outcome.most, *at_once))


def folder_ledger() -> Counter[str]:
    """What lies under sent/, by the message's key: of whole files alone, so a torn one would count as lost."""
    printed: Counter[str] = Counter()
    for path in (settings.HOME / "sent").rglob("*.json"):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if hashlib.sha256(path.with_suffix(".pdf").read_bytes()).hexdigest() == manifest["sha256"]:
            printed.update(line["key"] for line in manifest["messages"])
    return printed


@contextmanager
def provider(module: str, ledger: Path, seed: int, wait: float) -> Iterator[int]:
    """A fake provider as a process; its port."""
    words = [sys.executable, "-m", f"tests.harness.{module}", str(ledger), str(seed), str(wait)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def sender(channel: str, port: int) -> Sending:
    """How the dealer's channel is sent to the fake provider."""
    if channel == "email":
        return Sending("smtp", {"host": "127.0.0.1", "port": port, "tls": "none", "timeout": worker.TIMEOUT})
    if channel == "sms":
        account = {"account": "AC1", "service": "MG1", "url": f"http://127.0.0.1:{port}"}  # no rate of its own
        return Sending("twilio", {**account, "timeout": worker.TIMEOUT}, {"password": "a token"})
    return Sending("paper")


def run(channel: str, *, messages: int, kills: int, seed: int, wait: float, freezes: float) -> dict[str, Any]:
    """One run in the (empty) home of this process. `freezes`: the share that is frozen instead."""
    settings.HOME.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    worker.hurry()
    begin = time.monotonic()
    vendor = connections["default"].vendor
    outcome = Outcome(channel, vendor, seed, messages)
    dealer = world.fill(CHANNELS[channel], messages, now() - timedelta(seconds=1))
    ledger = settings.HOME / "accepted"
    with provider("twilio" if channel == "sms" else "smtp", ledger, seed, wait) as port:
        keep_sender(dealer, CHANNELS[channel], sender(channel, port), at=now())
        log = settings.HOME / "workers.log"
        ordeal = Clustered(outcome, dealer, log) if cluster.BROKER else Ordeal(outcome, dealer, log)
        ordeal.run(kills, freezes)
    count(outcome, dealer, folder_ledger() if channel == "paper" else Counter(accepted(ledger)))
    count_deaths(outcome, dealer)
    outcome.seconds = round(time.monotonic() - begin, 1)
    return asdict(outcome)
