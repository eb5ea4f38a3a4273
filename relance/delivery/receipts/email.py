"""Turns a provider's webhook about e-mails into news: anymail reads it, once a secret and a signature have held.

The address carries a user and a secret (RFC 7617), which every provider can send; where the provider also signs, its
signature must hold as well. Amazon signs with a certificate of its own (sns.py), Resend through Svix (svix.py).
"""

import hashlib
import json
from binascii import Error
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID
from warnings import catch_warnings, simplefilter

from anymail.exceptions import AnymailError
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

from relance.delivery.channels.email.provider_table import PROVIDERS, EmailProvider, Event, part
from relance.delivery.links import hook_url
from relance.delivery.models import Sender
from relance.delivery.receipts.doors import Door
from relance.delivery.receipts.kinds import USER, News
from relance.delivery.receipts.sns import confirmed, is_signed_by_amazon
from relance.delivery.receipts.svix import is_signed
from relance.delivery.senders import live_secrets

METADATA = "relance"
KINDS = {
    EventType.QUEUED: "taken",
    EventType.SENT: "taken",
    EventType.DELIVERED: "delivered",
    EventType.DEFERRED: "delayed",
    EventType.BOUNCED: "failed",
    EventType.REJECTED: "failed",
    EventType.FAILED: "failed",
    EventType.COMPLAINED: "complained",
    EventType.UNSUBSCRIBED: "unsubscribed",
    EventType.OPENED: "opened",
    EventType.CLICKED: "clicked",
}
DEAD = (RejectReason.INVALID, RejectReason.BOUNCED)
PASSING = (RejectReason.TIMED_OUT, RejectReason.BLOCKED, RejectReason.UNSUBSCRIBED)
UNREADABLE = (AnymailError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, AssertionError)


# Signatures that anymail does not look at, or needs another library for.
PROOFS: Mapping[str, Callable[[HttpRequest, Sequence[str], datetime], bool]] = {
    "ses": lambda request, _keys, _at: is_signed_by_amazon(request),
    "resend": lambda request, keys, at: any(is_signed(request, key, at) for key in keys),
}


def is_authentic(request: HttpRequest, sender: Sender, at: datetime) -> bool:
    """Whether the secret of the address and, where there is one, the provider's signature hold."""
    provider = PROVIDERS[sender.kind]
    if not any(_holds(request, sender, secret, at) for secret in live_secrets(sender, "webhook", at)):
        return False
    is_proven = PROOFS.get(sender.kind)
    return is_proven is None or is_proven(request, live_secrets(sender, provider.signed_with, at), at)


def _holds(request: HttpRequest, sender: Sender, secret: str, at: datetime) -> bool:
    provider = PROVIDERS[sender.kind]
    keys = live_secrets(sender, provider.signed_with, at) if provider.signing else [""]
    for key in keys:
        try:
            _view(sender, provider, secret, key).run_validators(request)
        except (*UNREADABLE, SuspiciousOperation, Error):
            continue  # not signed, or not in the form in which anything is signed
        return True
    return False


def _view(sender: Sender, provider: EmailProvider, secret: str, key: str) -> Any:
    """anymail's view of this provider's reports, with the secret of the address and the key that it signs with."""
    login = f"{USER}:{secret}"
    options = {provider.signing: key} if provider.signing else {}
    if provider.signs_url and (url := hook_url(sender.hook, "receipts")):
        options["webhook_url"] = url.replace("//", f"//{login}@", 1)
    module, _, name = provider.view.partition(":")
    with catch_warnings():
        simplefilter("ignore")  # anymail says of SendGrid that it is tested no more; our own tests do
        return getattr(import_module(f"anymail.webhooks.{module}"), name)(webhook_secret=[login], **options)


def news_of(request: HttpRequest, sender: Sender, _: UUID | None, at: datetime) -> list[News]:
    """What a provider's webhook says, by anymail's reading."""
    provider = PROVIDERS[sender.kind]
    if sender.kind == "ses" and confirmed(request):
        return []
    key = next(iter(live_secrets(sender, provider.signed_with, at)), "") if provider.signing else ""
    try:
        return list(_read(provider, _view(sender, provider, "", key).parse_events(request), at))
    except UNREADABLE:
        return []  # signed and not understood: a kind of news that we do not know


def _read(provider: EmailProvider, events: list[AnymailTrackingEvent], at: datetime) -> Iterator[News]:
    for event in events:
        raw: Event = event.esp_event if isinstance(event.esp_event, Mapping) else {}
        kind = _unknown_to_anymail(provider, raw) or KINDS.get(event.event_type)
        if kind is None:
            continue
        is_bounce = event.event_type == EventType.BOUNCED or _is_turned_away(event)
        is_soft = is_bounce and provider.soft(raw) and not provider.dead(raw)
        said = event.mta_response or event.description or event.reject_reason or event.event_type
        yield News(
            kind="soft" if is_soft else kind,
            ref=_ref(event),
            at=event.timestamp or at,
            key=_key(event, raw),
            address=event.recipient or "",
            provider_ref=str(event.message_id or ""),
            suppress=_reason(provider, event, raw, is_soft=is_soft),
            said=" ".join(str(said).split())[:500],
        )


def _unknown_to_anymail(provider: EmailProvider, raw: Event) -> str | None:
    words = (raw.get("type"), raw.get("event"), part(raw, "data", "type"))
    return next((provider.kinds[str(word)] for word in words if str(word) in provider.kinds), None)


def _is_turned_away(event: AnymailTrackingEvent) -> bool:
    """Whether the provider itself did not send it, as the address bounced before or is none."""
    return event.event_type == EventType.REJECTED and event.reject_reason in DEAD


def _reason(provider: EmailProvider, event: AnymailTrackingEvent, raw: Event, *, is_soft: bool) -> str:
    """Why the address is not used again; nothing when it may be."""
    is_spam = event.reject_reason == RejectReason.SPAM
    if event.event_type == EventType.COMPLAINED or (is_spam and provider.spam_is_complaint):
        return "complaint"
    if is_soft:
        return ""
    is_gone = event.event_type == EventType.BOUNCED and not is_spam and event.reject_reason not in PASSING
    return "hard_bounce" if is_gone or _is_turned_away(event) or provider.dead(raw) else ""


def _key(event: AnymailTrackingEvent, raw: Event) -> UUID | None:
    """Our key: as metadata, as a tag, or as the Message-ID that we gave it."""
    tags = raw.get("mail", {}).get("tags", {}) if isinstance(raw.get("mail"), Mapping) else {}
    found = [(event.metadata or {}).get(METADATA), *(tags.get(METADATA) or []), *(event.tags or []), event.message_id]
    for text in found:
        try:
            return UUID(str(text or "").strip("<> ").partition("@")[0])
        except ValueError:
            continue
    return None


def _ref(event: AnymailTrackingEvent) -> str:
    """The provider's id of this piece of news; where it has none, what makes it different from others."""
    parts = [event.event_id, event.event_type, event.recipient]
    if event.event_id is None:
        parts += [event.message_id, event.timestamp and event.timestamp.isoformat(), event.click_url]
    content = json.dumps(parts, default=str).encode()
    return f"{event.event_type}:{hashlib.blake2b(content, digest_size=24).hexdigest()}"


DOOR = Door(is_authentic, news_of, is_asked=lambda _: True, is_looked_at=True)
