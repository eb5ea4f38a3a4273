"""Turns what most tests need into fixtures: the database, the command line, a fresh home for a process."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import django
import pytest
from django.conf import settings

from relance.jobs import command
from tests import postgres

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests are left out where there is no Chromium; the last lines say so."""
    if CHROMIUM is None:
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium: sudo apt-get install -y chromium"))


def pytest_report_header(config: pytest.Config) -> str:
    return f"Django {django.__version__}, database: {config.getoption('database')}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite tests run on a file, as relance does, so that threads, locks and the journal are the real ones."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "only")
        database.setdefault("TEST", {})["NAME"] = str(Path(settings.HOME) / f"tests-{worker}.db")


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> None:
    """A real hash takes a third of a second, on purpose; hundreds of tests sign somebody in."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser; only tests marked `browser` may ask."""
    assert CHROMIUM is not None
    return CHROMIUM


@dataclass
class Answer:
    """What a command line said."""

    status: int
    out: str
    err: str


class Relance:
    """Runs `relance` in this process, on the test's database."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def __call__(self, *words: object) -> Answer:
        self.capsys.readouterr()
        status = command.run([str(word) for word in words])
        said = self.capsys.readouterr()
        return Answer(status, said.out, said.err)


@pytest.fixture
def relance(capsys: pytest.CaptureFixture[str]) -> Relance:
    """`relance("plan", "north", "--at", "…")` in this process; add the `db` fixture for commands that need rows."""
    return Relance(capsys)


class Process:
    """Runs `relance` as a process of its own, with its own home and its own database."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {**os.environ, "RELANCE_HOME": str(home)}
        if "RELANCE_DATABASE_URL" in os.environ:
            self.environment["RELANCE_DATABASE_URL"] = own_database()

    def __call__(self, *words: object, environ: Mapping[str, str] | None = None) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "relance", *map(str, words)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            env={**self.environment, **(environ or {})},
            cwd=self.home.parent,
        )
        return Answer(done.returncode, done.stdout, done.stderr)


def own_database() -> str:
    """The URL of a database of this test process alone, empty, beside the one that the tests in this process use."""
    head, mark, rest = os.environ["RELANCE_DATABASE_URL"].partition("?")
    url = f"{head}_process_{os.environ.get('PYTEST_XDIST_WORKER', 'only')}{mark}{rest}"
    postgres.empty(url)
    return url


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """`process("demo", "--customers", 50)` as a process of its own; mark such tests `process`."""
    yield Process(tmp_path / "home")
