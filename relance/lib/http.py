"""Turns a request into an answer over one HTTP connection that is kept open: the one place that calls other servers.

What it promises (R37): only http and https; the host's addresses are looked up once, checked, and the connection goes
to the checked address; no address of a private network unless the operator names the host; no redirects; no proxy of
the environment; an answer has a time and a size at which it ends, however slowly it comes.

    HttpFault
    ├── NotSent      the whole request did not leave: the other side has done nothing
    │   └── NoWay    no connection at all (unknown host, refused, not trusted, not allowed)
    └── NoAnswer     the request has left, and no usable answer came: nobody can tell
"""

import re
import select
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from http.client import HTTPException, HTTPResponse
from time import monotonic
from urllib.parse import urlsplit

from django.utils.translation import gettext

from relance.lib.addresses.network import connect, secured

LARGEST = 1_000_000  # bytes of an answer that are read
IDLE = 20.0  # seconds after which a kept connection is not trusted to be still there
PORTS = {"http": 80, "https": 443}
UNSAFE = re.compile(r"[\x00-\x1f\x7f]")
HOST = re.compile(r"[A-Za-z0-9._:-]+")


class HttpFault(Exception):
    """Something went wrong between us and the other side; `str(fault)` says what in one line."""


class NotSent(HttpFault):
    """The whole request did not leave."""


class NoWay(NotSent):
    """There is no connection."""


class NoAnswer(HttpFault):
    """The request has left; what became of it cannot be told."""


@dataclass(frozen=True)
class Reply:
    """What the other side answered; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The beginning of the body, on one line."""
        return " ".join(self.body[:400].decode("utf-8", "replace").split())


@dataclass(frozen=True)
class Origin:
    """A server: scheme, host and port, without a path."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Origin":
        """The server of a URL; ValueError when it is no http or https URL."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in PORTS or not HOST.fullmatch(host) or parts.username is not None:
            raise ValueError(gettext("'{url}' is not an http:// or https:// address").format(url=url[:200]))
        return cls(parts.scheme, host, parts.port or PORTS[parts.scheme])

    @property
    def authority(self) -> str:
        """As it stands in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str) -> str:
    """Path and query of a URL, as they stand in the request."""
    parts = urlsplit(url)
    target = parts.path or "/"
    return f"{target}?{parts.query}" if parts.query else target


@dataclass
class Line:
    """One connection to one server. `ask` opens it as needed; it may be used by one thread at a time."""

    origin: Origin
    timeout: float = 30.0  # seconds for a connection, and again for a whole answer
    ca: str | None = None  # a file with the certificate to trust
    private: Iterable[str] = ()  # hosts whose addresses may be private
    headers: Mapping[str, str] = field(default_factory=dict)  # of every request
    largest: int = LARGEST

    def __post_init__(self) -> None:
        self._socket: socket.socket | None = None
        self._used_at = 0.0
        fixed = {"Host": self.origin.authority, "Accept": "application/json", "User-Agent": "relance", **self.headers}
        self._head = "".join(_header(name, value) for name, value in fixed.items())

    def open(self) -> None:
        """Connect when there is no connection that can be used; NoWay otherwise."""
        if self._socket is not None and not self._is_stale():
            return
        self.close()
        try:
            self._socket = self._connect()
        except ssl.SSLError as error:
            raise NoWay(f"{self.origin.authority} cannot be trusted: {_why(error)}") from None
        except (OSError, UnicodeError) as error:
            raise NoWay(f"{self.origin.authority} cannot be reached: {_why(error)}") from None
        self._used_at = monotonic()

    def close(self) -> None:
        """Let go of the connection; never raises."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def ask(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        against: Callable[[], str] = lambda: "",
    ) -> Reply:
        """One request and its answer, whatever its status; raises HttpFault when there is none.

        `against` is asked in the last instant, with the connection open and the request ready: what it says stands
        against sending, and nothing is sent (NotSent).
        """
        self.open()
        own = "".join(_header(name, value) for name, value in (headers or {}).items())
        length = f"Content-Length: {len(body)}\r\n" if body or method in ("POST", "PUT", "PATCH") else ""
        request = f"{method} {_safe(target)} HTTP/1.1\r\n{self._head}{own}{length}\r\n".encode("latin-1") + body
        try:
            return self._exchange(request, method, against)
        except HttpFault:
            self.close()
            raise

    def _exchange(self, request: bytes, method: str, against: Callable[[], str]) -> Reply:
        sock = self._socket
        assert sock is not None
        try:
            sock.settimeout(self.timeout)
            if reason := against():
                raise NotSent(reason)
            sock.sendall(request)
        except OSError as error:
            # What was cut short is no request: nothing is done upon half of one.
            raise NotSent(f"the connection to {self.origin.authority} was lost: {_why(error)}") from None
        try:
            response = HTTPResponse(sock, method=method)
            response.begin()
            body = response.read(self.largest + 1)
        except (HTTPException, OSError, ValueError) as error:
            raise NoAnswer(f"{self.origin.authority} did not answer: {_why(error)}") from None
        if len(body) > self.largest:
            raise NoAnswer(f"{self.origin.authority} answered with more than {self.largest:,} bytes")
        if response.length:
            raise NoAnswer(f"{self.origin.authority} broke off in the middle of its answer")
        if response.will_close or not response.isclosed():
            self.close()
        self._used_at = monotonic()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, body)

    def _is_stale(self) -> bool:
        """Whether the other side has hung up meanwhile, or may have: asking on such a line would end in doubt."""
        if self._socket is None or monotonic() - self._used_at > IDLE:
            return True
        readable, _, _ = select.select([self._socket], [], [], 0)
        return bool(readable)

    def _connect(self) -> socket.socket:
        plain = connect(self.origin.host, self.origin.port, self.timeout, private=self.private)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return secured(plain, _context(self.ca), self.origin.host) if self.origin.scheme == "https" else plain


@lru_cache(maxsize=16)
def _context(ca: str | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=ca)


def _header(name: str, value: str) -> str:
    return f"{_safe(name)}: {_safe(value)}\r\n"


def _safe(text: str) -> str:
    """A text that stays on its line; ValueError otherwise."""
    if UNSAFE.search(text) or not text.isascii():
        raise ValueError("a header or an address has signs that may not stand in it")
    return text


def _why(error: Exception) -> str:
    """What went wrong, in one line."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(said).splitlines()[0][:200]
