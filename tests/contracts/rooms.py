"""The rooms in the order of the pipe, and the files of the package: what the contract tests walk over."""

from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "relance"
PIPE = ("lib", "dealers", "intake", "facts", "audience", "plan", "outbox", "delivery", "replies", "measures", "exports")
DOORS = ("web", "jobs")
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)
TESTS = sorted(path for path in (PACKAGE.parent / "tests").rglob("*.py"))


def place(room: str) -> int:
    """Where a room stands along the pipe; the doors come last."""
    return PIPE.index(room) if room in PIPE else len(PIPE)
