"""The habits of the house that a machine can see: opening sentences, sizes, names, nothing left undone."""

import ast
import re

import pytest

from tests.contracts.rooms import PACKAGE, SOURCES, TESTS

FILE_LINES, FUNCTION_LINES, CLASS_LINES, FOLDER_ENTRIES = 400, 60, 200, 16
FORBIDDEN = {
    "utils", "util", "helpers", "helper", "common", "core", "base", "manager", "managers", "handler", "handlers",
    "service", "services", "misc", "extras", "v2",
}  # fmt: skip
FORBIDDEN_IN_CLASSES = ("Utils", "Helper", "Common", "Core", "Manager", "Handler", "Service", "Misc")
TEMPLATES = sorted((PACKAGE / "web" / "templates").rglob("*.html"))
TEMPLATE_LINE = 185
WRITTEN = re.compile(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}|\"[^\"]*\"|'[^']*'")
UNDONE = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
ROOT = PACKAGE.parent


def shown(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_a_file_opens_with_one_sentence(path):
    opening = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert opening
    assert opening.splitlines()[0].rstrip().endswith((".", ":", ",", ";", "?")) or len(opening.splitlines()) > 1


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=shown)
def test_files_functions_and_classes_stay_small(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= FILE_LINES
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            limit = CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES
            assert (node.end_lineno or 0) - node.lineno < limit, node.name


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_names_are_the_trades_words(path):
    assert path.stem not in FORBIDDEN
    classes = [node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ClassDef)]
    assert [name for name in classes if name.endswith(FORBIDDEN_IN_CLASSES)] == []


@pytest.mark.parametrize("path", [*SOURCES, *TESTS], ids=shown)
def test_nothing_is_marked_as_undone(path):
    assert UNDONE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_templates_have_lines_that_can_be_read(path):
    """What is quoted or translated stands on one line, however long; inline text cannot be broken without a blank."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(WRITTEN.sub("", line)) > TEMPLATE_LINE] == []


def test_folders_stay_small():
    folders = {path.parent for path in SOURCES}
    sizes = {
        shown(folder): len([p for p in folder.iterdir() if not p.name.startswith("__") and p.name != "migrations"])
        for folder in folders
    }
    assert {folder: size for folder, size in sizes.items() if size > FOLDER_ENTRIES} == {}


@pytest.mark.parametrize("room", sorted(path.parent for path in PACKAGE.glob("*/__init__.py")), ids=shown)
def test_a_room_says_what_it_does(room):
    text = (room / "__init__.py").read_text(encoding="utf-8")
    assert text.startswith(f'"""{room.name.upper()}')
    for part in ("Comes in:", "Goes out:", "May look at:", "Must never:"):
        assert part in text


def test_the_time_is_read_in_one_place():
    reads = re.compile(r"\b(datetime\.now|datetime\.utcnow|date\.today|timezone\.now|time\.time)\(")
    assert [shown(p) for p in SOURCES if reads.search(p.read_text("utf-8"))] == ["relance/lib/clock.py"]
