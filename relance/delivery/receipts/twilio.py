"""Turns Twilio's calls (the status of a message, a text message that came in) into news, once their signature holds."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from twilio.request_validator import RequestValidator

from relance.delivery.channels.sms.codes import code_of
from relance.delivery.channels.sms.twilio_inbound import words_of
from relance.delivery.models import Sender
from relance.delivery.receipts.doors import Door
from relance.delivery.receipts.kinds import Heard, News
from relance.delivery.senders import live_secrets
from relance.plan.saying.links import server_url

# Twilio's statuses; `undelivered` and `failed` are judged by their error code.
STATUSES = {
    "accepted": "taken",
    "scheduled": "taken",
    "queued": "taken",
    "sending": "taken",
    "sent": "taken",
    "delivered": "delivered",
    "read": "opened",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
SIGNATURE = "X-Twilio-Signature"
FORM = "application/x-www-form-urlencoded"


def is_authentic(request: HttpRequest, sender: Sender, at: datetime) -> bool:
    """Whether Twilio signed this very request (the public address and every field) with a token of this account.

    Naming the account proves nothing: its number stands in every message. Only a form is read, so only a form is taken.
    """
    signature = request.headers.get(SIGNATURE, "")
    if request.content_type != FORM or not signature.isascii() or (request.encoding or "utf-8").lower() != "utf-8":
        return False
    if request.POST.getlist("AccountSid") != [sender.settings.get("account")]:
        return False
    url = server_url() + request.get_full_path()
    name = "token" if sender.settings.get("key") else "password"
    tokens = live_secrets(sender, name, at)
    return any([RequestValidator(token).validate(url, request.POST, signature) for token in tokens])


def status_of(request: HttpRequest, _: Sender, key: UUID | None, at: datetime) -> list[News]:
    """The status of a message; nothing when the call says none that we know."""
    form = request.POST
    sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
    kind = STATUSES.get(status)
    if kind is None or not sid:
        return []
    code = code_of(form.get("ErrorCode")) if kind == "failed" else None
    suppress = (code.meaning.suppress or "") if code else ""
    said = f"{status}: {code.number}, {code.says}" if code else " ".join([status, form.get("ErrorCode", "")]).strip()
    if code is not None and code.meaning.is_soft:
        kind = "soft"
    return [News(kind, f"{sid}:{status}", at, key, provider_ref=sid, suppress=suppress, said=said)]


def heard_of(request: HttpRequest, _: Sender) -> Heard | None:
    """A text message that came in, by the name that it has in Twilio's log too; None when the call is none."""
    form = request.POST
    sid, sender = form.get("MessageSid", ""), form.get("From", "")
    return Heard(sender, words_of(form.get("Body", ""), form.get("NumMedia", "")), sid) if sid and sender else None


DOOR = Door(is_authentic, status_of, heard_of)
