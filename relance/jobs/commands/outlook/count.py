"""`relance count`: how many subjects an automation's rules find at a moment, within a time limit."""

from typing import Annotated

import typer

from relance.audience.compile import Question
from relance.audience.count import count
from relance.audience.fields import SUBJECTS
from relance.jobs.commands.arguments import automation_of, dealer_of, moment_of, print_json
from relance.lib.clock import now
from relance.lib.moments import iso
from relance.plan.apply import definition_of


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    automation: Annotated[str, typer.Argument(help="The automation's code.")],
    at: Annotated[str | None, typer.Option(help="The moment at which the rules are asked; now when left out.")] = None,
    quickly: Annotated[bool, typer.Option("--quickly", help="At once, if need be only `more than`.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """How many subjects the rules find."""
    dealer = dealer_of(slug)
    definition = definition_of(automation_of(dealer, automation))
    moment = now() if at is None else moment_of(at, dealer)
    found = count(
        Question(dealer, definition.tree, definition.subject, definition.scope, moment), patiently=not quickly
    )
    rows = SUBJECTS[definition.subject].objects.of(dealer)  # type: ignore[attr-defined]
    refs = dict(rows.filter(pk__in=found.first).values_list("pk", "ref"))
    first = [refs[pk] for pk in found.first if pk in refs]
    if as_json:
        print_json(
            {
                "automation": automation,
                "subject": definition.subject,
                "at": iso(moment, dealer.zone),
                "exact": found.exact,
                "more_than": found.more_than,
                "first": first,
                "explained": found.explained,
            }
        )
        return
    number = f"more than {found.more_than:,}" if found.more_than is not None else "unknown"
    print(f"{definition.subject}: {number if found.exact is None else f'{found.exact:,}'}")
    for ref in first:
        print(f"  {ref}")
    if found.explained:
        print(found.explained)
