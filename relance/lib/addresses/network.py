"""Turns a host and a port into a connection to an address that was looked up once and checked (R37).

A host that names another address the second time gains nothing: the connection goes to the address that was checked.
Hosts of a private network are for the operator to name.
"""

import errno
import socket
import ssl
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address


class Private(OSError):
    """The host has an address of a private network, and nobody has named it."""


def connect(host: str, port: int, timeout: float | None, *, private: Iterable[str] | None = ()) -> socket.socket:
    """A connection; Private when one of the host's addresses is (`private`: hosts that may; None: every one may)."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [info[4] for info in found]
    if private is not None and host not in set(private):
        refuse_private(addresses)
    fault: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((str(address[0]), int(address[1])), timeout=timeout)
        except OSError as error:
            fault = error
    raise fault or OSError("it has no address")


def secured(plain: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
    """The same connection encrypted, with the host's name proven as the context asks; closed when that fails."""
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def refuse_private(addresses: Iterable[tuple[object, ...]]) -> None:
    """Private for the first address that does not belong to the open internet."""
    for address in addresses:
        if not is_public(str(address[0])):
            raise Private(errno.EACCES, f"{address[0]} is an address of a private network")


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
