"""`relance plan`: works through every run that is due at a moment, and prints the drafts that it made."""

import sys
from typing import Annotated

import typer

from relance.jobs.commands.arguments import dealer_of, moment_of, print_json
from relance.jobs.stages import messages_of, plan
from relance.outbox.lines import lines


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    at: Annotated[str, typer.Option(help="As if the time were this moment.")],
    since: Annotated[str | None, typer.Option(help="From when on, at the first plan of a dealer.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show it and change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON per draft.")] = False,
) -> None:
    """Work through every run that is due."""
    dealer = dealer_of(slug)
    moment = moment_of(at, dealer)
    planned = plan(dealer, at=moment, since=moment_of(since, dealer) if since else None, dry_run=dry_run)
    printed = planned.lines if dry_run else lines(dealer, messages_of(dealer, planned))
    for line in printed:
        if as_json:
            print_json(line)
        else:
            about = f"{line['customer']} ({line['subject_type']} {line['subject']})"
            outcome = line["reason"] or f"{line['channel']} {line['send_at']}"
            print(f"{line['status']:<9} {line['automation']} → {line['recipient']} {about} {outcome}")
    refused = sum(line["status"] == "refused" for line in printed)
    kept = " (dry run: nothing was changed)" if dry_run else ""
    waiting = f", {len(planned.waiting)} wait for a feed" if planned.waiting else ""
    print(
        f"{len(printed) - refused} ready, {refused} refused, {len(planned.missed)} runs missed{waiting}{kept}",
        file=sys.stderr,
    )
    for broken in planned.broken:
        print(f"paused: {broken}", file=sys.stderr)
