"""`relance halt`: nothing leaves any more, of one dealer or of all."""

import sys
from typing import Annotated

import typer

from relance.dealers.audit import OPERATOR, Deed, note
from relance.dealers.models import Dealer
from relance.delivery.safety.halt import halt
from relance.jobs.commands.arguments import dealer_of
from relance.lib.clock import now
from relance.lib.errors import BadInput

Slug = Annotated[str | None, typer.Argument(help="The dealer; or say --all.", show_default=False)]
All = Annotated[bool, typer.Option("--all", help="Every dealer.")]


def command(
    slug: Slug = None,
    everybody: All = False,
    cancels: Annotated[bool, typer.Option("--cancel", help="Cancel what waits; a release brings it back.")] = False,
) -> None:
    """Let nothing leave, within seconds: what waits is held until it is released."""
    for dealer in chosen(slug, everybody):
        if halt(dealer, by="operator", at=now(), cancels=cancels):
            note(dealer, Deed("halted"), who=OPERATOR, at=now())
        print(f"{dealer.slug}: halted, nothing leaves until: relance release {dealer.slug}", file=sys.stderr)


def chosen(slug: str | None, everybody: bool) -> list[Dealer]:
    """The dealers that a command is about."""
    if everybody == (slug is not None):
        raise BadInput("name one dealer, or say --all")
    return list(Dealer.objects.order_by("slug")) if slug is None else [dealer_of(slug)]
