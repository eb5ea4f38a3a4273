"""A real HTTP server on the loopback interface: one answer function, and the faults that a test asks for."""

import socket
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.body.decode(), keep_blank_values=True).items()}


@dataclass
class Said:
    """One answer. `hang_up` drops the connection without it; `drip` sends it a byte at a time, for ever slow."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False
    drip: float = 0
    cut: bool = False


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, parse_qs(parts.query), headers, body)
        said = self.server.answer(asked)  # type: ignore[attr-defined]
        if said.hang_up:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        head = {"Content-Type": "application/json", "Content-Length": str(len(said.body)), **said.headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        whole = f"HTTP/1.1 {said.status} X\r\n{lines}\r\n".encode() + said.body
        if said.cut:
            whole, self.close_connection = whole[:-5], True
        with suppress(OSError):
            if said.drip:
                for at in range(len(whole)):
                    self.wfile.write(whole[at : at + 1])
                    if self.server.ending.wait(said.drip):  # type: ignore[attr-defined]
                        return
            else:
                self.wfile.write(whole)

    do_GET = do_POST = do_PUT = _answer

    def log_message(self, *_: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, *_: Any) -> None:
        """A connection that a test breaks is no news."""


@contextmanager
def web_server(answer: Callable[[Asked], Said], *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """The server while the block lasts; its address."""
    server = _Server(("127.0.0.1", 0), _Door)
    server.answer, server.ending = answer, Event()  # type: ignore[attr-defined]
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.ending.set()  # type: ignore[attr-defined]
        server.shutdown()
        server.server_close()
        thread.join()
