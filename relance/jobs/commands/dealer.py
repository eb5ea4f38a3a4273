"""`relance dealer create`: turns a command line and a settings file into a dealer."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from relance.dealers.create import create_dealer
from relance.dealers.hours import unknown_holidays
from relance.dealers.models import Dealer
from relance.jobs.commands.arguments import noted
from relance.lib.clock import now
from relance.lib.errors import BadInput
from relance.lib.yaml_file import read_yaml

command = typer.Typer(
    add_completion=False, no_args_is_help=False, context_settings={"help_option_names": ["-h", "--help"]}
)


@command.callback()
def dealer() -> None:
    """Create a dealer."""


@command.command()
def create(
    slug: Annotated[str, typer.Argument(help="Short name in addresses and commands, for example old-mill-garage.")],
    *,
    name: Annotated[str, typer.Option(help="The name customers know.")],
    timezone: Annotated[str, typer.Option(help="IANA time zone, for example America/Toronto.")],
    language: Annotated[str, typer.Option(help="en, fr, es or et.")] = "en",
    country: Annotated[str, typer.Option(help="Two letters.")] = "CA",
    settings: Annotated[Path | None, typer.Option(help="YAML file with the dealer's settings.")] = None,
) -> None:
    """Make a new dealer."""
    made = create_dealer(
        slug,
        name=name,
        timezone=timezone,
        language=language,
        country=country,
        settings=read_settings(settings) if settings else {},
        at=now(),
    )
    for says in unknown_of(made):
        print(f"warning: settings.closed_days.public_holidays: {says}", file=sys.stderr)
    noted(made, "settings", f"dealer {made.slug}", **made.settings)
    print(f"dealer {made.slug} is there: {made.name}, {made.timezone}, {made.language}-{made.country}", file=sys.stderr)


def unknown_of(dealer: Dealer) -> list[str]:
    """A sentence per holiday that the dealer closes on and his country does not have."""
    chosen = dealer.preferences.closed_days.public_holidays
    return unknown_holidays(dealer.country, dealer.preferences.region, chosen) if isinstance(chosen, list) else []


def read_settings(path: Path) -> Any:
    """What a settings file says; BadInput when it does not hold keys and values."""
    found = read_yaml(path)
    if found is not None and not isinstance(found, dict):
        raise BadInput(f"{path}: expected keys and values, for example region: QC")
    return found
