"""`relance import`: turns a feed on the disk into facts, and says what became of every file and every rejected row."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from relance.facts.absorb import silent, take_in
from relance.facts.vins import decode_waiting
from relance.intake.models import ImportRun
from relance.intake.rejects import read_rejects
from relance.jobs.commands.arguments import dealer_of, noted, print_json
from relance.lib.clock import now
from relance.lib.errors import Failure
from relance.outbox.runs.late import after_import


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    feed: Annotated[
        Path, typer.Argument(help="A folder or .zip with files like customers.csv, or a rejects file put right.")
    ],
    *,
    full: Annotated[bool, typer.Option("--full", help="The feed is complete: vehicles it lacks are sold.")] = False,
    rejects: Annotated[Path | None, typer.Option(help="Where rejected rows go; else into the home.")] = None,
    json: Annotated[bool, typer.Option("--json", help="A line per file, then a line per rejected row.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Apply also what the guards would hold back.")] = False,
) -> None:
    """Take in a feed."""
    dealer = dealer_of(slug)
    with _progress() as progress:
        run = take_in(dealer, feed, at=now(), full=full, force=force, rejects_path=rejects, progress=progress)
    filled = decode_waiting(dealer)
    noted(dealer, "import", feed.name, files={c["file"]: c["read"] for c in run.files}, full=full, force=force)
    if json:
        for counts in run.files:
            print_json(counts)
        for reject in read_rejects(Path(run.rejects)):
            print_json(reject)
    for line in (*_summary(run), *_told_by_vin(filled), *after_import(dealer, at=now())):
        print(line, file=sys.stderr)
    if stopped := [counts["file"] for counts in run.files if counts["stopped"]]:
        raise Failure(f"stopped: {', '.join(stopped)}; put it right and import it again")


def _summary(run: ImportRun) -> Iterator[str]:
    for counts in run.files:
        if counts["stopped"]:
            yield f"{counts['file']}: stopped, nothing of it was taken"
        else:
            yield (
                f"{counts['file']}: {counts['read']:,} read, {counts['inserted']:,} new, "
                f"{counts['updated']:,} changed, "
                f"{counts['unchanged']:,} unchanged, {counts['rejected']:,} rejected"
            )
    yield from (f"  {note}" for note in run.notes)
    if any(counts["rejected"] for counts in run.files):
        yield f"rejected rows with their reasons: {run.rejects}"


def _told_by_vin(filled: int) -> Iterator[str]:
    if filled:
        yield f"the VIN told make, model or year of {filled:,} {'vehicle' if filled == 1 else 'vehicles'}"


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """Progress on a terminal; silence elsewhere."""
    if not sys.stderr.isatty():
        yield silent
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,} rows"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(what: str, rows: int) -> None:
            bar.update(task, description=what, completed=rows)

        yield show
