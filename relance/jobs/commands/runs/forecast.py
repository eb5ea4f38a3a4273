"""`relance forecast`: what will go out, per day, automation and channel."""

import sys
from typing import Annotated

import typer

from relance.jobs.commands.arguments import dealer_of, print_json
from relance.lib.clock import now
from relance.lib.errors import BadInput
from relance.lib.moments import parse_day
from relance.outbox.forecast import forecast
from relance.plan.models import Automation


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    first: Annotated[str, typer.Option("--from", help="The first day.")],
    last: Annotated[str, typer.Option("--to", help="The last day, included.")],
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON per day, automation and channel.")] = False,
) -> None:
    """What will go out in a period, from today's facts."""
    dealer = dealer_of(slug)
    begin, end = parse_day(first), parse_day(last)
    if end < begin or (end - begin).days > 800:
        raise BadInput(f"from {first} to {last} is no period: at most 800 days, the first day first")
    found = forecast(dealer, first=begin, last=end, at=now())
    codes = dict(Automation.objects.of(dealer).values_list("pk", "code"))
    for (automation, day), cell in sorted(found.cells.items(), key=lambda item: (item[0][1], codes[item[0][0]])):
        for channel, number in sorted(cell.channels.items()):
            line = {
                "day": day.isoformat(),
                "automation": codes[automation],
                "channel": channel,
                "count": number,
                "certain": cell.certain,
            }
            if as_json:
                print_json(line)
            else:
                sure = "" if cell.certain else "  expected"
                print(f"{line['day']}  {line['automation']:<12} {channel:<9} {number:>6}{sure}")
    if unknown := sorted({codes[automation] for (automation, _), cell in found.cells.items() if not cell.known}):
        print(f"not known yet, as they answer what happens and have no history: {', '.join(unknown)}", file=sys.stderr)
