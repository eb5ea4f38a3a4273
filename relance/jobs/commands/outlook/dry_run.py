"""`relance dry-run`: what an automation would have sent in a past period, month by month."""

import sys
from typing import Annotated, Any

import typer

from relance.dealers.models import Dealer
from relance.jobs.commands.arguments import automation_of, dealer_of, print_json
from relance.lib.moments import iso, parse_day
from relance.outbox.outlook.dry_run import Month, dry_run
from relance.plan.apply import definition_of


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    automation: Annotated[str, typer.Argument(help="The automation's code.")],
    first: Annotated[str, typer.Option("--from", help="The first day.")],
    last: Annotated[str, typer.Option("--to", help="The last day, included.")],
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON per month.")] = False,
) -> None:
    """What an automation would have sent."""
    dealer = dealer_of(slug)
    definition = definition_of(automation_of(dealer, automation))
    found = dry_run(dealer, definition, first=parse_day(first), last=parse_day(last))
    for month in found.months:
        if as_json:
            print_json({"automation": automation, **_line(dealer, month)})
        else:
            sent = ", ".join(f"{number:,} {channel}" for channel, number in sorted(month.messages.items())) or "nothing"
            refused = ", ".join(f"{number:,} {reason}" for reason, number in month.refused.most_common())
            print(
                f"{month.month:%Y-%m}  {month.people:>6,} people  {sent}" + (f"  refused: {refused}" if refused else "")
            )
    for note in found.notes:
        print(note, file=sys.stderr)


def _line(dealer: Dealer, month: Month) -> dict[str, Any]:
    return {
        "month": f"{month.month:%Y-%m}",
        "people": month.people,
        "messages": dict(month.messages),
        "refused": dict(month.refused),
        "examples": [
            {
                "customer": example.customer,
                "subject": example.subject,
                "recipient": example.recipient,
                "channel": example.channel,
                "send_at": iso(example.send_at, dealer.zone),
                "reason": example.reason,
                "body": example.body,
            }
            for example in month.examples
        ],
    }
