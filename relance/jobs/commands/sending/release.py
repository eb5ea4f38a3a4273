"""`relance release`: what was halted goes on."""

import sys

from relance.dealers.audit import OPERATOR, Deed, note
from relance.delivery.safety.halt import let_go
from relance.jobs.commands.sending.halt import All, Slug, chosen
from relance.lib.clock import now


def command(slug: Slug = None, everybody: All = False) -> None:
    """Let it go on. What has passed its time meanwhile is not sent."""
    for dealer in chosen(slug, everybody):
        released = let_go(dealer, by="operator", at=now())
        if released:
            note(dealer, Deed("let_go"), who=OPERATOR, at=now())
        print(f"{dealer.slug}: {'goes on' if released else 'was not halted'}", file=sys.stderr)
