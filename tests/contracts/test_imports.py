"""Imports look back along the pipe, never forward; and none hides inside a function."""

import ast
import re

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.contracts.rooms import DOORS, PACKAGE, PIPE, SOURCES


def test_every_import_contract_is_kept(monkeypatch):
    monkeypatch.chdir(PACKAGE.parent)
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS


def test_the_pipe_in_the_readme_names_every_room():
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file()}
    assert rooms <= {*PIPE, *DOORS}
    readme = (PACKAGE.parent / "README.md").read_text(encoding="utf-8")
    assert {room for room in rooms if not re.search(rf"\b{room}/", readme)} == set()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_import_hides_in_a_function(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    hidden = [
        inner.lineno for node in functions for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []
