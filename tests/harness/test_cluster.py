"""A real broker, two schedulers, several workers that are killed and frozen, a broker that goes down: nothing twice."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import own_database
from tests.harness.broker import Broker, is_there

ROOT = Path(__file__).parents[2]
MESSAGES, KILLS = 150, 4
pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(not is_there(), reason="no RabbitMQ: sudo apt-get install -y rabbitmq-server"),
]


@pytest.fixture
def broker() -> Iterator[Broker]:
    made = Broker()
    yield made
    made.stop()


def test_a_cluster_sends_everything_once_whatever_goes_down(broker, tmp_path):
    home = tmp_path / "home"
    words = ["sms", MESSAGES, KILLS, 1, 0.05, 0.5]
    url = own_database() if "RELANCE_DATABASE_URL" in os.environ else ""
    here = {"RELANCE_HOME": str(home), "RELANCE_DATABASE_URL": url, "RELANCE_BROKER_URL": broker.url}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.harness.one", *map(str, words)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, **here},
    ) as running:  # fmt: skip
        while running.poll() is None and not (home / "half").exists():
            time.sleep(0.05)
        broker.halt()
        broker.start()
        said, _ = running.communicate(timeout=240)
    came: dict[str, Any] = json.loads(said)
    assert {name: came[name] for name in ("duplicates", "lost", "wrong", "unsure")} == {
        "duplicates": 0, "lost": 0, "wrong": 0, "unsure": 0,
    }  # fmt: skip
    assert came["sent"] == MESSAGES
    assert came["frozen"] + came["kills"] >= KILLS
