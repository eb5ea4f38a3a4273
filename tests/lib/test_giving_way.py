"""Work that nobody waits for stands behind the pages: each of its threads, and no thread of the pages."""

import os
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from relance.jobs.schedule import Task
from relance.jobs.worker import Clockwork
from relance.lib.database.giving_way import BEGAN, LAST, STEPS, give_way, stands_behind

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or BEGAN + STEPS > LAST,
    reason="no place behind us for a thread alone",
)
SAID = """
import os, sys, threading
from relance.jobs import command
def run(words):
    found = [os.getpriority(os.PRIO_PROCESS, 0)]
    inner = threading.Thread(target=lambda: found.append(os.getpriority(os.PRIO_PROCESS, 0)))
    inner.start()
    inner.join()
    sys.exit(f"{found}")
command.run = run
command.main()
"""


def in_thread(do):
    came = []
    thread = threading.Thread(target=lambda: came.append(do()))
    thread.start()
    thread.join()
    return came[0]


def test_a_thread_gives_way_and_leaves_the_others_where_they_are():
    def steps_back():
        give_way()
        give_way()
        return os.getpriority(os.PRIO_PROCESS, 0), stands_behind(), in_thread(stands_behind)

    assert in_thread(steps_back) == (BEGAN + STEPS, True, True)
    assert not stands_behind()


def test_the_clockwork_beside_the_pages_stands_behind_them():
    came = threading.Event()
    found = []

    def look(_at):
        found.append(stands_behind())
        came.set()

    clockwork = Clockwork([Task("look", timedelta(seconds=1), look)])
    clockwork.start()
    assert came.wait(20)
    clockwork.stop()
    assert found[0]


@pytest.mark.process
@pytest.mark.parametrize(
    ("name", "is_behind"),
    [("work", True), ("import", True), ("backup", True), ("serve", False), ("halt", False), ("why", False)],
)
def test_a_command_that_takes_its_time_stands_behind_and_one_that_somebody_waits_for_does_not(name, is_behind):
    done = subprocess.run([sys.executable, "-c", SAID, name], cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    steps = BEGAN + STEPS * is_behind
    assert done.stderr.strip() == str([steps, steps])
