"""Turns a call of Amazon's notification service into yes or no: whether Amazon signed it, as its documentation says.

The certificate comes from the address in the message: only from Amazon's own hosts, over https, and it is kept.
"""

import base64
import json
import logging
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_pem_x509_certificate
from django.http import HttpRequest

from relance.lib.http import HttpFault, Line, Origin, target_of

log = logging.getLogger(__name__)
CERTIFICATE = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/SimpleNotificationService-[A-Za-z0-9]+\.pem")
CONFIRM = re.compile(r"https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/\?Action=ConfirmSubscription&[A-Za-z0-9&=:%_.-]+")
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
HASHES: Mapping[str, type[hashes.SHA1] | type[hashes.SHA256]] = {"1": hashes.SHA1, "2": hashes.SHA256}


def is_signed_by_amazon(request: HttpRequest) -> bool:
    """Whether the signature in the message is Amazon's, over the very fields that are read."""
    try:
        message = json.loads(request.body)
        key = certificate_of(str(message["SigningCertURL"]))
        signature = base64.b64decode(message["Signature"], validate=True)
        digest = HASHES[str(message["SignatureVersion"])]()
        key.verify(signature, said_in(message), padding.PKCS1v15(), digest)
    except (ValueError, KeyError, TypeError, InvalidSignature, HttpFault, RecursionError):
        return False
    return True


def said_in(message: Mapping[str, Any]) -> bytes:
    """What is signed: names and values, each on a line of its own; KeyError for a kind that is not known."""
    fields = [name for name in SIGNED[str(message["Type"])] if name in message]
    return "".join(f"{name}\n{message[name]}\n" for name in fields).encode()


@lru_cache(maxsize=32)
def certificate_of(url: str) -> rsa.RSAPublicKey:
    """The key of a certificate of Amazon's; ValueError when the address is not Amazon's."""
    if not CERTIFICATE.fullmatch(url):
        raise ValueError(url)
    key = load_pem_x509_certificate(fetched(url)).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("the certificate has another kind of key")
    return key


def confirmed(request: HttpRequest) -> bool:
    """Whether the call (signed, and with our secret) asks us to confirm a subscription; then we do."""
    message = json.loads(request.body)
    if message.get("Type") != "SubscriptionConfirmation":
        return False
    url = str(message.get("SubscribeURL"))
    if CONFIRM.fullmatch(url):
        try:
            fetched(url)
        except (HttpFault, ValueError) as fault:
            log.warning("a subscription of %s could not be confirmed: %s", message.get("TopicArn"), fault)
    return True


def fetched(url: str) -> bytes:
    """What stands at an address of Amazon's; ValueError when it is not given."""
    line = Line(Origin.of(url), timeout=10.0, largest=100_000)
    try:
        reply = line.ask("GET", target_of(url))
    finally:
        line.close()
    if reply.status != 200:
        raise ValueError(f"Amazon answered {reply.status}")
    return reply.body
