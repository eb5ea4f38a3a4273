"""`relance audit`: what was done at a dealer's, and whether the log is as it was written."""

import sys
from typing import Annotated

import typer

from relance.dealers.audit import faults
from relance.dealers.models import AuditEntry
from relance.jobs.commands.arguments import dealer_of, print_json
from relance.lib.errors import Failure
from relance.lib.moments import iso

SHOWN = 200


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Say whether anything was changed, added or removed.")
    ] = False,
    last: Annotated[int, typer.Option(help="How many of the latest entries; 0: all.")] = SHOWN,
    json: Annotated[bool, typer.Option("--json", help="A line of JSON per entry.")] = False,
) -> None:
    """Show the audit log of a dealer, the oldest first, or verify it."""
    dealer = dealer_of(slug)
    rows = AuditEntry.objects.of(dealer)
    if verify:
        found = list(faults(dealer))
        for fault in found:
            print(f"entry {fault.number}: {fault.says}")
        if found:
            raise Failure(f"the audit log of {slug} is not as it was written: {len(found)} faults")
        print(f"{rows.count()} entries, all as they were written", file=sys.stderr)
        return
    begin = max(rows.count() - last, 0) if last else 0
    for entry in rows.filter(number__gt=begin).order_by("number").iterator():
        line = {
            "number": entry.number,
            "at": iso(entry.at, dealer.zone),
            "by": entry.by,
            "ip": entry.ip,
            "act": entry.act,
            "what": entry.what,
            "before": entry.before,
            "after": entry.after,
        }
        if json:
            print_json(line)
        else:
            print(f"{entry.number:>7} {line['at']} {entry.act:<20} {entry.by!a} {entry.what!a} {entry.after or ''}")
