"""How long a writer waits while a large SQLite database is backed up, beside how long he waits anyway (R53).

`python -m tests.storms.stall SECONDS FILE` prints JSON: the database of the environment is written to with small
commits, first alone, then while `relance backup FILE` runs, then while it is tried.
"""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).parents[2]
PAUSE = 0.02  # seconds between two commits


def commits(until: Callable[[], bool]) -> list[float]:
    """Small commits until it is enough; how long each took."""
    transaction = importlib.import_module("django.db").transaction
    ticks = importlib.import_module("relance.jobs.models").Tick.objects
    at, spent = importlib.import_module("relance.lib.clock").now(), []
    ticks.get_or_create(task="stall", defaults={"at": at})
    while not until():
        began = time.perf_counter()
        with transaction.atomic():
            ticks.filter(task="stall").update(at=at)
        spent.append(time.perf_counter() - began)
        time.sleep(PAUSE)
    return spent


def shown(spent: list[float], began: float) -> dict[str, float]:
    """How many there were, how long the slowest took, and how long it all took."""
    within = importlib.import_module("tests.storms.work_at_desk").within
    seconds = round(time.monotonic() - began, 1)
    return {"commits": len(spent), "half": within(spent, 0.5), "99": within(spent, 0.99), "slowest": within(spent, 1),
            "seconds": seconds}  # fmt: skip


def run(seconds: float, file: str) -> dict[str, Any]:
    """Alone, during a backup, during its trial."""
    importlib.import_module("relance.jobs.home").open_home()
    began = time.monotonic()
    found: dict[str, Any] = {"alone": shown(commits(lambda: time.monotonic() - began > seconds), began)}
    for name, words in (("backup", [file]), ("trial", ["--prove", file])):
        began = time.monotonic()
        command = [sys.executable, "-m", "relance", "backup", *words]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
            found[name] = shown(commits(lambda process=process: process.poll() is not None), began)  # type: ignore[misc]
            assert process.stderr is not None
            found[f"{name} says"] = process.stderr.read().splitlines()[0]
        found[f"{name} status"] = process.returncode
    place = importlib.import_module("django.conf").settings.DATABASES["default"]["NAME"]
    return {**found, "megabytes": round(Path(place).stat().st_size / 2**20), "load": os.getloadavg()[0]}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relance.settings")
    django.setup()
    sys.stdout.write(json.dumps(run(float(sys.argv[1]), sys.argv[2]), indent=1) + "\n")
