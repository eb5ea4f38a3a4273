"""`relance messages`: every message of a dealer with its moves."""

from typing import Annotated

import typer

from relance.jobs.commands.arguments import dealer_of, print_json
from relance.outbox.lines import history_lines
from relance.outbox.models import Message

PART = 500


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON per message.")] = False,
) -> None:
    """Every message, oldest first."""
    dealer = dealer_of(slug)
    last = 0
    while rows := list(Message.objects.of(dealer).filter(pk__gt=last).order_by("pk")[:PART]):
        last = rows[-1].pk
        for line in history_lines(dealer, rows):
            if as_json:
                print_json(line)
            else:
                words = (line["subject_line"] or line["body"] or line["reason"] or "").splitlines()
                print(f"{line['status']:<9} {line['automation']:<12} {line['customer']:<8} {words[0] if words else ''}")
