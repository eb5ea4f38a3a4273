"""`relance evidence`: why a message might be sent, or what was agreed with a customer, with every proof."""

import json
from typing import Annotated
from uuid import UUID

import typer

from relance.dealers.models import Dealer
from relance.jobs.commands.arguments import customer_of, dealer_of, print_json
from relance.lib.errors import BadInput
from relance.measures.evidence import evidence_of_customer, evidence_of_message
from relance.outbox.models import Message


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
        found = evidence_of_message(dealer, _message(dealer, key))
    else:
        found = evidence_of_customer(dealer, customer_of(dealer, customer))
    if as_json:
        print_json(found)
    else:
        print(json.dumps(found, indent=2, ensure_ascii=False, default=str))


def _message(dealer: Dealer, key: str) -> Message:
    try:
        rows = Message.objects.of(dealer).select_related("automation", "customer").filter(key=UUID(key))
    except ValueError:
        raise BadInput(f"{key} is no message id: relance messages {dealer.slug} --json prints them") from None
    found = rows.first()
    if found is None:
        raise BadInput(f"{dealer.slug} has no message {key}")
    return found
