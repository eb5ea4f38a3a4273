"""Workers that are killed, frozen, or all there at once: nothing is sent twice or lost, every doubt is shown."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import own_database
from tests.harness.faults import IN_DOUBT

ROOT = Path(__file__).parents[2]
MESSAGES, KILLS = 120, 12


def harness(home: Path, module: str, *words: object, patience: float = 300) -> dict[str, Any]:
    """What one run in a process and a home of its own came to."""
    home.mkdir()
    url = own_database() if "RELANCE_DATABASE_URL" in os.environ else ""
    done = subprocess.run(
        [sys.executable, "-m", f"tests.{module}", *map(str, words)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, timeout=patience, check=True,
        env={**os.environ, "RELANCE_HOME": str(home), "RELANCE_DATABASE_URL": url},
    )  # fmt: skip
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def is_clean(outcome: dict[str, Any]) -> bool:
    faults = {name: outcome[name] for name in ("duplicates", "lost", "wrong")}
    assert faults == {"duplicates": 0, "lost": 0, "wrong": 0}
    assert outcome["listed"] == outcome["unsure"]
    assert outcome["most"] <= IN_DOUBT
    return bool(outcome["sent"] + outcome["unsure"] == outcome["messages"])


@pytest.mark.process
@pytest.mark.parametrize(("channel", "can_tell"), [("sms", True), ("email", False), ("paper", True)])
def test_killed_workers_neither_double_nor_lose(channel, can_tell, tmp_path):
    outcome = harness(tmp_path / "home", "harness.one", channel, MESSAGES, KILLS, 1, 0.005, 0)
    assert is_clean(outcome) and outcome["kills"] >= KILLS
    if can_tell:
        assert outcome["unsure"] == 0


@pytest.mark.process
def test_a_worker_that_was_frozen_longer_than_its_lease_sends_nothing_twice(tmp_path):
    outcome = harness(tmp_path / "home", "harness.one", "email", MESSAGES, 3, 1, 0.02, 1)
    assert is_clean(outcome) and outcome["frozen"] >= 1


@pytest.mark.process
def test_ten_planners_and_deliverers_at_the_same_second_are_one(tmp_path):
    """Their clocks are five minutes apart, too. `ROUNDS=100` makes it long."""
    rounds = int(os.environ.get("ROUNDS", "3"))
    came = harness(tmp_path / "home", "harness.together", rounds, 10)
    assert came == {
        "planned": rounds * 20, "sent": rounds * 20, "expected": rounds * 20, "accepted": rounds * 20,
        "most to one": rounds, "faults": 0,
    }  # fmt: skip
