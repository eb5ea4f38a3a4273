"""Workers that are killed at any instant: nothing is sent twice, nothing is lost, every doubt is shown."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import own_database

ROOT = Path(__file__).parents[2]
MESSAGES, KILLS = 120, 12


@pytest.mark.process
@pytest.mark.parametrize(("channel", "can_tell"), [("email", False), ("paper", True)])
def test_killed_workers_neither_double_nor_lose(channel, can_tell, tmp_path):
    url = own_database() if "RELANCE_DATABASE_URL" in os.environ else ""
    done = subprocess.run(
        [sys.executable, "-m", "tests.harness.one", channel, str(MESSAGES), str(KILLS), "1", "0.005"],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, timeout=300, check=True,
        env={**os.environ, "RELANCE_HOME": str(tmp_path / "home"), "RELANCE_DATABASE_URL": url},
    )  # fmt: skip
    outcome = json.loads(done.stdout)
    assert {name: outcome[name] for name in ("duplicates", "lost", "wrong")} == {"duplicates": 0, "lost": 0, "wrong": 0}
    assert outcome["kills"] >= KILLS
    assert outcome["listed"] == outcome["unsure"]
    assert outcome["sent"] + outcome["unsure"] == MESSAGES
    if can_tell:
        assert outcome["unsure"] == 0
