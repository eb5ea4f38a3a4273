"""What each e-mail provider reports, in its own form and with its own signature, as its documentation describes it."""

import base64
import hmac
import json
from collections.abc import Callable
from hashlib import md5
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from tests.builders import A_DAY
from tests.delivery.receipts import test_sns

AT, TO = 1_777_903_200, "ann@example.org"  # the moment of A_DAY
ISO = A_DAY.isoformat().replace("+00:00", "Z")
CURVE = ec.generate_private_key(ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
SVIX = "whsec_" + base64.b64encode(b"a key of Svix").decode()
KEY = "key"  # of the API
Event = Any
Signed = tuple[dict[str, str], str]


def bare(key: Any) -> str:
    """A public key as the provider shows it: the base64 between the lines of a PEM file."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    text = key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()
    return "".join(text.splitlines()[1:-1])


SIGNING = {  # the secret that a dealer enters
    "mailgun": "mailgun-key",
    "sendgrid": bare(CURVE),
    "mandrill": "mandrill-key",
    "resend": SVIX,
    "mailersend": "mailersend-key",
    "postal": bare(RSA),
}
LACKS = {"postal": ("opened", "complained")}  # it follows clicks alone, and hears of no complaints


def _mailgun(what: str, key: str) -> Event:
    more: Any = {
        "delivered": {"event": "delivered"},
        "hard": {"event": "failed", "severity": "permanent", "reason": "bounce",
                 "delivery-status": {"code": 550, "message": "no such user"}},
        "soft": {"event": "failed", "severity": "temporary", "reason": "generic",
                 "delivery-status": {"code": 421, "message": "busy"}},
        "complained": {"event": "complained"},
        "opened": {"event": "opened"},
    }[what]  # fmt: skip
    data = {"timestamp": AT, "recipient": TO, "user-variables": {"relance": key}, "id": f"{what}-{key}"}
    return {"event-data": {**data, "message": {"headers": {"message-id": "1@mg"}}, **more}}


def _postmark(what: str, key: str) -> Event:
    back = {"BouncedAt": ISO, "Email": TO, "ID": int(key[-6:], 16) * 4}
    told: Any = {
        "delivered": ("Delivery", {"DeliveredAt": ISO}),
        "hard": ("Bounce", {**back, "Type": "HardBounce", "TypeCode": 1, "Description": "no such user"}),
        "soft": ("Bounce", {**back, "Type": "SoftBounce", "TypeCode": 4096}),
        "complained": ("SpamComplaint", {**back, "Type": "SpamComplaint", "TypeCode": 512}),
        "opened": ("Open", {"ReceivedAt": ISO, "UserAgent": "x"}),
    }
    record, more = told[what]
    return {"RecordType": record, "MessageID": "1", "Recipient": TO, "Metadata": {"relance": key}, **more}


def _sendgrid(what: str, key: str) -> Event:
    more = {
        "delivered": {"event": "delivered"},
        "hard": {"event": "bounce", "type": "bounce", "status": "5.1.1", "reason": "550 no such user"},
        "soft": {"event": "bounce", "type": "blocked", "status": "4.0.0", "reason": "421 busy"},
        "complained": {"event": "spamreport"},
        "opened": {"event": "open"},
    }[what]
    return [{"email": TO, "timestamp": AT, "sg_event_id": f"{what}-{key}", "smtp-id": "<1>", "relance": key, **more}]


def _brevo(what: str, key: str) -> Event:
    name = {"hard": "hard_bounce", "soft": "soft_bounce", "complained": "spam"}.get(what, what)
    custom = {"X-Mailin-custom": json.dumps({"relance": key}), "message-id": f"<{key}@relay>", "reason": "no such user"}
    return {"event": name, "email": TO, "ts_event": AT, "date": "2026-05-04 16:00:00", **custom}


def _ses(what: str, key: str) -> Event:
    mail = {"messageId": "1", "timestamp": ISO, "destination": [TO], "tags": {"relance": [key]}, "headers": []}
    bounced = {"bouncedRecipients": [{"emailAddress": TO, "diagnosticCode": "no such user"}], "timestamp": ISO}
    complaint = {"complainedRecipients": [{"emailAddress": TO}], "timestamp": ISO}
    more = {
        "delivered": {"eventType": "Delivery", "delivery": {"timestamp": ISO, "recipients": [TO]}},
        "hard": {"eventType": "Bounce", "bounce": {**bounced, "bounceType": "Permanent", "bounceSubType": "General"}},
        "soft": {"eventType": "Bounce", "bounce": {**bounced, "bounceType": "Transient", "bounceSubType": "General"}},
        "complained": {"eventType": "Complaint", "complaint": complaint},
        "opened": {"eventType": "Open", "open": {"timestamp": ISO, "userAgent": "x", "ipAddress": "1.2.3.4"}},
    }[what]
    note = {**test_sns.NOTE, "MessageId": f"{what}-{key}", "Message": json.dumps({"mail": mail, **more})}
    return test_sns.signed(note)


def _mandrill(what: str, key: str) -> Event:
    name = {"delivered": "delivered", "hard": "hard_bounce", "soft": "soft_bounce", "complained": "spam"}.get(
        what, "open"
    )
    diag = {"hard": "smtp;550 5.1.1 no such user", "soft": "smtp;421 busy"}.get(what)
    told = {"email": TO, "ts": AT, "_id": key, "state": "sent", "metadata": {"relance": key}, "tags": ["SR180"]}
    return [{"event": name, "ts": AT, "_id": f"{key}", "msg": {**told, **({"diag": diag} if diag else {})}}]


def _mailjet(what: str, key: str) -> Event:
    more: Any = {
        "delivered": {"event": "sent", "smtp_reply": "250 ok"},
        "hard": {"event": "bounce", "hard_bounce": True, "blocked": False, "error_related_to": "recipient",
                 "error": "user unknown", "comment": "no such user"},
        "soft": {"event": "bounce", "hard_bounce": False, "blocked": False, "error_related_to": "recipient",
                 "error": "quota exceeded", "comment": ""},
        "complained": {"event": "spam", "source": "JMRPP"},
        "opened": {"event": "open", "ip": "1.2.3.4", "geo": "CA", "agent": "x"},
    }[what]  # fmt: skip
    named = {"MessageID": int(key[-12:], 16), "Message_GUID": "1ab2", "CustomID": key, "mj_campaign_id": 7257}
    payload = json.dumps({"relance": key}, separators=(",", ":"))
    return [{"time": AT, "email": TO, "customcampaign": "SR180", "Payload": payload, **named, **more}]


def _sparkpost(what: str, key: str) -> Event:
    more: Any = {
        "delivered": {"type": "delivery"},
        "hard": {"type": "bounce", "bounce_class": "10", "error_code": "550", "raw_reason": "550 5.1.1 no such user"},
        "soft": {"type": "bounce", "bounce_class": "22", "error_code": "452", "raw_reason": "452 mailbox full"},
        "complained": {"type": "spam_complaint", "fbtype": "abuse"},
        "opened": {"type": "open", "user_agent": "x"},
    }[what]
    outer = "track_event" if what == "opened" else "message_event"
    named = {"event_id": f"{what}-{key}", "transmission_id": "65832150921904138", "message_id": "000443ee14578172be22"}
    told = {"raw_rcpt_to": TO, "rcpt_to": TO, "rcpt_meta": {"relance": key}, "timestamp": str(AT)}
    return [{"msys": {outer: {**told, **named, **more}}}]


def _resend(what: str, key: str) -> Event:
    name = {"hard": "bounced", "soft": "bounced"}.get(what, what)
    kind = {"hard": "Permanent", "soft": "Transient"}.get(what)
    words = "The recipient's email provider sent a bounce message because no such user"
    more = {"bounce": {"message": words, "subType": "General", "type": kind}} if kind else {}
    headers = [{"name": "X-Metadata", "value": json.dumps({"relance": key})}]
    data: Any = {
        "created_at": ISO,
        "email_id": "56761188",
        "from": "desk@north.example",
        "to": [TO],
        "subject": "A word",
    }
    return {"type": f"email.{name}", "created_at": ISO, "data": {**data, "headers": headers, **more}}


def _mailersend(what: str, key: str) -> Event:
    name = {"hard": "hard_bounced", "soft": "soft_bounced", "complained": "spam_complaint"}.get(what, what)
    morph: Any = {
        "hard": {
            "object": "recipient_bounce",
            "reason": "Host or domain name not found",
            "readable_reason": "no such user",
        },
        "soft": {"object": "recipient_bounce", "reason": "mailbox full", "readable_reason": "mailbox full"},
        "complained": {"object": "spam_complaint", "reason": None},
        "opened": {"object": "open", "ip": "1.2.3.4"},
    }.get(what)
    recipient = {"object": "recipient", "id": "62f114f8165fe0d8db0288f2", "email": TO}
    email: Any = {
        "object": "email",
        "id": "62f114f8165fe0d8db0288f1",
        "from": "desk@north.example",
        "status": name,
        "tags": [key],
    }
    email |= {"message": {"object": "message", "id": "62fb66bef54a112e920b5493"}, "recipient": recipient}
    data: Any = {
        "object": "activity",
        "id": f"{what}-{key}",
        "type": name,
        "created_at": ISO,
        "email": email,
        "morph": morph,
    }
    return {"type": f"activity.{name}", "domain_id": "yv69oxl5kl785kw2", "created_at": ISO, "data": data}


def _postal(what: str, key: str) -> Event:
    status, said = {
        "delivered": ("Sent", "250 2.0.0 OK"),
        "hard": ("HardFail", "550 5.1.1 no such user"),
        "soft": ("", ""),
    }[what]
    named = {"id": 12345, "token": "abcdef", "direction": "outgoing", "message_id": "1@rp.postal", "to": TO, "tag": key}
    sent = {"message": named, "status": status, "details": "Message for ann", "output": said, "sent_with_ssl": True}
    back = {"original_message": named, "bounce": {**named, "id": 12347, "direction": "incoming", "tag": None}}
    name = {"delivered": "MessageSent", "hard": "MessageDeliveryFailed", "soft": "MessageBounced"}[what]
    payload = back if what == "soft" else {**sent, "timestamp": AT, "time": 0.2}
    return {"event": name, "timestamp": AT, "uuid": f"{what}-{key}", "payload": payload}


def _unisender(what: str, key: str) -> Event:
    status = {"hard": "hard_bounced", "soft": "soft_bounced", "complained": "spam"}.get(what, what)
    said = {"hard": ("err_user_unknown", "550 no such user"), "soft": ("err_will_retry", "421 busy")}.get(what)
    info = {"delivery_status": said[0], "destination_response": said[1]} if said else {"user_agent": "x"}
    data: Any = {
        "job_id": "1a3Q2V-0000OZ-S0",
        "metadata": {"relance": key, "anymail_id": "x"},
        "email": TO,
        "status": status,
    }
    data |= {"event_time": A_DAY.strftime("%Y-%m-%d %H:%M:%S"), "delivery_info": info}
    events = [{"event_name": "transactional_email_status", "event_data": data}]
    return {"auth": "", "events_by_user": [{"user_id": 456, "project_id": "6432890213745872", "events": events}]}


def _mailtrap(what: str, key: str) -> Event:
    name = {"delivered": "delivery", "hard": "bounce", "soft": "soft bounce", "complained": "spam", "opened": "open"}[
        what
    ]
    said: Any = {"hard": {"response": "550 5.1.1 no such user", "response_code": 550, "bounce_category": "badmailbox"}}
    named = {
        "message_id": "1df37d17",
        "sending_stream": "transactional",
        "event_id": f"{what}-{key}",
        "category": "SR180",
    }
    told = {"event": name, "email": TO, "timestamp": AT, "custom_variables": {"relance": key}, **said.get(what, {})}
    return {"events": [{**told, **named}]}


EVENTS: dict[str, Callable[[str, str], Event]] = {
    "mailgun": _mailgun,
    "postmark": _postmark,
    "sendgrid": _sendgrid,
    "brevo": _brevo,
    "ses": _ses,
    "mandrill": _mandrill,
    "mailjet": _mailjet,
    "sparkpost": _sparkpost,
    "resend": _resend,
    "mailersend": _mailersend,
    "postal": _postal,
    "unisender": _unisender,
    "mailtrap": _mailtrap,
}


def signature_of(kind: str, content: Event, url: str) -> Signed:
    """The headers of a call as the provider signs it, and its body. `url` is the address as it was told to it."""
    body, moment, made = json.dumps(content), str(AT), b""
    match kind:
        case "mailgun":
            token = content["event-data"]["id"]
            signature = hmac.new(b"mailgun-key", f"{moment}{token}".encode(), "sha256").hexdigest()
            proof = {"timestamp": moment, "token": token, "signature": signature}
            return {}, json.dumps({**content, "signature": proof})
        case "sendgrid":
            signed = CURVE.sign(moment.encode() + body.encode(), ec.ECDSA(hashes.SHA256()))
            name = "X-Twilio-Email-Event-Webhook"
            return {f"{name}-Signature": base64.b64encode(signed).decode(), f"{name}-Timestamp": moment}, body
        case "ses":
            return {"x-amz-sns-message-type": content["Type"], "x-amz-sns-message-id": content["MessageId"]}, body
        case "mandrill":
            made = hmac.digest(b"mandrill-key", f"{url}mandrill_events{body}".encode(), "sha1")
            return {"X-Mandrill-Signature": base64.b64encode(made).decode()}, urlencode({"mandrill_events": body})
        case "resend":
            name = f"msg_{content['type']}_{content['data']['headers'][0]['value'][-8:-2]}"
            made = hmac.digest(b"a key of Svix", f"{name}.{moment}.{body}".encode(), "sha256")
            told = "v1,AAAA v1," + base64.b64encode(made).decode()  # several, while a key is being changed
            return {"svix-id": name, "svix-timestamp": moment, "svix-signature": told}, body
        case "mailersend":
            return {"Signature": hmac.new(b"mailersend-key", body.encode(), "sha256").hexdigest()}, body
        case "postal":
            signed = RSA.sign(body.encode(), padding.PKCS1v15(), hashes.SHA1())
            return {"X-Postal-Signature": base64.b64encode(signed).decode()}, body
        case "unisender":
            with_key = json.dumps({**content, "auth": KEY})
            return {}, json.dumps({**content, "auth": md5(with_key.encode(), usedforsecurity=False).hexdigest()})
    return {}, body


FORM = {"mandrill": "application/x-www-form-urlencoded"}  # JSON, where nothing else is said
FORGED: dict[str, Callable[[str], str]] = {  # what an eavesdropper of the address could send
    "mailgun": lambda body: body.replace('"token": "hard', '"token": "other'),
    "sendgrid": lambda body: body + " ",
    "ses": lambda body: body.replace("no such user", "changed"),
    "mandrill": lambda body: body.replace("no+such+user", "changed"),
    "resend": lambda body: body + " ",
    "mailersend": lambda body: body.replace("no such user", "changed"),
    "postal": lambda body: body.replace("no such user", "changed"),
    "unisender": lambda body: body.replace("no such user", "changed"),
}
