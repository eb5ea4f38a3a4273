"""Turns names, subjects and addresses into header lines: ASCII, short, and one line each whatever is in them."""

import base64
import re
from functools import lru_cache

from relance.delivery.channel import ProviderRefused

CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
ADDRESS = re.compile(r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+")
WORD = 45  # bytes of UTF-8 in one encoded word: 60 letters of base64 and the frame stay under 75


def header_text(text: str) -> str:
    """A text for a header: as it is when it is short ASCII, else encoded words (RFC 2047). Line ends become blanks."""
    text = CONTROL.sub(" ", text).strip()
    if text.isascii() and len(text) <= 70 and "=?" not in text:
        return text
    whole = text.encode("utf-8", "replace")
    words = [whole] if len(whole) <= WORD else _words(text)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


def _words(text: str) -> list[bytes]:
    """A long text in pieces; no letter is torn apart."""
    words, word = [], b""
    for letter in text:
        coded = letter.encode("utf-8", "replace")
        if len(word) + len(coded) > WORD:
            words.append(word)
            word = b""
        word += coded
    return [*words, word]


@lru_cache(maxsize=2_000)
def mailbox(name: str, address: str) -> str:
    """`"Name" <address>`, with the name quoted or encoded."""
    name = CONTROL.sub(" ", name).strip()
    if not name:
        return f"<{address}>"
    if name.isascii() and len(name) <= 70 and "=?" not in name:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}" <{address}>'
    return f"{header_text(name)}\r\n <{address}>"


@lru_cache(maxsize=2_000)  # the same sender in every message, and each recipient in its envelope and in its header
def address_line(address: str | None) -> str:
    """An address as SMTP takes it: one address, nothing else, the domain in ASCII. ProviderRefused otherwise."""
    text = (address or "").strip()
    if not ADDRESS.fullmatch(text) or CONTROL.search(text) or len(text) > 254:
        raise ProviderRefused(f"'{CONTROL.sub(' ', text)[:80]}' is not an e-mail address")
    if text.isascii():
        return text
    local, _, domain = text.rpartition("@")
    try:
        plain = f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise ProviderRefused(f"'{text[:80]}' has no usable domain") from None
    if not plain.isascii():
        raise ProviderRefused(f"'{text[:80]}' has letters before the @ that mail servers do not take")
    return plain
