"""`relance reply`: takes in an inbound message by hand."""

import hashlib
import sys
from datetime import datetime
from typing import Annotated

import typer

from relance.jobs.commands.arguments import dealer_of, moment_of
from relance.replies.receive import receive


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    sender: Annotated[str, typer.Option("--from", help="A telephone number or an e-mail address.")],
    text: Annotated[str, typer.Option(help="What was said.")],
    at: Annotated[str, typer.Option(help="When it came.")],
) -> None:
    """Take in a reply."""
    dealer = dealer_of(slug)
    moment = moment_of(at, dealer)
    touches = receive(dealer, sender=sender, text=text, at=moment, ref=_ref(moment, sender, text))
    known = [touch.customer.name or touch.customer.ref for touch in touches if touch.customer]
    who = ", ".join(known) or "nobody that we know"
    print(f"reply from {who}" + (f", to {touches[0].code}" if touches[0].code else ""), file=sys.stderr)


def _ref(at: datetime, sender: str, text: str) -> str:
    """The same words of the same sender at the same moment are one reply, other words another."""
    said = f"{at.isoformat()}\n{sender}\n{text}".encode()
    return f"hand:{hashlib.blake2b(said, digest_size=16).hexdigest()}"
