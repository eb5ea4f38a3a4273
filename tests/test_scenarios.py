"""Every scenario passes: small feeds with, line by line, what must come out (scenarios/FORMAT.md)."""

import filecmp
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import own_database

HERE = Path(__file__).parent
SCENARIOS = HERE / "scenarios"
SHARED = HERE.parent.parent / "shared" / "scenarios"
LEFT_OUT = ("RELANCE_HOME", "PYTHONDONTWRITEBYTECODE")  # each command is a process: compile its modules once
NAMES = sorted(path.parent.name for path in SCENARIOS.glob("*/scenario.yaml"))


@pytest.mark.process
@pytest.mark.parametrize("name", NAMES)
def test_scenario_passes(name):
    python = shlex.quote(sys.executable)
    words = ["--relance", f"{python} -m relance", name]
    environment = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    if "RELANCE_DATABASE_URL" in environment:
        environment["RELANCE_DATABASE_URL"] = own_database()
        words = ["--reset-command", f"{python} {shlex.quote(str(HERE / 'postgres.py'))}", *words]
    done = subprocess.run(
        [sys.executable, SCENARIOS / "run", *words], capture_output=True, text=True, encoding="utf-8", env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not SHARED.is_dir(), reason="a clone has only its own copy of the scenarios")
def test_the_copy_of_the_scenarios_is_the_shared_one():
    def files(folder):
        return {
            str(path.relative_to(folder))
            for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    assert files(SCENARIOS) == files(SHARED)
    assert filecmp.cmpfiles(SCENARIOS, SHARED, files(SHARED), shallow=False)[1:] == ([], [])
