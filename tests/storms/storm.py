"""A day of everything at once on one SQLite database: people, an import, senders, backups (R52).

`python -m tests.storms.storm SECONDS PEOPLE SENDERS CUSTOMERS PAUSE` prints JSON. The server, every worker, import and
backup are the real commands, in processes of their own; mails go to a mail server of the harness.
"""

import importlib
import json
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
ANSWERS_WITHIN = 0.03  # seconds at most until the mail server answers
IMPORTED = 2_000  # rows of each import: half of them changed
TROUBLE = re.compile(r"Traceback|database is locked|OperationalError|cannot be|failed", re.IGNORECASE)


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
        self.log.close()


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


def run(seconds: float, number: int, senders: int, customers: int, pause: float) -> dict[str, Any]:
    """One storm in the (empty) home of this process."""
    at_desk, desk = (importlib.import_module(f"tests.storms.{name}") for name in ("work_at_desk", "desk"))
    world, ordeal = (importlib.import_module(f"tests.harness.{name}") for name in ("world", "ordeal"))
    settings = importlib.import_module("django.conf").settings
    facts, outbox = (importlib.import_module(f"relance.{room}.models") for room in ("facts", "outbox"))
    house, ledger = House(settings.HOME, settings.HOME / "log"), settings.HOME / "accepted"
    if house.run("demo", "--customers", customers, "--lived", 1, "--no-serve"):
        raise RuntimeError(f"no dealership: {(settings.HOME / 'log').read_text()}")
    north = importlib.import_module("relance.dealers.models").Dealer.objects.get()
    south = world.fill("email", max(IMPORTED, WAITING), ordeal.now(), slug="south")
    emails = people(north, number)
    refs = list(facts.Customer.objects.of(north).values_list("ref", flat=True)[:500])
    tasks = [str(key) for key in outbox.Task.objects.of(north).filter(state="open").values_list("key", flat=True)]
    filled = [max(IMPORTED, WAITING)]

    def fill(_: int) -> None:
        ready = outbox.Message.objects.of(south).filter(state="ready").count()
        if ready < WAITING:
            world.more(south, range(filled[0], filled[0] + WAITING))
            filled[0] += WAITING
        importlib.import_module("django.db").connections.close_all()

    def take_in(turn: int) -> int:
        return house.run("import", "south", feed(settings.HOME / "feed", turn))

    def back_up(turn: int) -> int:
        status = house.run("backup", settings.HOME / f"backup-{turn}.db")
        (settings.HOME / f"backup-{turn - 1}.db").unlink(missing_ok=True)  # the newest is tried by the clockwork
        return status

    try:
        with ordeal.provider("smtp", ledger, 0, ANSWERS_WITHIN) as port:
            ordeal.keep_sender(south, "email", ordeal.sender("email", port), at=ordeal.now())
            house.serve()
            everybody = [desk.Person(house.port, email, PASSWORD, f"/d/{north.slug}/") for email in emails]
            workers = [at_desk.Worker(person, refs, tasks, pause) for person in everybody]
            for worker in workers:
                worker.sign_in()
            for _ in range(senders):
                house.start("work")
            loads: list[float] = []
            with (
                again_and_again(fill, 0.5),
                again_and_again(take_in, 1) as imports,
                again_and_again(back_up, 1) as backups,
                again_and_again(lambda _: loads.append(os.getloadavg()[0]), 10),
            ):
                at_desk.work(workers, seconds)
    finally:
        house.stop()
    done = [one for worker in workers for one in worker.done]
    taken = Counter(ordeal.accepted(ledger))
    return {
        **figures(at_desk, done),
        "imports": len(imports), "imports failed": sum(map(bool, imports)),
        "backups": len(backups), "backups failed": sum(map(bool, backups)),
        "mails": sum(taken.values()), "mails twice": sum(times > 1 for times in taken.values()),
        "trouble": [line for line in (settings.HOME / "log").read_text().splitlines() if TROUBLE.search(line)][:20],
        "megabytes": round((settings.HOME / "relance.db").stat().st_size / 2**20, 1),
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
