"""Turns a pytest run into a house of its own: a temporary home, the chosen database, no network, before Django loads.

`pytest` runs on SQLite, `pytest --database=postgres` on a real PostgreSQL that is started for the session.
With xdist the first process starts it; the others find it in the environment, as do the processes that tests start.
Each process of xdist has a home of its own inside of the first one's.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import Server

DATABASE_URL = "RELANCE_DATABASE_URL"
LOOPBACK = ("127.", "::1", "localhost")


class House:
    """What the session made and takes away again; only the first process has one."""

    home: Path | None = None
    server: Server | None = None


HOUSE = House()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgres"], default="sqlite", help="the database to test on")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Before pytest-django reads the settings (a wrapper comes before every other plugin)."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        for name in [name for name in os.environ if name.startswith("RELANCE_")]:
            del os.environ[name]
        HOUSE.home = Path(tempfile.mkdtemp(prefix="relance-tests-"))
        os.environ["RELANCE_HOME"] = str(HOUSE.home)
        if early_config.known_args_namespace.database == "postgres":
            HOUSE.server = Server()
            os.environ[DATABASE_URL] = HOUSE.server.url("relance")
    else:  # two processes remember different things in their homes: the last backup, files that were sent
        own = Path(os.environ["RELANCE_HOME"]) / os.environ["PYTEST_XDIST_WORKER"]
        own.mkdir(exist_ok=True)
        os.environ["RELANCE_HOME"] = str(own)
    close_the_network()
    return (yield)


def pytest_unconfigure() -> None:
    if HOUSE.server is not None:
        HOUSE.server.stop()
    if HOUSE.home is not None:
        shutil.rmtree(HOUSE.home, ignore_errors=True)


def close_the_network() -> None:
    """Sockets lead to this machine only: a test that needs the network fails, here as on a machine without one."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(family: int, address: Any) -> None:
        if family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise OSError(f"tests have no network: {address}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(self.family, address)
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *rest: Any, **options: Any) -> Any:
        if host:
            check(socket.AF_INET, (host.decode() if isinstance(host, bytes) else host,))
        return look_up(host, *rest, **options)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign, assignment]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[method-assign, assignment]
    socket.getaddrinfo = guarded_look_up
