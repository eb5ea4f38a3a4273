"""`relance suppressed`: the addresses that are not used any more, and one that is good again."""

import sys
from typing import Annotated

import typer

from relance.delivery.safety.suppressed import LONGEST, lift, owners_of, suppressed_of
from relance.jobs.commands.arguments import dealer_of, noted, print_json
from relance.lib.errors import BadInput
from relance.lib.fold import fold
from relance.lib.moments import iso


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    *,
    use: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="CHANNEL ADDRESS", help="Use this address again.", show_default=False),
    ] = None,
    why: Annotated[str, typer.Option(help="Why it is good again.")] = "",
    json: Annotated[bool, typer.Option("--json", help="A line of JSON per address.")] = False,
) -> None:
    """Show the addresses to which nothing is sent, or use one again."""
    dealer = dealer_of(slug)
    if use is not None:
        channel, address = use
        row = suppressed_of(dealer, address).filter(channel=channel, address=fold(address)).first()
        if row is None:
            raise BadInput(f"{channel} {address} is used as it is: relance suppressed {slug} lists what is not")
        lift(dealer, row, why=why[:LONGEST])
        noted(dealer, "address_used_again", channel, reason=row.reason, why=why[:LONGEST])
        print(f"{channel} {address} is used again", file=sys.stderr)
        return
    rows = list(suppressed_of(dealer).order_by("at", "pk"))
    owners = owners_of(dealer, rows)
    for row in rows:
        shown = {
            "channel": row.channel,
            "address": row.address,
            "reason": row.reason,
            "since": iso(row.at, dealer.zone),
        }
        whose = [one.ref for one in owners[row.pk]]
        if json:
            print_json({**shown, "customers": whose})
        else:
            print("  ".join([*map(str, shown.values()), *whose]))
    print(f"{len(rows)} addresses are not used", file=sys.stderr)
