"""Kills the server while people change things: what was answered is there afterwards (R51).

`python -m tests.storms.acknowledged KILLS PEOPLE SEED` prints JSON. The pages run in a process of their own, which is
killed by SIGKILL at any instant and begun anew on the same socket; the people are a process, too, and write down what
they were told. SQLite looks at every page of itself at the end, and now and then.
"""

import importlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import django

from tests.storms.storm import PASSWORD

LIVES = (0.02, 0.4)  # seconds between the first answer of a server and its death
LOOKED_AT = 25  # kills between two looks at every page
CUSTOMERS = 40
DEALER = "north"


class Server:
    """The pages on one socket, in a process that dies and comes again."""

    def __init__(self, log: Path) -> None:
        self.log, self.pid, self.not_its_own = log, 0, -1
        self.listening = importlib.import_module("relance.jobs.serve").listen("127.0.0.1", 0)

    def start(self) -> None:
        """Fork it."""
        importlib.import_module("django.db").connections.close_all()  # a child must not share them
        self.pid = os.fork()
        if not self.pid:
            try:
                if self.not_its_own >= 0:
                    os.close(self.not_its_own)  # or the people would never hear that it is over
                with self.log.open("ab", 0) as file:
                    os.dup2(file.fileno(), sys.stderr.fileno())
                    os.dup2(file.fileno(), sys.stdout.fileno())
                importlib.import_module("relance.jobs.serve").serve(self.listening, [], ready=lambda: None)
            finally:
                os._exit(1)

    def kill(self) -> None:
        """In the middle of whatever it does."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def run(kills: int, people: int, seed: int) -> dict[str, Any]:
    """So many deaths in the (empty) home of this process."""
    settings = importlib.import_module("django.conf").settings
    builders, storm = (importlib.import_module(f"tests.{name}") for name in ("builders", "storms.storm"))
    holds = importlib.import_module("relance.outbox.models").HoldBack
    audit = importlib.import_module("relance.dealers.audit")
    importlib.import_module("django.core.management").call_command("migrate", verbosity=0)
    dealer = builders.a_dealer(DEALER)
    for number in range(CUSTOMERS):
        builders.a_customer(dealer, ref=f"C{number}")
    emails, told = storm.people(dealer, people), settings.HOME / "told"
    warm_up(emails[0])
    luck, server, looks = random.Random(seed), Server(settings.HOME / "log"), 0
    port, began = server.listening.getsockname()[1], time.monotonic()
    words = [sys.executable, "-m", "tests.storms.acknowledged", "people", port, told, *emails]
    with subprocess.Popen(list(map(str, words)), stdin=subprocess.PIPE) as everybody:
        assert everybody.stdin is not None
        server.not_its_own = everybody.stdin.fileno()
        server.start()
        try:
            for number in range(1, kills + 1):
                await_news(told, everybody)
                time.sleep(luck.uniform(*LIVES))
                server.kill()
                if number % LOOKED_AT == 0 or number == kills:
                    looks += 1
                    assert integrity() == "ok"
                server.start()
            await_news(told, everybody)
        finally:
            everybody.stdin.close()  # they finish what they have begun
            everybody.wait(60)
            server.kill()
    answered = told.read_text(encoding="utf-8").split()
    kept = set(holds.objects.of(dealer).values_list("why", flat=True))
    return {
        "kills": kills, "answered": len(answered), "kept": len(kept), "lost": len(set(answered) - kept),
        "looks at every page": looks, "integrity": integrity(), "audit log": [str(f) for f in audit.faults(dealer)],
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip


def warm_up(email: str) -> None:
    """Everything is loaded once, in this process: those that are forked begin at once."""
    client = importlib.import_module("django.test").Client()
    user = importlib.import_module("relance.dealers.models").User.objects.get(email=email)
    client.force_login(user)
    answer = client.post(f"/d/{DEALER}/customers/hold-back/C0/", {"why": "before"})
    assert answer.status_code == 302


def await_news(told: Path, everybody: "subprocess.Popen[bytes]") -> None:
    """Until somebody was answered since the last time: a server that dies before it has begun proves little."""
    size = told.stat().st_size if told.exists() else 0
    ends = time.monotonic() + 120
    while not told.exists() or told.stat().st_size == size:
        if everybody.poll() is not None or time.monotonic() > ends:
            raise RuntimeError("nobody is answered any more")
        time.sleep(0.01)


def integrity() -> str:
    """What SQLite finds in every page and index, beside whatever goes on."""
    path = importlib.import_module("django.conf").settings.DATABASES["default"]["NAME"]
    with closing(sqlite3.connect(path)) as database:
        return str(database.execute("PRAGMA integrity_check").fetchone()[0])


def everybody(port: int, told: Path, emails: list[str]) -> None:
    """Change one thing after the other until the input ends; each that was answered is written down at once."""
    desk = importlib.import_module("tests.storms.desk")
    file = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    stopping = threading.Event()

    def until_it_works(do: Callable[[], Any]) -> None:
        while not do().is_taken and not stopping.is_set():
            time.sleep(0.05)

    def change(email: str) -> None:
        person, number = desk.Person(port, email, PASSWORD), 0
        person.home = f"/d/{DEALER}/"
        until_it_works(person.sign_in)
        while not stopping.is_set():
            number += 1
            why = f"{email}:{number}"
            answer = person.post(f"customers/hold-back/C{number % CUSTOMERS}/", {"why": why})
            if answer.is_taken:
                os.write(file, f"{why}\n".encode())
            elif answer.status:
                sys.stderr.write(f"{answer.status} {answer.where} {answer.body[:300]}\n")

    threads = [threading.Thread(target=change, args=(email,)) for email in emails]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    stopping.set()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    if sys.argv[1] == "people":
        everybody(int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
    else:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relance.settings")
        django.setup()
        sys.stdout.write(json.dumps(run(*map(int, sys.argv[1:]))) + "\n")
