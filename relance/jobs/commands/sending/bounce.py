"""`relance bounce SLUG < mail`: takes in a mail that came back, or a complaint, as a mail server pipes it."""

import sys
from typing import Annotated

import typer

from relance.delivery.receipts.bounce_mail import LARGEST
from relance.delivery.receipts.mailbox import take_in_mail
from relance.jobs.commands.arguments import dealer_of
from relance.lib.clock import now


def command(slug: Annotated[str, typer.Argument(help="The dealer.")]) -> None:
    """Take in a bounce or a complaint from the standard input. What is none is said, and is no fault."""
    dealer = dealer_of(slug)
    news = take_in_mail(dealer, sys.stdin.buffer.read(LARGEST), at=now())
    print(f"{news} news" if news else "nothing new: no report about a message of ours", file=sys.stderr)
