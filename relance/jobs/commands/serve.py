"""`relance serve`: web and clockwork in one process."""

import sys
from typing import Annotated

import typer
from django.conf import settings

from relance.jobs import cluster
from relance.jobs.home import open_home
from relance.jobs.serve import listen, serve
from relance.jobs.worker import Clockwork


def command(
    host: Annotated[str | None, typer.Option(help="The address to listen on; else RELANCE_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; else RELANCE_PORT.")] = None,
) -> None:
    """Serve the pages and run the clockwork, until Ctrl-C."""
    environment = settings.ENVIRONMENT
    host = host or str(environment["RELANCE_HOST"])
    port = int(environment["RELANCE_PORT"]) if port is None else port
    listening = listen(host, port)
    open_home()

    def ready() -> None:
        print(f"relance serves http://{host}:{port} (Ctrl-C stops it)", file=sys.stderr, flush=True)

    serve(listening, [Clockwork(cluster.tasks())], ready=ready)
    print("stopped", file=sys.stderr)
