"""`relance dealer create`: turns a command line and a settings file into a dealer."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from relance.dealers.create import create_dealer
from relance.lib.clock import now
from relance.lib.errors import BadInput

command = typer.Typer(add_completion=False, no_args_is_help=True, context_settings={"help_option_names": ["-h", "--help"]})


@command.callback()
def dealer() -> None:
    """Create a dealer."""


@command.command()
def create(
    slug: Annotated[str, typer.Argument(help="Short name in addresses and commands, for example old-mill-garage.")],
    *,
    name: Annotated[str, typer.Option(help="The name that customers know.")],
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
    print(f"dealer {made.slug} is there: {made.name}, {made.timezone}, {made.language}-{made.country}", file=sys.stderr)


def read_settings(path: Path) -> Any:
    """What a YAML file says; BadInput with the line when it cannot be read."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadInput(f"settings file {path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadInput(f"settings file {path} is not UTF-8 text") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise BadInput(f"settings file {path}{where} is not YAML: {getattr(error, 'problem', error)}") from None
    if found is not None and not isinstance(found, dict):
        raise BadInput(f"settings file {path}: expected keys and values, for example region: QC")
    return found
