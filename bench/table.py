"""Turns measured work into the rows of one table, beside the least that hand-written code needs for the same."""

import platform
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import django

HEAD = ("work", "size", "relance", "lower bound", "ratio", "goal", "what limits it")


@dataclass(frozen=True)
class Row:
    """One measurement. `unit` is `s` or `MB` (less is better), or `/s` (more is better)."""

    work: str
    size: str
    ours: float
    unit: str
    bound: float | None = None  # the same work by hand, measured in the same run
    goal: str = ""
    limit: str = ""  # what stands in the way of more

    def ratio(self) -> str:
        """How many times the hand-written bound this costs."""
        if not self.bound or not self.ours:
            return ""
        return f"{self.bound / self.ours if self.unit == '/s' else self.ours / self.bound:.1f} ×"

    def cells(self) -> tuple[str, ...]:
        """The row as texts."""
        bound = "" if self.bound is None else figure(self.bound, self.unit)
        return (self.work, self.size, figure(self.ours, self.unit), bound, self.ratio(), self.goal, self.limit)


def figure(value: float, unit: str) -> str:
    """`0.0123 s` → `12 ms`, `12345.6 /s` → `12,300 /s`: no more digits than two runs have in common."""
    if unit == "s" and value < 1:
        return f"{value * 1000:.3g} ms"
    if value >= 1000:
        return f"{float(f'{value:.3g}'):,.0f} {unit}"
    return f"{value:.3g} {unit}"


def table(rows: Iterable[Row]) -> str:
    """The rows in Markdown, readable on a terminal too."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    shown = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    shown.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(shown)


def machine() -> str:
    """What the figures were measured on."""
    cpu = _first(Path("/proc/cpuinfo"), "model name") or platform.processor()
    memory = _first(Path("/proc/meminfo"), "MemTotal")
    gigabytes = f"{int(memory.split()[0]) / 2**20:.0f} GB" if memory else "unknown"
    cores = len([line for line in _lines(Path("/proc/cpuinfo")) if line.startswith("processor")])
    return "\n".join(
        [
            f"* {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
            f"* {cores} cores ({cpu}), {gigabytes} of memory, {platform.system()} {platform.release()}",
            f"* Python {platform.python_version()}, Django {django.__version__}, SQLite {sqlite3.sqlite_version}",
        ]
    )


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _first(path: Path, name: str) -> str:
    return next((line.partition(":")[2].strip() for line in _lines(path) if line.startswith(name)), "")
