"""`relance demo`: a sample dealership whose customers are about to hear from it, with worker and web in one process."""

from collections.abc import Iterator
from contextlib import closing, nullcontext
from typing import Annotated

import typer
from django.conf import settings

from relance.dealers.models import Membership
from relance.dealers.sign_in import sign_in_path
from relance.jobs.demo.dealership import Dealership, open_dealership
from relance.jobs.demo.passing import PassingTime
from relance.jobs.home import open_home
from relance.jobs.serve import listen, serve
from relance.jobs.worker import Clockwork
from relance.lib.clock import now
from relance.plan.saying.links import server_url


def command(
    customers: Annotated[int, typer.Option(min=1, max=9_000_000, help="How many people, at the first start.")] = 2000,
    port: Annotated[int | None, typer.Option(help="The port to listen on; else RELANCE_PORT.")] = None,
    seed: Annotated[int, typer.Option(min=0, max=1_000_000, help="Another number makes other people.")] = 2026,
    lived: Annotated[int, typer.Option(min=0, max=60, help="Days that it has lived, at the first start.")] = 7,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Make or continue it, and do not serve.")] = False,
) -> None:
    """Make a sample dealership, or continue it by the days since the last start, and serve it."""
    host = str(settings.ENVIRONMENT["RELANCE_HOST"])
    port = int(settings.ENVIRONMENT["RELANCE_PORT"]) if port is None else port
    listening = None if no_serve else listen(host, port)
    with nullcontext() if listening is None else closing(listening):
        open_home()
        dealership = open_dealership(customers=customers, seed=seed, at=now(), say=_say, lived=lived)
        address = server_url()
        if listening is None:
            _say(_welcome(dealership, address, "Serve it with: relance demo"))
            return
        welcome = _welcome(
            dealership, address, "Stop with Ctrl-C; the next start keeps everything and goes on from here."
        )
        serve(listening, [Clockwork(), PassingTime(dealership)], ready=lambda: _say(welcome))
    _say("Stopped. Everything is kept.")


def _others(dealership: Dealership) -> Iterator[str]:
    """Who else signs in with that password, to see what another role sees."""
    rows = Membership.objects.of(dealership.dealer).exclude(user=dealership.user).select_related("user")
    emails = [place.user.email for place in rows.order_by("pk") if place.user.check_password(dealership.password)]
    if emails:
        yield f"  Also        {', '.join(emails)} (the same password)"


def _say(line: str) -> None:
    print(line, flush=True)


def _welcome(dealership: Dealership, address: str, last: str) -> str:
    return "\n".join(
        [
            "",
            f"{dealership.dealer.name}: {dealership.mark.customers:,} invented customers and four years of visits.",
            "Nothing leaves this machine unless RELANCE_SMTP_URL names a mail server: messages are files in the home.",
            "",
            f"  Look at     {address}",
            f"  E-mail      {dealership.user.email}",
            f"  Password    {dealership.password}",
            *_others(dealership),
            f"  Or, once    {address}{sign_in_path(dealership.user)}",
            f"  Home        {settings.HOME}",
            "",
            last,
        ]
    )
