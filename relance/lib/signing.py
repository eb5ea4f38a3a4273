"""Turns a few bytes into a token for a link that gives nothing away and cannot be made up, and back.

Authenticated encryption with a nonce made of the content: the same content always has the same token, so that a message
can be composed again byte for byte.
"""

import base64
import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12


@lru_cache(maxsize=16)
def _lock(secret: str, purpose: str) -> AESGCM:
    return AESGCM(hashlib.blake2b(f"{purpose}\0{secret}".encode(), digest_size=32, person=b"relance-link").digest())


@lru_cache(maxsize=16)
def _key(secret: str) -> bytes:
    return hashlib.blake2b(secret.encode(), digest_size=32).digest()


def sign(content: bytes, *, purpose: str, secret: str) -> str:
    """`content` as a token that is good for one purpose."""
    nonce = hashlib.blake2b(content, digest_size=NONCE, key=_key(secret), person=purpose.encode()[:16]).digest()
    sealed = nonce + _lock(secret, purpose).encrypt(nonce, content, purpose.encode())
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


def keyed_hash(content: str, *, purpose: str, secret: str) -> str:
    """A hash that only this server can make: it recognises what it was made of, and gives nothing of it away."""
    return hashlib.blake2b(content.encode(), digest_size=32, key=_key(secret), person=purpose.encode()[:16]).hexdigest()


def read(token: str, *, purpose: str, secret: str) -> bytes | None:
    """The content of a token, or None when it is none of ours."""
    try:
        sealed = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        return _lock(secret, purpose).decrypt(sealed[:NONCE], sealed[NONCE:], purpose.encode())
    except (ValueError, UnicodeEncodeError, InvalidTag):
        return None
