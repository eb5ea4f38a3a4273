"""Turns a host and a port into a connection to an address that was looked up once and checked (R37).

A host that names another address the second time gains nothing: the connection goes to the address that was checked.
Hosts of a private network are for the operator to name. An answer has an end: whoever sends a byte a second, each in
time, does not hold us (R58).
"""

import errno
import socket
import ssl
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from time import monotonic
from typing import Any

SLOWEST = 10_000  # bytes a second: who is slower is given the time-out and no more


class Private(OSError):
    """The host has an address of a private network, and nobody has named it."""


def connect(host: str, port: int, timeout: float | None, *, private: Iterable[str] | None = ()) -> socket.socket:
    """A connection; Private when one of the host's addresses is (`private`: hosts that may; None: every one may)."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a..b, or a label of more than 63 letters
        raise OSError(errno.EINVAL, f"{host[:80]} is no name of a host") from error
    addresses = [info[4] for info in found]
    if private is not None and host not in set(private):
        refuse_private(addresses)
    fault: OSError | None = None
    for address in addresses:
        try:
            return _ending(socket.create_connection((str(address[0]), int(address[1])), timeout=timeout))
        except OSError as error:
            fault = error
    raise fault or OSError("it has no address")


class _Ending(socket.socket):
    """A connection on which a whole answer may take its time-out, counted from our last word; not every byte of it."""

    _patience: float | None = None
    _ends: float | None = None

    def settimeout(self, value: float | None) -> None:
        self._patience, self._ends = value, None
        super().settimeout(value)

    def send(self, *words: Any) -> int:
        self._speak()
        return super().send(*words)

    def sendall(self, *words: Any) -> None:
        self._speak()
        super().sendall(*words)

    def recv(self, *words: Any) -> bytes:
        self._listen()
        data = super().recv(*words)
        self._heard(len(data))
        return data

    def recv_into(self, *words: Any) -> int:
        self._listen()
        number = super().recv_into(*words)
        self._heard(number)
        return number

    def _speak(self) -> None:
        if self._ends is not None:
            self._ends = None
            super().settimeout(self._patience)

    def _listen(self) -> None:
        if self._patience:
            self._ends = self._ends or monotonic() + self._patience
            left = self._ends - monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            super().settimeout(left)

    def _heard(self, number: int) -> None:
        if self._ends is not None:
            self._ends += number / SLOWEST


class _EndingTls(_Ending, ssl.SSLSocket):
    """The same, encrypted."""


def _ending(plain: socket.socket) -> socket.socket:
    timeout = plain.gettimeout()
    ending = _Ending(plain.family, plain.type, plain.proto, plain.detach())
    ending.settimeout(timeout)
    return ending


def impatient(context: ssl.SSLContext) -> ssl.SSLContext:
    """The context, whose connections end so as well."""
    context.sslsocket_class = _EndingTls
    return context


def secured(plain: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
    """The same connection encrypted, with the host's name proven as the context asks; closed when that fails."""
    try:
        return impatient(context).wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def refuse_private(addresses: Iterable[tuple[object, ...]]) -> None:
    """Private for the first address that does not belong to the open internet."""
    for address in addresses:
        if not is_public(str(address[0])):
            raise Private(
                errno.EACCES,
                f"{address[0]} is an address of a private network, and RELANCE_PRIVATE_HOSTS does not name the host",
            )


def is_public(address: str) -> bool:
    """Whether an address belongs to the open internet; one that hides another inside is judged by that."""
    try:
        found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else found)
        if isinstance(found, IPv6Address) and found.packed[:12] == bytes.fromhex("0064ff9b0000000000000000"):
            found = IPv4Address(found.packed[12:])
    return found.is_global and not found.is_multicast and not found.is_reserved
