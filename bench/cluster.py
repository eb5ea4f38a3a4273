"""A cluster measured and reckoned: workers beside each other on PostgreSQL, and a day of a thousand dealers.

`python -m bench.run cluster` measures; `python -m bench.cluster` prints the reckoning of docs/cluster.md.
"""

import os
import random
import struct
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass

import django

from bench.table import Row

WORKERS = (1, 2, 4)
TURNS = 2  # each number of workers so often, one after the other; the best counts
DEALERS, MESSAGES = 8, 250
KEY = struct.Struct("q")


def rows(customers: int) -> Iterator[Row]:
    """E-mail of several dealers, handed over by one, two and four workers; the bound is one worker."""
    from bench.delivery import server as started
    from tests.postgres import Server, empty

    server = Server()
    try:
        best = dict.fromkeys(WORKERS, 0.0)
        for workers in WORKERS * TURNS:
            empty(server.url("bench"))
            with tempfile.TemporaryDirectory() as home, started("sink") as port:
                best[workers] = max(best[workers], _in_a_process(home, server.url("bench"), port, workers))
        for workers, rate in best.items():
            yield Row(
                f"e-mail of {DEALERS} dealers, {workers} workers", f"{DEALERS * MESSAGES:,} messages", rate, "/s",
                best[WORKERS[0]], "grows with cores", f"{os.cpu_count()} cores for workers, database and mail server",
            )  # fmt: skip
    finally:
        server.stop()


def _in_a_process(home: str, url: str, port: int, workers: int) -> float:
    """The rate, from a fork of its own: Django is set up for one database only."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.environ |= {
            "RELANCE_HOME": home,
            "RELANCE_DATABASE_URL": url,
            "RELANCE_SMTP_URL": f"smtp://127.0.0.1:{port}?tls=none",
            "DJANGO_SETTINGS_MODULE": "relance.settings",
        }
        django.setup()
        os.write(write, struct.pack("d", _rate(workers)))
        os._exit(0)
    os.close(write)
    (rate,) = struct.unpack("d", os.read(read, 8))
    os.waitpid(pid, 0)
    return float(rate)


def _rate(workers: int) -> float:
    from django.core.management import call_command
    from django.db import connections

    from relance.dealers.models import Dealer
    from relance.jobs.schedule import deliver_one
    from relance.lib.clock import now
    from relance.outbox.models import Message
    from tests.harness import world

    call_command("migrate", verbosity=0)
    dealers = [world.fill("email", MESSAGES, now(), slug=f"d{n}") for n in range(DEALERS)]
    connections.close_all()
    read, write = os.pipe()
    os.write(write, b"".join(KEY.pack(d.pk) for d in dealers))
    os.close(write)
    began = time.perf_counter()
    children = []
    for _ in range(workers):
        pid = os.fork()
        if not pid:  # takes dealers from the pipe as a worker takes them from a broker
            while key := os.read(read, KEY.size):
                deliver_one(Dealer.objects.get(pk=KEY.unpack(key)[0]), now())
            os._exit(0)
        children.append(pid)
    for pid in children:
        os.waitpid(pid, 0)
    spent = time.perf_counter() - began
    sent = Message.objects.across_dealers("a benchmark").filter(state="sent").count()
    if sent != DEALERS * MESSAGES:
        raise SystemExit(f"{sent} of {DEALERS * MESSAGES} were sent")
    return sent / spent


# The reckoning. Costs are those of bench/results.md, on one core of the machine named there.

PLANNED, MAILED, TEXTED = 1 / 7_140, 1 / 1_040, 1 / 1_400  # seconds of a core per message
TICK = 0.012  # seconds of a core per dealer and minute in which nobody is due
LIBRARY = 0.05  # seconds of a core per dealer for a day's questions over 100,000 customers
ZONES = (0, 0, 0, 60, 60, 120, 180, 180)  # minutes behind the east coast, as dealers are spread
MINUTES = 14 * 60  # from ten in the east


@dataclass
class House:
    """One dealer on one day, and what its ten o'clock runs make."""

    zone: int
    mails: int
    texts: int
    rate: float  # segments a second of its number


@dataclass(frozen=True)
class Day:
    """What came of a day."""

    cores: int
    busy: float  # share of the cores over the busiest hour
    mail: tuple[int, int]  # minutes until all of a dealer's ten o'clock mail has left: the median dealer, the last
    text: tuple[int, int]


def day(cores: int, *, rate: float, dealers: int = 1_000, seed: int = 1) -> Day:
    """Minute by minute: planning first, then every dealer's turn; a number never faster than its rate."""
    luck = random.Random(seed)
    houses = [
        House(luck.choice(ZONES), round(luck.gauss(1_300, 200)), round(luck.gauss(1_100, 200)), rate)
        for _ in range(dealers)
    ]
    mails, texts = [0.0] * dealers, [0.0] * dealers
    left_mail: list[int | None] = [None] * dealers
    left_text: list[int | None] = [None] * dealers
    work: list[float] = []
    for minute in range(MINUTES):
        room = cores * 60.0 - dealers * TICK
        for number, house in enumerate(houses):
            if house.zone == minute:
                mails[number], texts[number] = house.mails, house.texts
                room -= LIBRARY + (house.mails + house.texts) * PLANNED
        before = room
        waiting = [n for n in range(dealers) if mails[n] > 0 or texts[n] > 0]
        luck.shuffle(waiting)
        for place, number in enumerate(waiting):  # each its share of what is left, as turns give it
            share = max(0.0, room) / (len(waiting) - place)
            text = min(texts[number], houses[number].rate * 60 / 1.2, share / TEXTED)  # 1.2 segments each
            mail = min(mails[number], (share - text * TEXTED) / MAILED)
            texts[number] -= text
            mails[number] -= mail
            room -= text * TEXTED + mail * MAILED
            since = minute - houses[number].zone + 1
            if mails[number] < 1 and left_mail[number] is None:
                left_mail[number] = since
            if texts[number] < 1 and left_text[number] is None:
                left_text[number] = since
        work.append(1 - max(0.0, room) / (cores * 60.0) if before > 0 else 1.0)
    busiest = max(sum(work[m : m + 60]) / 60 for m in range(len(work) - 60))
    return Day(cores, busiest, _spread(left_mail), _spread(left_text))


def _spread(minutes: list[int | None]) -> tuple[int, int]:
    """The middle and the last; what never ended counts as the whole day."""
    ended = sorted(MINUTES if m is None else m for m in minutes)
    return ended[len(ended) // 2], ended[-1]


def main() -> None:
    """The table of docs/cluster.md."""
    print(
        "| cores | segments/s of a number | busiest hour | ten o'clock mail out: median, last | texts: median, last |"
    )
    print("|---|---|---|---|---|")
    for rate in (1.0, 10.0):
        for cores in (4, 8, 16, 32, 64):
            came = day(cores, rate=rate)
            print(
                f"| {cores} | {rate:g} | {came.busy:.0%} | {came.mail[0]} min, {came.mail[1]} min | "
                f"{came.text[0]} min, {came.text[1]} min |"
            )


if __name__ == "__main__":
    main()
