"""Turns every benchmark that there is into one table, on the terminal and in bench/results.md.

`python -m bench.run [--customers N] [--database postgres] [PART …]`. A part is a module of this folder with a function
`rows(customers: int) -> Iterator[Row]`; it runs in a process of its own, so that its memory and its home are its own.
Nothing is asserted: a person reads the ratios. Figures of two machines, or of a busy one, do not compare.
"""

import argparse
import importlib
import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bench.table import Row, machine, table

HERE = Path(__file__).parent
PARTS = {
    "feed": "facts: a feed taken in",
    "planning": "plan and outbox: rules, ticks, drafts",
    "forecast": "forecast of two months, live count",
    "memory": "memory of planning jobs",
    "delivery": "delivery: hand-over",
    "pages": "pages of the desk, with a year behind the dealership",
    "paper": "paper: postcards and letters pressed",
    "cluster": "a cluster: workers beside each other on PostgreSQL",
    "postgres": "PostgreSQL: moving there, rules, drafts",
}
RESULTS = HERE / "results.md"
INTRODUCTION = """# What `make bench` printed last

Measured against the same work by hand, in the same run. Read the ratios: absolute figures drift.
"""


def main() -> int:
    """Run the parts and print the table."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--customers", type=int, default=1_000_000, help="the size of the sample dealership")
    parser.add_argument("--rows", help=argparse.SUPPRESS)
    parser.add_argument("part", nargs="*", metavar="PART", help="default: all that there are")
    parser.add_argument(
        "--database", choices=["sqlite", "postgres"], help="default: both; of RELANCE_DATABASE_URL or its own"
    )
    options = parser.parse_args()
    if options.rows:
        return measure(options.rows, options.customers)
    parts = options.part or [name for name in PARTS if importlib.util.find_spec(f"bench.{name}")]
    if options.database:
        parts = ["postgres"] if options.database == "postgres" else [name for name in parts if name != "postgres"]
    found = [row for name in parts for row in measured(name, options.customers)]
    text = f"{INTRODUCTION}\n{machine()}\n* a dealership of {options.customers:,} customers\n\n{table(found)}\n"
    print("\n" + text)
    if not options.part and not options.database:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


def measure(part: str, customers: int) -> int:
    """One part, in this process: a line of JSON per row."""
    for row in importlib.import_module(f"bench.{part}").rows(customers):
        print(json.dumps(asdict(row), ensure_ascii=False), flush=True)
    return 0


def measured(part: str, customers: int) -> Iterator[Row]:
    """The rows of one part, measured in a process of its own."""
    print(f"{part}: {PARTS[part]}", file=sys.stderr)
    words = [sys.executable, "-m", "bench.run", "--rows", part, "--customers", str(customers)]
    kept = ("RELANCE_DATABASE_URL",) if part == "postgres" else ()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RELANCE_") or name in kept}
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=HERE.parent, env=environment
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):
                row = Row(**json.loads(line))
                print("  " + " · ".join(cell for cell in row.cells()[:5] if cell), file=sys.stderr)
                yield row
    if process.returncode:
        print(f"  {part} ended with {process.returncode}: its remaining rows are missing", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
