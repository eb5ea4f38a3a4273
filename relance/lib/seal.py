"""Turns secrets into sealed bytes that only this server opens, and back."""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from django.utils.translation import gettext

from relance.lib.errors import Failure


@lru_cache(maxsize=4)
def _lock(secret: str) -> Fernet:
    # Derived, so that the same secret signs links and seals passwords without either giving away the other.
    key = hashlib.blake2b(secret.encode(), digest_size=32, person=b"relance-seal").digest()
    return Fernet(base64.urlsafe_b64encode(key))


def seal(values: Mapping[str, str], secret: str) -> bytes:
    """`values` as bytes that may stand in a database; nothing sealed is empty bytes."""
    return _lock(secret).encrypt(json.dumps(dict(values)).encode()) if values else b""


def unseal(sealed: bytes, secret: str) -> dict[str, str]:
    """The sealed values; Failure when they were sealed by another server."""
    if not sealed:
        return {}
    try:
        values: dict[str, str] = json.loads(_lock(secret).decrypt(sealed))
    except InvalidToken:
        raise Failure(gettext("a sender's password was sealed by another server: set the sender again")) from None
    return values
