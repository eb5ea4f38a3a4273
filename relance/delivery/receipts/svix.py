"""Turns a call that was sent through Svix (Resend's are) into yes or no: whether it is signed with this key, and fresh.

The signature is an HMAC over the call's id, its moment and its body; a header may carry several, for keys that change.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error
from datetime import datetime

from django.http import HttpRequest

FRESH = 300.0  # seconds that a call may be on its way: an old one that was overheard is not taken again
PREFIX = "whsec_"  # before the key as Svix shows it


def is_signed(request: HttpRequest, key: str, at: datetime) -> bool:
    """Whether one of the signatures in the headers is ours."""
    said = [request.headers.get(f"svix-{name}", "") for name in ("id", "timestamp")]
    try:
        secret = b64decode(key.removeprefix(PREFIX), validate=True)
        is_fresh = abs(at.timestamp() - int(said[1])) <= FRESH
    except (ValueError, Error):
        return False
    content = ".".join(said).encode() + b"." + request.body
    wanted = b64encode(hmac.digest(secret, content, "sha256")).decode()
    told = request.headers.get("svix-signature", "").split()
    return is_fresh and bool(secret) and any(hmac.compare_digest(f"v1,{wanted}".encode(), one.encode()) for one in told)
