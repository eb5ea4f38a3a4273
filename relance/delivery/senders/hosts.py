"""Turns a sender's settings into the hosts of a private network that it may reach: a dealer's none, the operator's all.

What is typed on the desk is a dealer's word: his server must not become a way into the network that it stands in (R37).
"""

import socket
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from relance.delivery.channel import Sending
from relance.lib.addresses.network import Private, refuse_private

FROM_DESK = "from_desk"  # the setting that says who typed the address


def private_hosts(kept: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The hosts whose addresses may be private; None when every one may, as the operator typed it."""
    return named_hosts() if kept.get(FROM_DESK) else None


def named_hosts() -> tuple[str, ...]:
    """The private hosts that the operator has named for everybody."""
    return tuple(settings.ENVIRONMENT["RELANCE_PRIVATE_HOSTS"])


def private_host_of(sending: Sending) -> str | None:
    """The first host of a sender that is private and not named; a host that has no address yet is asked later."""
    for host in _hosts(sending):
        if host in named_hosts():
            continue
        try:
            refuse_private([info[4] for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)])
        except Private:
            return host
        except OSError:
            continue  # asked again at every connection
    return None


def _hosts(sending: Sending) -> Iterator[str]:
    kept = sending.settings
    for url in (str(kept.get("url") or ""), sending.secrets.get("bounces", "")):
        try:
            host = urlsplit(url).hostname
        except ValueError:
            host = None
        if host:
            yield host
    if kept.get("host"):
        yield str(kept["host"])
