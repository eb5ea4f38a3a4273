"""`relance evidence`: why a message might be sent, or what was agreed with a customer, with every proof."""

import json
from typing import Annotated

import typer

from relance.jobs.commands.arguments import customer_of, dealer_of, message_of, print_json
from relance.lib.errors import BadInput
from relance.measures.evidence import evidence_of_customer, evidence_of_message


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    key: Annotated[str, typer.Argument(help="The message's id, as `relance messages` prints it.")] = "",
    customer: Annotated[str, typer.Option(help="A customer's id in the business system, instead of a message.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """The evidence for one message or one customer."""
    dealer = dealer_of(slug)
    if bool(key) == bool(customer):
        raise BadInput("name a message by its id, or a customer with --customer: one of the two")
    if key:
        found = evidence_of_message(dealer, message_of(dealer, key))
    else:
        found = evidence_of_customer(dealer, customer_of(dealer, customer))
    if as_json:
        print_json(found)
    else:
        print(json.dumps(found, indent=2, ensure_ascii=False, default=str))
