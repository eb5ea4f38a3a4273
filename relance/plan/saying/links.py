"""Turns a customer into the link to the page of his choices, and the link back into the customer."""

import struct
from typing import NamedTuple

from django.conf import settings

from relance.lib.signing import read, sign

PURPOSE = "choices"
SHAPE = struct.Struct(">QQ")


class Holder(NamedTuple):
    """Whose link it is."""

    dealer_id: int
    customer_id: int


def server_url() -> str:
    """The address under which customers reach this server, without a slash at the end."""
    known = settings.ENVIRONMENT
    return str(known["RELANCE_URL"] or f"http://{known['RELANCE_HOST']}:{known['RELANCE_PORT']}").rstrip("/")


def choices_path(dealer_id: int, customer_id: int) -> str:
    """The path of a customer's choices; it never expires, and is good for nothing else (web/hooks/urls.py)."""
    return f"/p/{sign(SHAPE.pack(dealer_id, customer_id), purpose=PURPOSE, secret=settings.SECRET_KEY)}"


def choices_url(dealer_id: int, customer_id: int) -> str:
    """The same as it stands in messages."""
    return f"{server_url()}{choices_path(dealer_id, customer_id)}"


def read_choices(token: str) -> Holder | None:
    """Whose link a token is, or None when it is none of ours."""
    content = read(token, purpose=PURPOSE, secret=settings.SECRET_KEY)
    return Holder(*SHAPE.unpack(content)) if content is not None and len(content) == SHAPE.size else None
