"""`relance approve`: lets a run go that waits for a person, or keeps it."""

import sys
from typing import Annotated

import typer

from relance.jobs.commands.arguments import dealer_of, noted
from relance.lib.clock import now
from relance.lib.errors import BadInput
from relance.outbox.decide import approve_run, reject_run, runs_that_wait


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    run: Annotated[int, typer.Argument(help="The number of the run, as relance runs shows it.")],
    reject: Annotated[bool, typer.Option("--reject", help="Keep it: nobody of it hears.")] = False,
) -> None:
    """Let a run go that waits for approval."""
    dealer = dealer_of(slug)
    waiting = {row.pk: row for row, _ in runs_that_wait(dealer)}
    if run not in waiting:
        listed = ", ".join(map(str, waiting)) or "none does"
        raise BadInput(f"no run {run} waits for approval ({listed})")
    decide = reject_run if reject else approve_run
    moved = decide(dealer, waiting[run], by="operator", at=now())
    noted(dealer, "rejected" if reject else "approved", f"run {run}", messages=len(moved))
    print(f"{len(moved)} {'kept' if reject else 'let go'}", file=sys.stderr)
