"""docs/coverage.md has every line of the five systems, and what it points to is there."""

import re

from relance.plan.shipped import entries
from tests.contracts.rooms import PACKAGE

ROOT = PACKAGE.parent
TEXT = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([A-Z]+-\d+) \| (yes|part|not yet|–) \| ?(.*?) ?\|$", re.MULTILINE)
SYSTEMS = {"SN": 38, "SD": 27, "PC": 51, "AM": 19, "KB": 53, "X": 18}


def test_every_line_is_answered_once():
    asked = [f"{system}-{number}" for system, last in SYSTEMS.items() for number in range(1, last + 1)]
    assert [line for line, _, _ in ROW.findall(TEXT)] == asked


def test_what_works_says_where():
    assert [line for line, state, where in ROW.findall(TEXT) if state != "–" and not where] == []


def test_files_are_there():
    named = re.findall(r"`((?:relance|tests|docs)/[\w/.-]+\.\w+)`", TEXT)
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_scenarios_are_there():
    numbers = set(re.findall(r"\bS (\d\d)", TEXT))
    there = {path.name[:2] for path in (ROOT / "tests" / "scenarios").iterdir()}
    assert numbers <= there


def test_library_entries_are_there():
    codes = {entry.code for entry in entries()}
    named = set(re.findall(r"\b((?:[CJLR]_[A-Z_0-9]+[A-Z0-9]|[VE]\d\d|P0\d)\b(?!\*))", TEXT)) - {"V01", "V02"}
    assert named - codes == set()
