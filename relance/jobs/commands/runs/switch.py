"""`relance switch`: an automation on, off, or to approval, with what is against it and who would hear twice."""

import sys
from typing import Annotated

import typer

from relance.jobs.commands.arguments import automation_of, dealer_of, noted
from relance.lib.clock import now
from relance.plan.apply import definition_of
from relance.plan.switching.switch import switch
from relance.plan.switching.themes import overlap, rivals


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    code: Annotated[str, typer.Argument(help="The automation.")],
    to: Annotated[str, typer.Argument(help="on, off, or approval.")],
) -> None:
    """Switch an automation. What is against it is said, and nothing changed."""
    dealer, at = dealer_of(slug), now()
    automation = automation_of(dealer, code)
    row = switch(dealer, automation, to, by="operator", at=at)
    noted(dealer, "automation_switched", f"automation {row.code}", status=row.status)
    print(f"{row.code} is {row.status}", file=sys.stderr)
    definition = definition_of(row)
    for rival in rivals(dealer, definition) if to != "off" else []:
        both = overlap(dealer, definition, definition_of(rival), at=at)
        if both.count:
            names = ", ".join(both.names(dealer, most=5))
            print(
                f"{rival.code} is of the same theme: both would speak to {both.people} in the coming 30 days "
                f"({names}{', …' if both.count > 5 else ''})",
                file=sys.stderr,
            )
