"""Turns the calls of a gateway, as the dealer's file describes them, into news and replies, once they are believed."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from anymail.utils import get_request_basic_auth
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from relance.delivery.channels.sms.codes import MEANINGS
from relance.delivery.channels.sms.gateway_form import Gateway, found_at
from relance.delivery.models import Sender
from relance.delivery.receipts.doors import Door
from relance.delivery.receipts.kinds import USER, Heard, News
from relance.delivery.senders import live_secrets


def form_of(sender: Sender) -> Gateway:
    """What the dealer's file says."""
    return Gateway.model_validate(sender.settings["form"])


def is_asked(sender: Sender) -> bool:
    """Whether user and secret of the address are what is believed: the gateway does not sign."""
    return form_of(sender).signature is None


def is_authentic(request: HttpRequest, sender: Sender, at: datetime) -> bool:
    """Whether the gateway's signature over the body holds; without one, the secret of the address."""
    signature = form_of(sender).signature
    if signature is None:
        login = get_request_basic_auth(request) or ""
        good = [f"{USER}:{secret}" for secret in live_secrets(sender, "webhook", at)]
        return any([constant_time_compare(login, one) for one in good])
    told = request.headers.get(signature.header, "")
    for secret in live_secrets(sender, "signing", at):
        made = hmac.digest(secret.encode(), request.body, signature.hash)
        text = made.hex() if signature.encoding == "hex" else base64.b64encode(made).decode()
        if constant_time_compare(told, signature.prefix + text):
            return True
    return False


def news_of(request: HttpRequest, sender: Sender, key: UUID | None, at: datetime) -> list[News]:
    """What became of a message; nothing when the call does not say so."""
    form, content = form_of(sender), _content(request)
    if form.receipts is None:
        return []
    told = form.receipts
    ref, status = (str(found_at(content, path) or "") for path in (told.ref, told.status))
    kind = told.words.get(status)
    if kind is None or not ref:
        return []
    code = str(found_at(content, told.code) or "")
    meaning = MEANINGS.get(form.codes.words.get(code, "")) if form.codes and kind in ("failed", "soft") else None
    return [
        News(
            kind="soft" if meaning and meaning.is_soft else kind,
            ref=hashlib.blake2b(f"{ref}:{status}".encode(), digest_size=24).hexdigest(),
            at=at,
            key=key or _key(found_at(content, told.key)),
            provider_ref=ref,
            suppress=(meaning.suppress or "") if meaning else "",
            said=" ".join([status, code]).strip()[:500],
        )
    ]


def heard_of(request: HttpRequest, sender: Sender) -> Heard | None:
    """A text message that came in; None when the call is none."""
    form, content = form_of(sender), _content(request)
    if form.inbound is None:
        return None
    ref, number, text = (found_at(content, p) for p in (form.inbound.ref, form.inbound.sender, form.inbound.text))
    if not ref or not number or not isinstance(text, str):
        return None
    return Heard(str(number), text, f"gateway:{hashlib.blake2b(str(ref).encode(), digest_size=16).hexdigest()}")


def _content(request: HttpRequest) -> Any:
    if request.content_type == "application/x-www-form-urlencoded":
        return request.POST.dict()
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        return None


def _key(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


DOOR = Door(is_authentic, news_of, heard_of, is_asked)
