"""`relance doctor`: what is set up, what is missing, what last ran; exit 1 when unhealthy."""

import os
from typing import Annotated

import typer
from django.conf import settings

from relance.environment import VARIABLES
from relance.jobs.commands.arguments import print_json
from relance.jobs.home import open_home
from relance.jobs.watch.alarm import who_hears
from relance.jobs.watch.findings import of_the_database, of_the_home
from relance.lib.clock import now
from relance.lib.errors import Told
from relance.measures.finding import Finding
from relance.measures.trouble import certificates

SECRET = ("RELANCE_DATABASE_URL", "RELANCE_SMTP_URL")  # they may hold a password


def command(as_json: Annotated[bool, typer.Option("--json", help="A line of JSON per finding.")] = False) -> None:
    """Look at the home, the database and every dealer."""
    findings = [*_settings(), *of_the_home(now())]
    try:
        open_home()
        findings.append(
            Finding("ok", f"database {settings.DATABASES['default']['ENGINE'].rsplit('.', 1)[-1]} is up to date")
        )
        findings += [*who_hears(), *of_the_database(now()), *certificates(now())]
    except Told as error:
        findings.append(Finding("bad", str(error)))
    for finding in findings:
        if as_json:
            print_json({"state": finding.state, "says": finding.says})
        else:
            print(f"{finding.state:<4} {finding.says}")
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(1)


def _settings() -> list[Finding]:
    """Every RELANCE_* name with its value; a URL with a password is only said to be set."""
    found = []
    for variable in VARIABLES:
        value = os.environ.get(variable.name)
        shown = "set" if value and variable.name in SECRET else value or f"{variable.default or 'empty'} (default)"
        found.append(Finding("ok", f"{variable.name} = {shown}: {variable.says}"))
    return found
