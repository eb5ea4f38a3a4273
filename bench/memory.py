"""What planning jobs take of memory: each in a process of its own, the most that it ever had, as the system counts it.

Counted is what is resident, pages of the database file that it maps (up to 64 MB) included; beside it what is its own.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.data import database
from bench.table import Row

JOBS = ("a day of the library, planned", "live count, worst composite", "forecast of two weeks, whole library")


def rows(customers: int) -> Iterator[Row]:
    """A row per job."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "RELANCE_HOME": folder,
            "DJANGO_SETTINGS_MODULE": "relance.settings",
            "RELANCE_DATABASE_URL": f"sqlite:///{database(customers)}",
        }
        for number, name in enumerate(JOBS):
            words = [sys.executable, "-m", "bench.memory_job", str(number)]
            done = subprocess.run(
                words, env=environment, cwd=Path(__file__).parent.parent, check=True, capture_output=True, text=True
            )
            most, own, size = done.stdout.splitlines()[-1].split("|")
            yield Row(f"memory: {name}", size, float(most), "MB", goal="< 300 MB", limit=f"{own} MB are its own")
