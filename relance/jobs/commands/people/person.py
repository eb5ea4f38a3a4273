"""`relance person`: everything that is kept of a customer as one file; or everything of him taken away."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings

from relance.exports.person.erase import erase
from relance.exports.person.gather import as_json
from relance.jobs.commands.arguments import customer_of, dealer_of, noted
from relance.lib.clock import now
from relance.lib.errors import BadInput

command = typer.Typer(help="What is kept of a customer: hand it out, or take it away.", no_args_is_help=False)
Slug = Annotated[str, typer.Argument(help="The dealer.")]
Ref = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's id in the business system.")]


@command.command("export")
def export(
    slug: Slug,
    customer: Ref,
    to: Annotated[Path | None, typer.Option(help="A file that is not there yet; else the terminal.")] = None,
) -> None:
    """Everything that is kept of the customer, as JSON."""
    dealer = dealer_of(slug)
    person = customer_of(dealer, customer)
    text = as_json(dealer, person, at=now())
    if to is None:
        print(text)
    else:
        try:
            with to.open("x", encoding="utf-8") as stream:
                stream.write(text + "\n")
        except OSError as error:
            raise BadInput(f"{to} cannot be written: {error.strerror}") from None
    noted(dealer, "person_exported", f"customer {person.ref}")


@command.command("erase")
def erase_person(
    slug: Slug,
    customer: Ref,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before.")] = False,
) -> None:
    """Forget the customer: rows, messages, files. Later feeds do not bring him back."""
    dealer = dealer_of(slug)
    person = customer_of(dealer, customer)
    if not yes:
        typer.confirm(
            f"Everything that is kept of {person.name or person.ref} ({person.ref}) is taken away: history, vehicles, "
            "messages, consent. It cannot be undone. Do it?",
            abort=True,
            err=True,
        )
    ref = person.ref
    done = erase(dealer, person, home=Path(settings.HOME), at=now())
    noted(dealer, "person_erased", f"customer {ref}", rows=done.rows)
    print(f"erased: {sum(done.rows.values()):,} rows and {done.files:,} files of customer {ref}", file=sys.stderr)
    for path in done.left:
        print(f"still names that person, delete it: {path}", file=sys.stderr)
    print("older backups still hold that person: erase again after restoring one of them", file=sys.stderr)
