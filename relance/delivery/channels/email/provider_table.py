"""Turns the name of an e-mail provider into all that is known of it: its address, its secrets, how it is spoken to
and how it reports. One row per provider. Beside it stand only how Amazon SES is spoken to (ses.py), and signatures of
reports that anymail does not look at (receipts/email.py).

A refusal means INVALID, BOUNCED or COMPLAINT (the address is not used again), LATER (nothing was done, it may be tried
again), OURS (our account or sender is at fault: no message pays for it), THIS_MAIL (this one alone).
Words of a row: `takes` and `signing` are django-anymail's names for our values; `soft` says of a bounce that it may
pass, `dead` of any report that its address will never work. Neither trusts the form of what it reads.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_noop as _

from relance.delivery.channels.email.answers import says_dead

Event = Mapping[str, Any]
ALL_HEADERS = ("Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "Content-Language")
INVALID, BOUNCED, COMPLAINT, LATER, OURS, THIS_MAIL = "invalid", "hard_bounce", "complaint", "later", "ours", ""


def _never(_event: Event) -> bool:
    return False


@dataclass(frozen=True)
class Place:
    """What a part of the address is: our name of it, and what it says."""

    name: str
    says: str


@dataclass(frozen=True)
class EmailProvider:
    """One provider."""

    name: str
    says: str
    form: str  # what its address looks like
    backend: str  # module:Class of anymail.backends
    view: str  # module:Class of anymail.webhooks
    takes: Mapping[str, str]
    secrets: Mapping[str, str]
    place: Mapping[str, Place] = field(default_factory=dict)  # by part of the address, `host` or `user`
    missing: str = ""
    url: str = ""  # where it stands, when that is no constant of its library: with the value of `place`
    options: Mapping[str, str] = field(default_factory=dict)
    # How our key travels: as metadata, or as a tag where there is no metadata or it does not come back.
    key_as_tag: bool = False
    kept_headers: tuple[str, ...] = ALL_HEADERS  # those of ours that it takes
    headers: Mapping[str, str] = field(default_factory=dict)  # more, for its own ends
    once: str = ""  # the header of the request in which it takes a key that makes one message of two requests
    extra: Callable[[str], Mapping[str, Any]] = lambda _: {}  # our key → what else stands in the request
    signing: str = ""  # anymail's name for what signs its reports
    signed_with: str = "signing"  # which of our secrets that is
    signs_url: bool = False  # its signature covers the address at which it reports
    soft: Callable[[Event], bool] = _never
    dead: Callable[[Event], bool] = _never
    spam_is_complaint: bool = True  # else its word "spam" is a filter's, not a reader's
    kinds: Mapping[str, str] = field(default_factory=dict)  # types of events that anymail does not know
    # Why it did not take a mail: its word in the answer, and what each word means; another one: this mail alone.
    word: Callable[[Any], Any] | None = None
    refusals: Mapping[str, str] = field(default_factory=dict)


_KEY = {"password": _("the key of the API")}
_SIGNED = {**_KEY, "signing": _("the key with which its webhooks are signed")}
_BY_KEY = {"api_key": "password"}
SPARKPOST_DEAD = ("10", "30")  # its classes "invalid recipient" and "no recipient"
MANDRILL_OURS = ("Invalid_Key", "PaymentRequired", "Unknown_Subaccount")
MAILJET_DEAD = ("user unknown", "invalid domain", "no mail host", "typofix")
UNISENDER_PASSING = ("err_mailbox_full", "err_too_large", "err_unreachable", "err_delivery_failed", "err_lost")


def part(event: Event, *path: str) -> Any:
    """What stands at a place of an event; None where the event has another form."""
    found: Any = event
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _sparkpost(event: Event) -> Any:
    """The class of a bounce, inside of the envelope of the event's own class."""
    inner = next(iter((part(event, "msys") or {"": {}}).values()))
    return str(part(inner, "bounce_class"))


def _unisender_status(event: Event) -> str:
    return str(part(event, "delivery_info", "delivery_status"))


PROVIDERS: Mapping[str, EmailProvider] = MappingProxyType(
    {
        "mailgun": EmailProvider(
            "Mailgun",
            _("e-mail over Mailgun's API"),
            "mailgun://mg.dealer.example",
            "mailgun:EmailBackend",
            "mailgun:MailgunTrackingWebhookView",
            {**_BY_KEY, "sender_domain": "domain"},
            _SIGNED,
            place={"host": Place("domain", _("the domain from which it sends"))},
            missing=_("the domain is missing"),
            signing="webhook_signing_key",
            soft=lambda event: part(event, "event-data", "severity") == "temporary",
        ),
        "postmark": EmailProvider(
            "Postmark",
            _("e-mail over Postmark's API"),
            "postmark://",
            "postmark:EmailBackend",
            "postmark:PostmarkTrackingWebhookView",
            {"server_token": "password"},
            _KEY,
            options={"stream": _("the message stream")},
            headers={"X-PM-KeepID": "true"},  # else it puts a Message-ID of its own in the place of ours
            soft=lambda event: event.get("Type") not in ("HardBounce", "BadEmailAddress", "ManuallyDeactivated"),
        ),
        "ses": EmailProvider(
            "Amazon SES",
            _("e-mail over Amazon SES"),
            "ses://ACCESS-KEY@REGION",
            "amazon_ses:EmailBackend",
            "amazon_ses:AmazonSESTrackingWebhookView",
            {},  # ses.py says what it takes
            {"password": _("the secret access key")},
            place={
                "user": Place("key", _("the access key, which begins with AKIA")),
                "host": Place("region", _("the region, for example ca-central-1")),
            },
            missing=_("key and region are missing"),
            options={"set": _("the configuration set, whose events are published to our address")},
            key_as_tag=True,  # its tags come with every event, its headers only with some
            soft=lambda event: part(event, "bounce", "bounceType") != "Permanent",
        ),
        "sendgrid": EmailProvider(
            "SendGrid",
            _("e-mail over SendGrid's API"),
            "sendgrid://",
            "sendgrid:EmailBackend",
            "sendgrid:SendGridTrackingWebhookView",
            _BY_KEY,
            _SIGNED,
            signing="tracking_webhook_verification_key",
            soft=lambda event: event.get("type") == "blocked",
        ),
        "brevo": EmailProvider(
            "Brevo",
            _("e-mail over Brevo's API"),
            "brevo://",
            "brevo:EmailBackend",
            "brevo:BrevoTrackingWebhookView",
            _BY_KEY,
            _KEY,
            soft=lambda event: event.get("event") not in ("hard_bounce", "invalid_email"),
        ),
        "mandrill": EmailProvider(
            "Mandrill",
            _("e-mail over Mailchimp Transactional (Mandrill)"),
            "mandrill://",
            "mandrill:EmailBackend",
            "mandrill:MandrillCombinedWebhookView",
            _BY_KEY,
            _SIGNED,
            signing="webhook_key",
            signs_url=True,
            soft=lambda event: event.get("event") == "soft_bounce",
            dead=lambda event: part(event, "reject", "reason") in ("hard-bounce", "invalid"),
            kinds={"delivered": "delivered"},
            word=lambda said: (
                said["name"] if isinstance(said, Mapping) else said[0]["reject_reason"] or said[0]["status"]
            ),
            refusals={
                **{"hard-bounce": BOUNCED, "invalid": INVALID, "spam": COMPLAINT, "ValidationError": THIS_MAIL},
                **dict.fromkeys(("invalid-sender", "unsigned", "test-mode-limit", *MANDRILL_OURS), OURS),
                "ServiceUnavailable": LATER,  # every error of its API has the status 500
            },
        ),
        "mailjet": EmailProvider(
            "Mailjet",
            _("e-mail over Mailjet's API"),
            "mailjet://API-KEY@",
            "mailjet:EmailBackend",
            "mailjet:MailjetTrackingWebhookView",
            {"api_key": "key", "secret_key": "password"},
            {"password": _("the secret that belongs to the API key")},
            place={"user": Place("key", _("the API key"))},
            missing=_("the API key is missing"),
            kept_headers=tuple(name for name in ALL_HEADERS if name != "Message-ID"),  # refused with the whole mail
            extra=lambda key: {"Globals": {"CustomID": key}},
            soft=lambda event: event.get("hard_bounce") not in (True, 1, "1", "true"),
            dead=lambda event: event.get("event") == "blocked" and event.get("error") in MAILJET_DEAD,
        ),
        "sparkpost": EmailProvider(
            "SparkPost",
            _("e-mail over SparkPost's API"),
            "sparkpost://",
            "sparkpost:EmailBackend",
            "sparkpost:SparkPostTrackingWebhookView",
            _BY_KEY,
            _KEY,
            soft=lambda event: _sparkpost(event) not in SPARKPOST_DEAD,
            spam_is_complaint=False,
            word=lambda said: said["results"]["total_rejected_recipients"],  # it says how many it rejects, and not why
        ),
        "resend": EmailProvider(
            "Resend",
            _("e-mail over Resend's API"),
            "resend://",
            "resend:EmailBackend",
            "resend:ResendTrackingWebhookView",
            _BY_KEY,
            _SIGNED,
            once="Idempotency-Key",
            soft=lambda event: part(event, "data", "bounce", "type") != "Permanent",
            dead=lambda event: part(event, "data", "bounce", "type") == "Permanent",
            kinds={"email.failed": "failed", "email.suppressed": "failed"},
        ),
        "mailersend": EmailProvider(
            "MailerSend",
            _("e-mail over MailerSend's API"),
            "mailersend://",
            "mailersend:EmailBackend",
            "mailersend:MailerSendTrackingWebhookView",
            {"api_token": "password"},
            _SIGNED,
            key_as_tag=True,
            signing="signing_secret",
            soft=lambda event: part(event, "data", "type") != "hard_bounced",
            kinds={"deferred": "delayed"},
            word=lambda said: said["warnings"][0]["recipients"][0]["reasons"][0],
            refusals={"hard_bounced": BOUNCED, "spam_complaint": COMPLAINT},
        ),
        "postal": EmailProvider(
            "Postal",
            _("e-mail over a Postal server of your own"),
            "postal://postal.dealer.example",
            "postal:EmailBackend",
            "postal:PostalTrackingWebhookView",
            _BY_KEY,
            {**_KEY, "signing": _("the public key that stands in its DKIM record; its webhooks are signed with it")},
            place={"host": Place("host", _("the host of the Postal server"))},
            missing=_("the host is missing"),
            url="https://{host}/",
            key_as_tag=True,
            signing="webhook_key",
            # A mail that came back says of itself only that it did; a failed delivery has the other server's words.
            soft=lambda event: not says_dead(str(part(event, "payload", "output") or "")),
            dead=lambda event: (
                part(event, "payload", "status") == "HardFail"
                and says_dead(str(part(event, "payload", "output") or ""))
            ),
            word=lambda said: said["data"]["code"],  # its errors come with the status 200
            refusals=dict.fromkeys(
                (
                    "UnauthenticatedFromAddress",
                    "FromAddressMissing",
                    "AccessDenied",
                    "InvalidServerAPIKey",
                    "ServerSuspended",
                ),
                OURS,
            ),
        ),
        "unisender": EmailProvider(
            "Unisender Go",
            _("e-mail over Unisender Go"),
            "unisender://go1",
            "unisender_go:EmailBackend",
            "unisender_go:UnisenderGoTrackingWebhookView",
            _BY_KEY,
            _KEY,
            place={"host": Place("centre", _("the data center of the account, go1 or go2"))},
            missing=_("the data center is missing"),
            url="https://{centre}.unisender.ru/ru/transactional/api/v1/",
            extra=lambda key: {"idempotence_key": key},
            signing="api_key",
            signed_with="password",
            soft=lambda event: _unisender_status(event) in UNISENDER_PASSING,
            spam_is_complaint=False,
            word=lambda said: next(iter(said["failed_emails"].values())),
            refusals={"invalid": INVALID, "permanent_unavailable": BOUNCED, "temporary_unavailable": LATER},
        ),
        "mailtrap": EmailProvider(
            "Mailtrap",
            _("e-mail over Mailtrap's sending API"),
            "mailtrap://",
            "mailtrap:EmailBackend",
            "mailtrap:MailtrapTrackingWebhookView",
            {"api_token": "password"},
            _KEY,
        ),
    }
)
