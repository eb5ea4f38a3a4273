"""What e-mail providers report: believed by secret and signature, understood, taken in."""

import base64
import hmac
import json
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.test import Client

from relance.delivery.channel import Sending
from relance.delivery.models import Receipt, Sender
from relance.delivery.receipts import sns
from relance.delivery.senders import keep_sender, live_secrets
from relance.facts.models import Suppression, Touch
from relance.outbox.models import Message
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation
from tests.delivery.receipts import test_sns

pytestmark = pytest.mark.django_db
CURVE = ec.generate_private_key(ec.SECP256R1())
PEM = CURVE.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
SIGNING = {"mailgun": "mailgun-key", "sendgrid": "".join(PEM.decode().splitlines()[1:-1])}
AT, TO = 1_777_903_200, "ann@example.org"  # the moment of A_DAY
KINDS = ("mailgun", "postmark", "ses", "sendgrid", "brevo")


def event_of(kind, what, key):
    """One event in the provider's own form: delivered, hard (bounce), soft, complained or opened."""
    iso = A_DAY.isoformat().replace("+00:00", "Z")
    match kind:
        case "mailgun":
            more: Any = {
                "delivered": {"event": "delivered"},
                "hard": {"event": "failed", "severity": "permanent", "reason": "bounce",
                         "delivery-status": {"code": 550, "message": "no such user"}},
                "soft": {"event": "failed", "severity": "temporary", "reason": "generic",
                         "delivery-status": {"code": 421, "message": "busy"}},
                "complained": {"event": "complained"},
                "opened": {"event": "opened"},
            }[what]  # fmt: skip
            data = {"timestamp": AT, "recipient": TO, "user-variables": {"relance": key}, "id": what}
            return {"event-data": {**data, "message": {"headers": {"message-id": "1@mg"}}, **more}}
        case "postmark":
            found: Any = {
                "delivered": ("Delivery", {"DeliveredAt": iso}),
                "hard": ("Bounce", {"Type": "HardBounce", "TypeCode": 1, "ID": 1, "BouncedAt": iso, "Email": TO,
                                    "Description": "no such user"}),
                "soft": ("Bounce", {"Type": "SoftBounce", "TypeCode": 4096, "ID": 2, "BouncedAt": iso, "Email": TO}),
                "complained": ("SpamComplaint", {"Type": "SpamComplaint", "TypeCode": 512, "ID": 3, "BouncedAt": iso,
                                                 "Email": TO}),
                "opened": ("Open", {"ReceivedAt": iso, "UserAgent": "x"}),
            }[what]  # fmt: skip
            record, more = found
            return {"RecordType": record, "MessageID": "1", "Recipient": TO, "Metadata": {"relance": key}, **more}
        case "sendgrid":
            more = {
                "delivered": {"event": "delivered"},
                "hard": {"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 no such user"},
                "soft": {"event": "bounce", "type": "blocked", "status": "4.0.0", "reason": "421 busy"},
                "complained": {"event": "spamreport"},
                "opened": {"event": "open"},
            }[what]
            return [{"email": TO, "timestamp": AT, "sg_event_id": what, "smtp-id": "<1>", "relance": key, **more}]
        case "brevo":
            name = {"hard": "hard_bounce", "soft": "soft_bounce", "complained": "spam"}.get(what, what)
            custom = json.dumps({"relance": key})
            return {"event": name, "email": TO, "ts_event": AT, "message-id": "<1>", "X-Mailin-custom": custom,
                    "reason": "no such user", "date": "2026-05-04 16:00:00"}  # fmt: skip
    mail = {"messageId": "1", "timestamp": iso, "destination": [TO], "tags": {"relance": [key]}, "headers": []}
    bounced = {"bouncedRecipients": [{"emailAddress": TO, "diagnosticCode": "no such user"}], "timestamp": iso}
    more = {
        "delivered": {"eventType": "Delivery", "delivery": {"timestamp": iso, "recipients": [TO]}},
        "hard": {"eventType": "Bounce", "bounce": {**bounced, "bounceType": "Permanent", "bounceSubType": "General"}},
        "soft": {"eventType": "Bounce", "bounce": {**bounced, "bounceType": "Transient", "bounceSubType": "General"}},
        "complained": {
            "eventType": "Complaint",
            "complaint": {"complainedRecipients": [{"emailAddress": TO}], "timestamp": iso},
        },
        "opened": {"eventType": "Open", "open": {"timestamp": iso, "userAgent": "x", "ipAddress": "1.2.3.4"}},
    }[what]
    note = {**test_sns.NOTE, "MessageId": what, "Message": json.dumps({"mail": mail, **more})}
    return test_sns.signed(note)


def signature_of(kind, content, body, timestamp="1777903200"):
    """The headers of a signed call, and its body."""
    if kind == "mailgun":
        token = content["event-data"]["id"]
        made = hmac.new(b"mailgun-key", f"{timestamp}{token}".encode(), "sha256").hexdigest()
        signed = {**content, "signature": {"timestamp": timestamp, "token": token, "signature": made}}
        return {}, json.dumps(signed)
    if kind == "sendgrid":
        made = base64.b64encode(CURVE.sign(timestamp.encode() + body.encode(), ec.ECDSA(hashes.SHA256()))).decode()
        return {
            "HTTP_X_TWILIO_EMAIL_EVENT_WEBHOOK_SIGNATURE": made,
            "HTTP_X_TWILIO_EMAIL_EVENT_WEBHOOK_TIMESTAMP": timestamp,
        }, body
    if kind == "ses":
        return {"HTTP_X_AMZ_SNS_MESSAGE_TYPE": content["Type"], "HTTP_X_AMZ_SNS_MESSAGE_ID": content["MessageId"]}, body
    return {}, body


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_URL", "https://relance.example")
    monkeypatch.setattr(sns, "certificate_of", lambda _: test_sns.KEY.public_key())
    with time_machine.travel(A_DAY, tick=False):
        yield


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def message(kind):
    dealer = a_dealer()
    secrets = {"password": "key"} | ({"signing": SIGNING[kind]} if kind in SIGNING else {})
    keep_sender(dealer, "email", Sending(kind, {}, secrets), at=A_DAY)
    customer = a_customer(dealer, email=TO)
    return a_message(customer, an_automation(dealer), state="sent", channel="email", address=TO, attempts=1)


def told(message, kind, what, *, secret=None, changed=None, **more):
    row = Sender.objects.of(message.dealer).get()
    content = event_of(kind, what, str(message.key))
    headers, body = signature_of(kind, content, json.dumps(content))
    login = f"relance:{secret or live_secrets(row, 'webhook', A_DAY)[0]}"
    headers |= {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(login.encode()).decode(), **more}
    headers = {name: value for name, value in headers.items() if value is not None}
    client = Client(enforce_csrf_checks=True)
    body = changed(body) if changed else body
    return client.generic("POST", f"/hooks/{row.hook}/receipts/", body, "application/json", **headers).status_code


def state_of(message):
    return Message.objects.of(message.dealer).values_list("state", flat=True).get(pk=message.pk)


@pytest.mark.parametrize(
    ("what", "state", "touch", "reason"),
    [
        ("delivered", "delivered", "delivered", None),
        ("opened", "delivered", "opened", None),
        ("hard", "failed", "failed", "hard_bounce"),
        ("complained", "delivered", "complained", "complaint"),
    ],
)
def test_each_event_is_understood_and_taken_in_once(what, state, touch, reason, message, kind):
    assert [told(message, kind, what) for _ in range(3)] == [204] * 3
    assert state_of(message) == state
    assert list(Touch.objects.of(message.dealer).values_list("kind", flat=True)) == [touch]
    assert Receipt.objects.of(message.dealer).count() == 1
    assert Suppression.objects.of(message.dealer).values_list("reason", flat=True).first() == reason


def test_a_bounce_that_may_pass_kills_no_address(message, kind):
    assert told(message, kind, "soft") == 204
    assert Receipt.objects.of(message.dealer).get().kind in ("soft", "delayed")
    assert not Suppression.objects.of(message.dealer).exists()


def test_without_the_secret_of_the_address_it_is_asked_for(message, kind):
    assert told(message, kind, "hard", HTTP_AUTHORIZATION=None) == 401
    assert state_of(message) == "sent"


@pytest.mark.parametrize("login", ["Basic eDp5", "Basic !", "Bearer x", "Basic", ""])
def test_another_secret_is_refused(login, message, kind):
    assert told(message, kind, "hard", HTTP_AUTHORIZATION=login) == 403
    assert told(message, kind, "hard", secret="another") == 403
    assert state_of(message) == "sent" and not Receipt.objects.of(message.dealer).exists()


FORGED = {  # what an eavesdropper of the address could send
    "mailgun": lambda body: body.replace('"token": "hard"', '"token": "other"'),
    "sendgrid": lambda body: body + " ",
    "ses": lambda body: body.replace("no such user", "changed"),
}


@pytest.mark.parametrize("kind", FORGED, indirect=True)
@pytest.mark.parametrize("content", [None, "{}", "[]", "no JSON", "", "[" * 9999])
def test_the_secret_alone_is_not_enough_where_the_provider_signs(content, message, kind):
    changed = FORGED[kind] if content is None else lambda _: content
    assert told(message, kind, "hard", changed=changed) == 403
    assert state_of(message) == "sent" and not Suppression.objects.of(message.dealer).exists()


@pytest.mark.parametrize("kind", ["mailgun", "sendgrid"], indirect=True)
def test_without_a_signing_key_nothing_is_believed(message, kind):
    Sender.objects.of(message.dealer).delete()
    keep_sender(message.dealer, "email", Sending(kind, {}, {"password": "key"}), at=A_DAY)
    assert told(message, kind, "hard") == 403


@pytest.mark.parametrize("kind", ["postmark", "brevo"], indirect=True)
@pytest.mark.parametrize("body", ["", "{}", "[]", "no JSON", '{"RecordType": "Bounce"}', '{"event": "x"}', "[" * 9999])
def test_nonsense_with_the_right_secret_changes_nothing_and_breaks_nothing(body, message, kind):
    assert told(message, kind, "hard", changed=lambda _: body) in (204, 403)
    assert state_of(message) == "sent"


def test_the_secret_of_the_address_stays_when_the_key_changes(message, kind):
    row = Sender.objects.of(message.dealer).get()
    before = live_secrets(row, "webhook", A_DAY)
    keep_sender(message.dealer, "email", Sending(kind, {}, {"password": "other"}), at=A_DAY)
    row.refresh_from_db()
    assert live_secrets(row, "webhook", A_DAY) == before and len(before[0]) > 30
