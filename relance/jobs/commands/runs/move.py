"""`relance move`: a run happens on another day, or on its own again."""

import sys
from typing import Annotated

import typer

from relance.jobs.commands.arguments import automation_of, dealer_of, noted
from relance.lib.clock import now
from relance.lib.moments import parse_day
from relance.plan.switching.moved_runs import move_runs, put_back


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    code: Annotated[str, typer.Argument(help="The automation.")],
    day: Annotated[str, typer.Option("--from", help="The day on which it would run now.")],
    to: Annotated[str, typer.Option(help="The day on which it runs instead; `own`: what was moved goes back.")],
) -> None:
    """Move a run that is still ahead to another day, at the same time of day."""
    dealer = dealer_of(slug)
    automation = automation_of(dealer, code)
    first = parse_day(day)
    if to == "own":
        moved = put_back(dealer, automation, first, at=now())
    else:
        moved = move_runs(dealer, automation, first, parse_day(to), by="operator", at=now())
    noted(dealer, "run_moved", f"automation {code}, {first}", to=to)
    print(f"{moved} run{'s' if moved != 1 else ''} of {code} moved to {to}", file=sys.stderr)
