"""`relance contact-settings`: the sixteen numbers of the contact settings, shown, explained and set."""

import sys
from typing import Annotated

import typer

from relance.dealers.models import Dealer
from relance.jobs.commands.arguments import dealer_of, noted, print_json
from relance.lib.clock import now
from relance.lib.errors import BadInput
from relance.measures.contact_statistics import contact_statistics
from relance.plan.shipped.contact_settings import COLUMNS, SETTINGS, USUAL, ContactSettings, read, save, setting_named
from relance.plan.shipped.contact_words import means


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    numbers: Annotated[
        list[str] | None, typer.Option("--set", help="COLUMN.SETTING=DAYS, as email.reminder_1=14; 0 switches off.")
    ] = None,
    usual: Annotated[
        bool, typer.Option("--usual", help="Begin with the usual numbers: 14/7/1/2/30/90/90/365.")
    ] = False,
    statistics: Annotated[bool, typer.Option("--statistics", help="What was sent, per setting and month.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON.")] = False,
) -> None:
    """Show the contact settings, or change them."""
    dealer = dealer_of(slug)
    settings = read(dealer)
    if numbers or usual:
        wanted = (USUAL if usual else settings).changed(**dict(map(_number, numbers or [])))
        applied = save(dealer, wanted, by="operator", at=now())
        noted(dealer, "contact_settings", numbers=wanted.as_json())
        for warning in applied.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        print(f"{len(applied.added)} added, {len(applied.changed)} changed", file=sys.stderr)
        settings = read(dealer)
    if statistics:
        _print_statistics(dealer, as_json=as_json)
    elif as_json:
        print_json(settings.as_json())
    else:
        _print(settings)


def _number(text: str) -> tuple[str, int]:
    """`email.reminder_1=14`."""
    path, mark, days = text.partition("=")
    column, setting = setting_named(path)
    if not mark or not days.strip().isdecimal():
        raise BadInput(f"--set {text}: write it as {column.name}.{setting.name}={setting.usual}, in whole days")
    return f"{column.name}_{setting.name}", int(days)


def _print(settings: ContactSettings) -> None:
    for column in COLUMNS:
        of_column = settings.column(column.name)
        print(column.label)
        for setting in SETTINGS:
            number = of_column[setting.name]
            shown = "own" if number is None else number
            print(f"  {column.name}.{setting.name:<11} {shown:>5}  {means(setting.name, of_column)}")


def _print_statistics(dealer: Dealer, *, as_json: bool) -> None:
    for month in contact_statistics(dealer, at=now()):
        for code, number in sorted(month.sent.items()):
            if as_json:
                print_json({"month": f"{month.month:%Y-%m}", "automation": code, "sent": number})
            else:
                print(f"{month.month:%Y-%m}  {code:<11} {number:>6}")
