"""Turns a provider's webhook about e-mails into news: anymail reads it, once a secret and a signature have held.

The address carries a user and a secret (RFC 7617), which every provider can send; where the provider also signs, its
signature must hold as well. Amazon signs with a certificate of its own (sns.py).
"""

import hashlib
import json
from binascii import Error
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID
from warnings import catch_warnings, simplefilter

from anymail.exceptions import AnymailError
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.webhooks import amazon_ses, brevo, mailgun, postmark, sendgrid
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

from relance.delivery.models import Sender
from relance.delivery.receipts.doors import Door
from relance.delivery.receipts.kinds import USER, News
from relance.delivery.receipts.sns import confirmed, is_signed_by_amazon
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
Event = Mapping[str, Any]


@dataclass(frozen=True)
class Webhook:
    """How one provider reports: anymail's view, the name of its key there, and which of its bounces may pass."""

    view: type[Any]
    signing: str | None  # the view's word for the key that it checks signatures with
    is_soft: Callable[[Event], bool]
    is_signed: Callable[[HttpRequest], bool] = lambda _: True
    is_greeting: Callable[[HttpRequest], bool] = lambda _: False  # answered, and no news


WEBHOOKS: Mapping[str, Webhook] = MappingProxyType(
    {
        "mailgun": Webhook(
            mailgun.MailgunTrackingWebhookView,
            "webhook_signing_key",
            lambda event: event.get("event-data", {}).get("severity") == "temporary",
        ),
        "postmark": Webhook(
            postmark.PostmarkTrackingWebhookView,
            None,
            lambda event: event.get("Type") not in ("HardBounce", "BadEmailAddress", "ManuallyDeactivated"),
        ),
        "sendgrid": Webhook(
            sendgrid.SendGridTrackingWebhookView,
            "tracking_webhook_verification_key",
            lambda event: event.get("type") == "blocked",
        ),
        "brevo": Webhook(
            brevo.BrevoTrackingWebhookView,
            None,
            lambda event: event.get("event") not in ("hard_bounce", "invalid_email"),
        ),
        "ses": Webhook(
            amazon_ses.AmazonSESTrackingWebhookView,
            None,
            lambda event: event.get("bounce", {}).get("bounceType") != "Permanent",
            is_signed_by_amazon,
            confirmed,
        ),
    }
)


def is_authentic(request: HttpRequest, sender: Sender, at: datetime) -> bool:
    """Whether the secret of the address and, where there is one, the provider's signature hold."""
    webhook = WEBHOOKS[sender.kind]
    allowed = [f"{USER}:{secret}" for secret in live_secrets(sender, "webhook", at)]
    if not allowed:
        return False
    keys: list[str | None] = [*live_secrets(sender, "signing", at)] if webhook.signing else [None]
    return any(_holds(webhook, request, allowed, key) for key in keys) and webhook.is_signed(request)


def _holds(webhook: Webhook, request: HttpRequest, allowed: list[str], key: str | None) -> bool:
    try:
        _view(webhook, allowed, key).run_validators(request)
    except (AnymailError, SuspiciousOperation, ValueError, TypeError, KeyError, AttributeError, RecursionError, Error):
        return False  # not signed, or not in the form in which anything is signed
    return True


def _view(webhook: Webhook, allowed: list[str], key: str | None) -> Any:
    options = {webhook.signing: key} if webhook.signing else {}
    with catch_warnings():
        simplefilter("ignore")  # anymail says of SendGrid that it is tested no more; our own tests do
        return webhook.view(webhook_secret=allowed, **options)


def news_of(request: HttpRequest, sender: Sender, _: UUID | None, at: datetime) -> list[News]:
    """What a provider's webhook says, by anymail's reading."""
    webhook = WEBHOOKS[sender.kind]
    if webhook.is_greeting(request):
        return []
    # Whatever key the view is given: nothing is validated here any more.
    view = _view(webhook, [f"{USER}:"], None if webhook.signing != "webhook_signing_key" else "x")
    try:
        events = view.parse_events(request)
    except (AnymailError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        return []  # signed and not understood: a kind of news that we do not know
    return list(_read(webhook, events, at))


def _read(webhook: Webhook, events: list[AnymailTrackingEvent], at: datetime) -> Iterator[News]:
    for event in events:
        kind = KINDS.get(event.event_type)
        if kind is None:
            continue
        raw: Event = event.esp_event if isinstance(event.esp_event, Mapping) else {}
        is_soft = event.event_type == EventType.BOUNCED and webhook.is_soft(raw)
        said = event.mta_response or event.description or event.reject_reason or event.event_type
        yield News(
            kind="soft" if is_soft else kind,
            ref=_ref(event),
            at=event.timestamp or at,
            key=_key(event, raw),
            address=event.recipient or "",
            provider_ref=str(event.message_id or ""),
            suppress=_reason(event, is_soft),
            said=" ".join(str(said).split())[:500],
        )


def _reason(event: AnymailTrackingEvent, is_soft: bool) -> str:
    if event.event_type == EventType.COMPLAINED or event.reject_reason == RejectReason.SPAM:
        return "complaint"
    bounced = event.event_type == EventType.BOUNCED and not is_soft and event.reject_reason not in PASSING
    refused = event.event_type == EventType.REJECTED and event.reject_reason in DEAD
    return "hard_bounce" if bounced or refused else ""


def _key(event: AnymailTrackingEvent, raw: Event) -> UUID | None:
    """Our key: as metadata, as a tag (SES), or as the Message-ID that we gave it."""
    tags = raw.get("mail", {}).get("tags", {}) if isinstance(raw.get("mail"), Mapping) else {}
    found = [(event.metadata or {}).get(METADATA), *(tags.get(METADATA) or []), event.message_id]
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


DOOR = Door(is_authentic, news_of, is_asked=lambda _: True)
