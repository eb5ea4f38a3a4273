"""A day of everything at once on one SQLite database: people, an import, senders, backups (R52).

`python -m tests.storms.storm SECONDS PEOPLE SENDERS CUSTOMERS PAUSE` prints JSON. The server, every worker, import and
backup are the real commands, in processes of their own; mails go to a mail server of the harness.
"""

import importlib
import json
import multiprocessing
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).parents[2]
PASSWORD = "a long password of the storm"
READY_SECONDS = 120
WAITING = 1_000  # messages that are ready, at least
AT_ONCE = 50  # of them are brought: what only feeds the storm holds up nobody
ANSWERS_WITHIN = 0.03  # seconds at most until the mail server answers
IMPORTED = 2_000  # rows of each import: half of them changed
TROUBLE = re.compile(r"Traceback|locked|OperationalError|too long|failed")


class House:
    """The processes of one relance."""

    def __init__(self, home: Path, log: Path) -> None:
        self.home, self.log = home, log.open("ab", 0)
        self.environment = {**os.environ, "RELANCE_BACKUPS": "off"}
        self.port = 0
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, *words: object) -> subprocess.Popen[bytes]:
        """`relance …` in a process of its own, until the storm is over."""
        self.running.append(self._popen(*words))
        return self.running[-1]

    def run(self, *words: object) -> int:
        """`relance …` to its end."""
        return self._popen(*words).wait()

    def _popen(self, *words: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "relance", *map(str, words)]
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=self.log, stderr=self.log)

    def serve(self) -> None:
        """The pages, once they answer."""
        listen = importlib.import_module("relance.jobs.serve").listen
        with listen("127.0.0.1", 0) as free:
            self.port = free.getsockname()[1]
        self.start("serve", "--port", self.port)
        person = importlib.import_module("tests.storms.desk").Person(self.port, "", "")
        until = time.monotonic() + READY_SECONDS
        while not person.get("/sign-in/").status:
            if time.monotonic() > until:
                raise RuntimeError("the server does not answer")
            time.sleep(0.1)
        person.leave()

    def stop(self) -> None:
        """Politely, and for good."""
        for process in self.running:
            process.terminate()
        for process in self.running:
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()


@contextmanager
def again_and_again(do: Any, every: float) -> Iterator[list[Any]]:
    """Do it in a thread of its own until the block ends; what it came to each time."""
    came: list[Any] = []
    stopping = threading.Event()

    def run() -> None:
        while not stopping.is_set():
            came.append(do(len(came)))
            stopping.wait(every)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield came
    finally:
        stopping.set()
        thread.join()


def feed(folder: Path, number: int) -> Path:
    """The same people, of whom every second has moved since the last time."""
    folder.mkdir(exist_ok=True)
    lines = ["id,first_name,last_name,email,city"]
    lines += [
        f"C{n},Ann,Person {n},a{n}@b.example,{'Laval' if (n + number) % 2 else 'Montréal'}" for n in range(IMPORTED)
    ]
    (folder / "customers.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def people(dealer: Any, number: int) -> list[str]:
    """The addresses of so many users of the dealer, all with one password."""
    models = importlib.import_module("relance.dealers.models")
    hashed = importlib.import_module("django.contrib.auth.hashers").make_password(PASSWORD)
    at = importlib.import_module("relance.lib.clock").now()
    emails = [f"person{n}@storm.example" for n in range(number)]
    for email in emails:
        user = models.User.objects.create(email=email, name=email.partition("@")[0], created_at=at, password=hashed)
        models.Membership.objects.create(dealer=dealer, user=user, role="crm_manager")
    return emails


class Storm:
    """One storm in the (empty) home of this process: a dealer with people at the desk, one whose mails leave."""

    def __init__(self, number: int, customers: int, pause: float) -> None:
        self.at_desk, self.desk = (importlib.import_module(f"tests.storms.{name}") for name in ("work_at_desk", "desk"))
        self.world, self.ordeal = (importlib.import_module(f"tests.harness.{name}") for name in ("world", "ordeal"))
        self.home = importlib.import_module("django.conf").settings.HOME
        self.house, self.pause, self.filled = House(self.home, self.home / "log"), pause, max(IMPORTED, WAITING)
        if self.house.run("demo", "--customers", customers, "--lived", 1, "--no-serve"):
            raise RuntimeError(f"no dealership: {self.said()}")
        self.north = importlib.import_module("relance.dealers.models").Dealer.objects.get()
        self.south = self.world.fill("email", self.filled, self.ordeal.now(), slug="south")
        self.messages = importlib.import_module("relance.outbox.models").Message.objects.of(self.south)
        self.emails = people(self.north, number)

    def said(self) -> str:
        """By every process."""
        return str((self.home / "log").read_text())

    def people_at_desks(self) -> list[Any]:
        """Everybody, signed in."""
        customers = importlib.import_module("relance.facts.models").Customer.objects.of(self.north)
        tasks = importlib.import_module("relance.outbox.models").Task.objects.of(self.north).filter(state="open")
        refs, keys = list(customers.values_list("ref", flat=True)[:500]), [str(task.key) for task in tasks]
        home = f"/d/{self.north.slug}/"
        everybody = [self.desk.Person(self.house.port, email, PASSWORD, home) for email in self.emails]
        workers = [self.at_desk.Worker(person, refs, keys, self.pause) for person in everybody]
        for worker in workers:
            worker.sign_in()
        return workers

    @contextmanager
    def filling(self) -> Iterator[None]:
        """There is always something to send: brought by a process of its own, which holds up no person's thread."""
        importlib.import_module("django.db").connections.close_all()
        filler = multiprocessing.get_context("fork").Process(target=self._fill)
        filler.start()
        try:
            yield
        finally:
            filler.kill()
            filler.join()

    def _fill(self) -> None:
        importlib.import_module("relance.jobs.worker").give_way()
        while True:
            if self.messages.filter(state="ready").count() < WAITING:
                for _ in range(WAITING // AT_ONCE):
                    self.world.more(self.south, range(self.filled, self.filled + AT_ONCE))
                    self.filled += AT_ONCE
            time.sleep(0.5)

    def take_in(self, turn: int) -> int:
        """A feed."""
        return self.house.run("import", "south", feed(self.home / "feed", turn))

    def back_up(self, turn: int) -> int:
        """A backup; the one before it goes, the newest is tried by the clockwork."""
        status = self.house.run("backup", self.home / f"backup-{turn}.db")
        (self.home / f"backup-{turn - 1}.db").unlink(missing_ok=True)
        return status


def run(seconds: float, number: int, senders: int, customers: int, pause: float) -> dict[str, Any]:
    """Everything at once for so long, and what came of it."""
    storm = Storm(number, customers, pause)
    house, ordeal, loads = storm.house, storm.ordeal, list[float]()
    with ordeal.provider("smtp", storm.home / "accepted", 0, ANSWERS_WITHIN) as port:
        ordeal.keep_sender(storm.south, "email", ordeal.sender("email", port), at=ordeal.now())
        try:
            house.serve()
            workers = storm.people_at_desks()
            for _ in range(senders):
                house.start("work")
            with (
                storm.filling(),
                again_and_again(storm.take_in, 1) as imports,
                again_and_again(storm.back_up, 1) as backups,
                again_and_again(lambda _: loads.append(os.getloadavg()[0]), 10),
            ):
                storm.at_desk.work(workers, seconds)
        finally:
            house.stop()
    taken = Counter(ordeal.accepted(storm.home / "accepted"))
    return {
        **figures(storm.at_desk, [one for worker in workers for one in worker.done]),
        "imports": len(imports), "imports failed": sum(map(bool, imports)),
        "backups": len(backups), "backups failed": sum(map(bool, backups)),
        "mails": sum(taken.values()), "mails twice": sum(times > 1 for times in taken.values()),
        "trouble": [line for line in storm.said().splitlines() if TROUBLE.search(line)][:20],
        "megabytes": round((storm.home / "relance.db").stat().st_size / 2**20, 1),
        "load": max(loads, default=0.0),
    }  # fmt: skip


def figures(at_desk: Any, done: Sequence[Any]) -> dict[str, Any]:
    """What the people met."""
    faults = Counter(f"{one.what}: {one.answer.status} {one.answer.body[:200]}" for one in done if one.is_fault)
    spent = {
        name: [one.answer.seconds for one in done if one.changes == changes and one.what != "sign in"]
        for name, changes in (("reads", False), ("writes", True))
    }
    return {
        "faults": dict(faults),
        "sign-ins, slowest": at_desk.within([one.answer.seconds for one in done if one.what == "sign in"], 1),
        **{name: len(times) for name, times in spent.items()},
        **{
            f"{name}, {share}": at_desk.within(times, part)
            for name, times in spent.items()
            for share, part in (("half", 0.5), ("95", 0.95), ("99", 0.99), ("slowest", 1.0))
        },
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relance.settings")
    os.environ.setdefault("RELANCE_PRIVATE_HOSTS", "127.0.0.1")
    django.setup()
    wanted = sys.argv[1:]
    counts = [int(word) for word in wanted[1:4]]
    came = run(float(wanted[0]), counts[0], counts[1], counts[2], float(wanted[4]))
    sys.stdout.write(json.dumps(came, ensure_ascii=False, indent=1) + "\n")
