"""Every run of the harness: channels × databases × seeds; the last line is the sum. `make crash` calls it."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import postgres
from tests.harness.faults import IN_DOUBT

CHANNELS = ("sms", "email", "paper")
DATABASES = ("sqlite", "postgres")
FAULTS = ("duplicates", "lost", "wrong")
ROOT = Path(__file__).parents[2]


def main() -> int:
    """0 when nothing doubled, nothing was lost, and every doubt is listed."""
    asked = arguments()
    outcomes = []
    with databases(asked.databases) as urls:
        for database in asked.databases:
            for channel in asked.channels:
                for seed in range(asked.seed, asked.seed + asked.seeds):
                    outcomes.append(one(channel, asked, seed, urls[database]))
                    say(outcomes[-1])
    total = {name: sum(o[name] for o in outcomes) for name in (*FAULTS, "unsure", "listed")}
    killed, frozen = (sum(o[name] for o in outcomes) for name in ("kills", "frozen"))
    sys.stdout.write(f"{killed} kills, {points(outcomes)}; {frozen} frozen longer than their lease\n")
    by_death, most = sum(o["by_death"] for o in outcomes), max(o["most"] for o in outcomes)
    sys.stdout.write(f"unsure by a death {by_death}, by a lost answer {total['unsure'] - by_death}; ")
    sys.stdout.write(f"one death left {most} at most, promised {IN_DOUBT}\n")
    good = not any(total[name] for name in FAULTS) and total["unsure"] == total["listed"] and most <= IN_DOUBT
    if not good:
        sys.stdout.write(f"wrong states {total['wrong']}, unsure and not listed {total['unsure'] - total['listed']}\n")
    sys.stdout.write(f"duplicates {total['duplicates']}, lost {total['lost']}, unsure {total['unsure']}\n")
    return 0 if good else 1


def arguments() -> argparse.Namespace:
    """How many of what."""
    parser = argparse.ArgumentParser(prog="python -m tests.harness")
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1, help="the first of them")
    parser.add_argument("--seeds", type=int, default=1, help="how many runs of each kind")
    parser.add_argument("--wait", type=float, default=0.01, help="seconds at most until a provider answers")
    parser.add_argument("--freezes", type=float, default=0.1, help="the share that is frozen instead of killed")
    parser.add_argument("--channels", type=lambda text: text.split(","), default=CHANNELS)
    parser.add_argument("--databases", type=lambda text: text.split(","), default=DATABASES)
    return parser.parse_args()


@contextmanager
def databases(wanted: list[str]) -> Iterator[dict[str, str]]:
    """The address of an empty database of each kind; SQLite's is in each run's own home."""
    if "postgres" not in wanted:
        yield {"sqlite": ""}
        return
    server = postgres.Server()
    try:
        yield {"sqlite": "", "postgres": server.url("crash")}
    finally:
        server.stop()


def one(channel: str, asked: argparse.Namespace, seed: int, url: str) -> dict[str, Any]:
    """One run in a process and a home of its own."""
    if url:
        postgres.empty(url)
    with tempfile.TemporaryDirectory(prefix="relance-crash-") as home:
        words = [channel, asked.messages, asked.kills, seed, asked.wait, asked.freezes]
        done = subprocess.run(
            [sys.executable, "-m", "tests.harness.one", *map(str, words)],
            stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True,
            env={**os.environ, "RELANCE_HOME": home, "RELANCE_DATABASE_URL": url},
        )  # fmt: skip
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def say(outcome: dict[str, Any]) -> None:
    """One line for one run."""
    shown = (
        "channel",
        "database",
        "seed",
        "messages",
        "kills",
        "sent",
        "duplicates",
        "lost",
        "unsure",
        "most",
        "seconds",
    )
    sys.stdout.write(", ".join(f"{name} {outcome[name]}" for name in shown) + "\n")
    sys.stdout.flush()


def points(outcomes: list[dict[str, Any]]) -> str:
    """How many died by themselves at each named point."""
    names = sorted({name for o in outcomes for name in o["points"]})
    return "at named points: " + ", ".join(
        f"{name} {sum(o['points'].get(name, 0) for o in outcomes)}" for name in names
    )


if __name__ == "__main__":
    sys.exit(main())
