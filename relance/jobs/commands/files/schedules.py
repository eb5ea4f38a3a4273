"""`relance schedules`: a dealer's own maintenance schedules from and to a file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from relance.dealers.models import Dealer
from relance.facts.next_service import recompute
from relance.facts.schedules import own, shipped
from relance.jobs.commands.arguments import dealer_of, noted
from relance.lib.clock import now
from relance.lib.errors import BadInput

command = typer.Typer(add_completion=False, no_args_is_help=False, help="A dealer's own maintenance schedules.")
Slug = Annotated[str, typer.Argument(help="The dealer.")]


@command.command("apply")
def apply_file(
    slug: Slug,
    file: Annotated[Path, typer.Argument(help="A YAML file: one schedule, or several below `schedules:`.")],
) -> None:
    """Add or change schedules, and reckon every next service anew; one fault and nothing is changed."""
    dealer = dealer_of(slug)
    applied = own.apply(dealer, own.read_file(file))
    noted(dealer, "settings", "maintenance schedules", added=applied.added, changed=applied.changed)
    counts = f"{len(applied.added)} added, {len(applied.changed)} changed, {len(applied.unchanged)} unchanged"
    print(f"{counts}{_followed(dealer)}", file=sys.stderr)


@command.command("remove")
def remove(slug: Slug, code: Annotated[str, typer.Argument(help="The schedule.")]) -> None:
    """Take a schedule back, and reckon every next service anew; `apply` or the desk bring it back."""
    dealer = dealer_of(slug)
    own.take_back(dealer, code, at=now())
    noted(dealer, "settings", "maintenance schedules", removed=[code])
    print(f"{code} removed{_followed(dealer)}", file=sys.stderr)


@command.command("export")
def export_file(
    slug: Slug,
    file: Annotated[Path | None, typer.Argument(help="Where to write; nothing: the terminal.")] = None,
    with_shipped: Annotated[bool, typer.Option("--shipped", help="Those that relance ships instead.")] = False,
) -> None:
    """Write a dealer's own schedules, or the shipped ones, as `apply` reads them."""
    dealer = dealer_of(slug)
    text = own.written(plan.schedule for plan in shipped()) if with_shipped else own.export(dealer)
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file}: cannot be written ({error.strerror})") from None


def _followed(dealer: Dealer) -> str:
    return f"; the next service of {recompute(dealer):,} vehicles is another now"
