"""What is wrong is said in the reader's language: whatever the pages raise, or show from a room behind them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "relance"
SAID = ("BadInput", "ChannelDown", "Failure")
# Files behind the pages whose faults a page shows as they are.
SHOWN = (
    "dealers/invitations.py",
    "dealers/places.py",
    "dealers/staff.py",
    "delivery/senders/trial.py",
    "delivery/senders/ways.py",
    "lib/moments.py",
    "outbox/hold_back.py",
    "outbox/runs/personal.py",
    "plan/switching/groups.py",
    "plan/switching/moved_runs.py",
    "plan/switching/sketches.py",
    "plan/switching/switch.py",
)
OF_COMMANDS = frozenset({"--to", "--channel"})  # how a fault begins that names an option of the command line


def bare_faults(source: str) -> Iterator[int]:
    """The lines that raise a fault whose text does not go through gettext."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
            continue
        raised = node.exc
        if isinstance(raised.func, ast.Name) and raised.func.id in SAID and raised.args:
            text = raised.args[0]
            if isinstance(text, ast.Constant | ast.JoinedStr) and not names_an_option(text):
                yield node.lineno


def names_an_option(text: ast.Constant | ast.JoinedStr) -> bool:
    first = text.values[0] if isinstance(text, ast.JoinedStr) else text
    return isinstance(first, ast.Constant) and str(first.value).split(" ")[0] in OF_COMMANDS


@pytest.mark.parametrize("path", [*SHOWN, *(str(p.relative_to(PACKAGE)) for p in sorted(PACKAGE.glob("web/**/*.py")))])
def test_no_fault_is_said_in_english_only(path: str) -> None:
    assert list(bare_faults((PACKAGE / path).read_text("utf-8"))) == []


def test_a_bare_fault_is_found() -> None:
    assert list(bare_faults('raise BadInput("no")\nraise BadInput(f"no {x}")\nraise BadInput(_("no"))')) == [1, 2]
