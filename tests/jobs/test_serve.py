"""Pages and clockwork in one process: they start, answer, stop politely, and leave a port that is in use alone."""

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from typing import Any

import pytest

from relance.jobs.serve import listen
from relance.lib.errors import BadInput
from relance.plan.saying.links import server_url


@pytest.fixture(autouse=True)
def _environment_given_back(settings: Any) -> None:
    """Whoever listens changes the port that links name."""
    settings.ENVIRONMENT = settings.ENVIRONMENT


def free_port() -> int:
    with closing(listen("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def answer(url: str) -> int:
    """The status of a page, asked until the server is there."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=30) as page:
                return int(page.status)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")


def test_links_name_the_port_that_was_taken():
    with closing(listen("127.0.0.1", 0)) as listening:
        assert server_url() == f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_port_in_use_is_one_line():
    with closing(listen("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=f"port {port} on 127.0.0.1 is in use: .* --port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("port", [70_000, -1])
def test_a_port_that_is_none_is_one_line(port):
    with pytest.raises(BadInput, match=f"{port}"):
        listen("127.0.0.1", port)


def test_a_host_that_is_not_here_is_one_line():
    with pytest.raises(BadInput, match=r"192\.0\.2\.1.*--host"):
        listen("192.0.2.1", 8000)


@pytest.mark.process
@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_port_in_use_changes_nothing(process, command):
    with closing(listen("127.0.0.1", 0)) as taken:
        said = process(command, "--port", taken.getsockname()[1])
    assert (said.status, said.out) == (2, "")
    assert "is in use" in said.err and len(said.err.splitlines()) == 1
    assert not (process.home / "relance.db").exists()


@pytest.mark.process
@pytest.mark.parametrize(
    "words", [("demo", "--customers", "40", "--lived", "0"), ("serve",)], ids=lambda words: words[0]
)
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_stop(process, words, ending):
    port = free_port()
    running = subprocess.Popen(
        [sys.executable, "-m", "relance", *words, "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=process.environment,
    )
    try:
        assert answer(f"http://127.0.0.1:{port}/sign-in/") == 200
        running.send_signal(ending)
        said, _ = running.communicate(timeout=60)
    finally:
        running.kill()
    assert running.returncode == 0
    assert "topped" in said and "Traceback" not in said
    with closing(socket.socket()) as knock:
        assert knock.connect_ex(("127.0.0.1", port)) != 0
