"""`relance automations`: a dealer's automations from and to a file, and the library."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from relance.jobs.commands.arguments import dealer_of, noted, print_json
from relance.lib.clock import now
from relance.lib.errors import BadInput
from relance.plan.apply import apply_definitions, export, read_file
from relance.plan.shipped import entries, library_line

command = typer.Typer(add_completion=False, no_args_is_help=False, help="Apply, export, or show the library.")


@command.command("apply")
def apply_file(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    file: Annotated[Path, typer.Argument(help="A YAML file that begins with `automations:`.")],
) -> None:
    """Add or change automations; one fault and nothing is changed."""
    dealer = dealer_of(slug)
    applied = apply_definitions(dealer, read_file(file), at=now(), by="operator")
    noted(dealer, "automation", str(file), added=applied.added, changed=applied.changed)
    for warning in applied.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    print(
        f"{len(applied.added)} added, {len(applied.changed)} changed, {len(applied.unchanged)} unchanged",
        file=sys.stderr,
    )


@command.command("export")
def export_file(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    file: Annotated[Path | None, typer.Argument(help="Where to write; nothing: the terminal.")] = None,
) -> None:
    """Write a dealer's automations as `apply` reads them."""
    text = export(dealer_of(slug))
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{file}: cannot be written ({error.strerror})") from None


@command.command("library")
def show_library(
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON per entry.")] = False,
) -> None:
    """The entries that relance ships."""
    for entry in entries():
        line = library_line(entry)
        if as_json:
            print_json(line)
        else:
            print(f"{line['code']:<18} {line['programme']:<17} {line['name']['en']}")
