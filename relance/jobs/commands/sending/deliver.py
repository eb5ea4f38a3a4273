"""`relance deliver [SLUG] --at MOMENT`: hand over what is ready; prints a line per draft that was taken up.

What answers a customer is no draft of an automation: it is counted, and stands in `relance messages`.
"""

import sys
from collections import Counter
from itertools import islice
from typing import Annotated

import typer

from relance.dealers.models import Dealer
from relance.delivery.deliver import deliver
from relance.delivery.safety.restored import is_held, reconcile
from relance.jobs.commands.arguments import dealer_of, moment_of, print_json
from relance.lib.clock import now
from relance.outbox.lines import lines
from relance.outbox.runs.answers import PURPOSE as ANSWER


def command(
    slug: Annotated[
        str | None, typer.Argument(help="The dealer; without one, every dealer.", show_default=False)
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="The moment; without an offset local to the dealer; default now.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON Lines.")] = False,
) -> None:
    """Hand over what is ready: service before marketing, oldest first. The same moment again hands over nothing."""
    dealers = [dealer_of(slug)] if slug else list(Dealer.objects.order_by("slug"))
    counts: Counter[str] = Counter()
    for dealer in dealers:
        if is_held(dealer) and reconcile(dealer, at=now() if at is None else moment_of(at, dealer)).silent:
            print(f"{dealer.slug}: restored, and a provider cannot be asked what it has: nothing left", file=sys.stderr)
            continue
        taken = deliver(dealer, at=now() if at is None else moment_of(at, dealer))
        while some := list(islice(taken, 500)):
            counts.update(message.state for message in some)
            drafts = [message for message in some if message.purpose != ANSWER]
            for printed in lines(dealer, drafts) if json else ():
                print_json(printed)
    said = ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "nothing was due"
    print(said, file=sys.stderr)
