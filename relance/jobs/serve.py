"""Turns an address into pages and a running clockwork, both in this process, until somebody says stop."""

import errno
import logging
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from types import FrameType
from typing import Any, Protocol

import waitress
from django.conf import settings
from django.core.wsgi import get_wsgi_application

from relance.lib.errors import BadInput

THREADS = 8
BROWSERS = 1_000  # connections that may be open at once: a browser keeps up to six, and whoever comes later waits
LAST_PORT = 65_535
REFUSALS = {
    errno.EADDRINUSE: "is in use: stop what listens there, or choose another with --port",
    errno.EACCES: "may not be used by this user: choose one above 1023 with --port",
    errno.EADDRNOTAVAIL: "is not an address of this machine: choose another with --host",
}


class Beside(Protocol):
    """What runs beside the pages, in threads of its own."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


def listen(host: str, port: int) -> socket.socket:
    """The bound socket; BadInput when the port cannot be had. Comes first, so that nothing else has changed then.

    From now on links name the port that was taken (plan/saying/links.py), not the one of the environment.
    """
    if not 0 <= port <= LAST_PORT:
        raise BadInput(f"{port} is not a port: choose one from 1 to {LAST_PORT} with --port")
    with ExitStack() as given_up:
        try:
            family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            listening = given_up.enter_context(closing(socket.socket(family, socket.SOCK_STREAM)))
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(socket.SOMAXCONN)
        except OSError as error:
            why = REFUSALS.get(
                error.errno or 0, f"cannot be used ({error.strerror}): choose another with --host, --port"
            )
            raise BadInput(f"port {port} on {host} {why}") from None
        given_up.pop_all()
    settings.ENVIRONMENT = {**settings.ENVIRONMENT, "RELANCE_HOST": host, "RELANCE_PORT": listening.getsockname()[1]}
    return listening


def serve(listening: socket.socket, beside: Sequence[Beside], *, ready: Callable[[], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; then let everything beside finish what it has in hand."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a busy moment is no fault
    server = waitress.create_server(
        get_wsgi_application(),
        sockets=[listening],
        threads=THREADS,
        connection_limit=BROWSERS,
        asyncore_use_poll=True,  # `select` knows no more than 1,024 files
        ident="relance",
        **_in_front(),
    )
    for signalled in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signalled, _stop)
    started: list[Beside] = []
    try:
        for one in beside:
            one.start()
            started.append(one)
        ready()
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        for signalled in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signalled, signal.SIG_IGN)  # stopping is under way
        server.close()
        for one in reversed(started):
            one.stop()


def _in_front() -> dict[str, Any]:
    """Whose word counts for the address and the protocol of a visitor: the server in front's, and nobody else's."""
    proxy = settings.ENVIRONMENT["RELANCE_PROXY"]
    if not proxy:
        return {"clear_untrusted_proxy_headers": True}
    return {
        "trusted_proxy": proxy,
        "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
        "clear_untrusted_proxy_headers": True,
    }


def _stop(signalled: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
