"""The providers' HTTP interfaces as their documentation describes them: what is asked and what is answered."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

from tests.delivery.web_server import Asked, Said, web_server

SECRET = "the-key"
INACTIVE = (
    "You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses: bounced@b.example."
    " Inactive recipients are ones that have generated a hard bounce, a spam complaint, or a manual suppression. "
)


@dataclass
class Mail:
    """One e-mail as the provider understood it."""

    to: str
    subject: str
    text: str
    html: str
    key: str | None
    headers: dict[str, str]


@dataclass
class Provider:
    """One account: how its requests are read, what it answers, and what it answers to an address instead."""

    settings: dict[str, Any]
    is_known: Callable[[Asked], bool]
    read: Callable[[Asked], Mail]
    taken_as: Callable[[int, str], Said]
    no_address: Said  # what it says to an address that is none or bounced before
    no_key: Said = field(default_factory=lambda: Said(401, b'{"message": "Unauthorized"}'))
    ours: Said = field(default_factory=Said)  # what it says when our sender or account is at fault
    dead: str | None = None  # what it knows of the address that it refuses
    instead: dict[str, Said] = field(default_factory=dict)
    after: dict[str, Said] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    url: str = ""

    def answer(self, asked: Asked) -> Said:
        if not self.is_known(asked):
            return self.no_key
        mail = self.read(asked)
        if mail.to in self.instead:
            return self.instead[mail.to]
        if mail.to.startswith("bounced"):
            return self.no_address
        self.mails.append(mail)
        return self.after.get(mail.to) or self.taken_as(len(self.mails), mail.to)


def said(status: int, content: Any, **headers: str) -> Said:
    return Said(
        status, json.dumps(content).encode(), {name.replace("_", "-"): value for name, value in headers.items()}
    )


def _form(asked: Asked) -> dict[str, str]:
    """multipart/form-data, as Mailgun takes it."""
    head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
    if asked.headers["content-type"].startswith("application/x-www-form-urlencoded"):
        return asked.form
    letter = message_from_bytes(head + asked.body, policy=HTTP)
    return {
        str(part.get_param("name", header="content-disposition")): part.get_payload(decode=True).decode()  # type: ignore[union-attr]
        for part in letter.iter_parts()
    }


def _mailgun(asked: Asked) -> Mail:
    form = _form(asked)
    headers = {name.removeprefix("h:"): value for name, value in form.items() if name.startswith("h:")}
    return Mail(form["to"], form["subject"], form["text"], form["html"], form.get("v:relance"), headers)


def _postmark(asked: Asked) -> Mail:
    mail = json.loads(asked.body)
    headers = {header["Name"]: header["Value"] for header in mail["Headers"]}
    key = mail["Metadata"].get("relance")
    return Mail(mail["To"], mail["Subject"], mail["TextBody"], mail["HtmlBody"], key, headers)


def _sendgrid(asked: Asked) -> Mail:
    mail = json.loads(asked.body)
    one = mail["personalizations"][0]
    parts = {part["type"]: part["value"] for part in mail["content"]}
    key = {**mail.get("custom_args", {}), **one.get("custom_args", {})}.get("relance")
    subject = one.get("subject") or mail["subject"]
    headers = {**mail.get("headers", {}), **one.get("headers", {})}
    return Mail(one["to"][0]["email"], subject, parts["text/plain"], parts["text/html"], key, headers)


def _brevo(asked: Asked) -> Mail:
    mail = json.loads(asked.body)
    key = json.loads(mail["headers"]["X-Mailin-custom"])["relance"]
    return Mail(mail["to"][0]["email"], mail["subject"], mail["textContent"], mail["htmlContent"], key, mail["headers"])


def _ses(asked: Asked) -> Mail:
    content = json.loads(asked.body)
    letter = message_from_bytes(b64decode(content["Content"]["Raw"]["Data"]), policy=HTTP)
    plain, html = (part.get_content() for part in letter.walk() if not part.is_multipart())
    tags = {tag["Name"]: tag["Value"] for tag in content["EmailTags"]}
    to = content["Destination"]["ToAddresses"][0]
    return Mail(to, letter["Subject"], plain, html, tags.get("relance"), {k: str(v) for k, v in letter.items()})


def _mandrill(asked: Asked) -> Mail:
    mail = json.loads(asked.body)["message"]
    key = mail["metadata"]["relance"]
    return Mail(mail["to"][0]["email"], mail["subject"], mail["text"], mail["html"], key, mail["headers"])


def _mailjet(asked: Asked) -> Mail:
    asked_for = json.loads(asked.body)
    mail = {**asked_for["Globals"], **asked_for["Messages"][0]}
    if {name.lower() for name in mail["Headers"]} & {"message-id", "date", "list-id", "from", "to", "subject"}:
        raise AssertionError("Mailjet refuses a mail with these headers")
    key = json.loads(mail["EventPayload"])["relance"]
    assert mail["CustomID"] == key
    return Mail(mail["To"][0]["Email"], mail["Subject"], mail["TextPart"], mail["HTMLPart"], key, mail["Headers"])


def _sparkpost(asked: Asked) -> Mail:
    mail = json.loads(asked.body)
    content = mail["content"]
    to = mail["recipients"][0]["address"]["email"]
    key = mail["metadata"]["relance"]
    return Mail(to, content["subject"], content["text"], content["html"], key, content["headers"])


def _resend(asked: Asked) -> Mail:
    mail = json.loads(asked.body)
    key = json.loads(mail["headers"]["X-Metadata"])["relance"]
    assert asked.headers["idempotency-key"] == key
    return Mail(mail["to"][0], mail["subject"], mail["text"], mail["html"], key, mail["headers"])


def _mailersend(asked: Asked) -> Mail:
    mail = json.loads(asked.body)
    headers = {header["name"]: header["value"] for header in mail["headers"]}
    return Mail(mail["to"][0]["email"], mail["subject"], mail["text"], mail["html"], mail["tags"][0], headers)


def _postal(asked: Asked) -> Mail:
    mail = json.loads(asked.body)
    return Mail(mail["to"][0], mail["subject"], mail["plain_body"], mail["html_body"], mail["tag"], mail["headers"])


def _unisender(asked: Asked) -> Mail:
    mail = json.loads(asked.body)["message"]
    key = mail["global_metadata"]["relance"]
    assert mail["idempotence_key"] == key
    body = mail["body"]
    return Mail(mail["recipients"][0]["email"], mail["subject"], body["plaintext"], body["html"], key, mail["headers"])


def _mailtrap(asked: Asked) -> Mail:
    mail = json.loads(asked.body)
    key = mail["custom_variables"]["relance"]
    return Mail(mail["to"][0]["email"], mail["subject"], mail["text"], mail["html"], key, mail["headers"])


def _with(name: str, value: str = SECRET, path: str | None = None) -> Callable[[Asked], bool]:
    """Known by a header, at the path that the documentation names."""
    return lambda asked: asked.headers.get(name) == value and path in (None, asked.path)


def _in_body(asked: Asked) -> bool:
    return json.loads(asked.body)["key"] == SECRET and asked.path == "/messages/send.json"


BASIC = "Basic " + b64encode(f"a-key:{SECRET}".encode()).decode()
FROM_AMAZON = {"key": "AKIA1", "region": "us-east-1"}


def _by_amazon(asked: Asked) -> bool:
    return "Credential=AKIA1/" in asked.headers.get("authorization", "") and asked.path == "/v2/email/outbound-emails"


def _by_mailgun(asked: Asked) -> bool:
    return _with("authorization", "Basic " + b64encode(b"api:the-key").decode(), "/mg.north.example/messages")(asked)


SUPPRESSED = {
    "type": "ALL_SUPPRESSED",
    "warning": "All the recipients have been suppressed.",
    "recipients": [{"email": "bounced@b.example", "name": "", "reasons": ["hard_bounced"]}],
}
ACCOUNTS: dict[str, Callable[[], Provider]] = {  # a fresh account at each
    "mailgun": lambda: Provider(
        {"domain": "mg.north.example"},
        _by_mailgun,
        _mailgun,
        lambda n, to: said(200, {"id": f"<{n}@mg.north.example>", "message": "Queued. Thank you."}),
        said(400, {"message": "'to' parameter is not a valid address. please check documentation"}),
        ours=said(400, {"message": "Domain mg.north.example is not allowed to send: account disabled"}),
    ),
    "postmark": lambda: Provider(
        {"stream": "outbound"},
        _with("x-postmark-server-token", path="/email"),
        _postmark,
        lambda n, to: said(200, {"ErrorCode": 0, "Message": "OK", "MessageID": str(n), "To": to}),
        said(422, {"ErrorCode": 406, "Message": INACTIVE}),
        said(401, {"ErrorCode": 10, "Message": "No Account or Server API tokens were supplied"}),
        ours=said(422, {"ErrorCode": 400, "Message": "The 'From' address you supplied is not a Sender Signature"}),
        dead="hard_bounce",
    ),
    "sendgrid": lambda: Provider(
        {},
        _with("authorization", f"Bearer {SECRET}"),
        _sendgrid,
        lambda n, to: Said(202, b"", {"X-Message-Id": str(n)}),
        said(400, {"errors": [{"message": "Does not contain a valid address.", "field": "personalizations.0.to"}]}),
        ours=said(403, {"errors": [{"message": "The from address does not match a verified Sender Identity"}]}),
    ),
    "brevo": lambda: Provider(
        {},
        _with("api-key"),
        _brevo,
        lambda n, to: said(201, {"messageId": f"<{n}@relay.example>"}),
        said(400, {"code": "invalid_parameter", "message": "email is not valid in to"}),
        ours=said(400, {"code": "invalid_parameter", "message": "Rejected because of the sender you used"}),
    ),
    "ses": lambda: Provider(
        FROM_AMAZON,
        _by_amazon,
        _ses,
        lambda n, to: said(200, {"MessageId": f"ses-{n}"}),
        said(400, {"message": "Invalid address"}, x_amzn_ErrorType="BadRequestException"),
        said(403, {"message": "The security token is invalid"}, x_amzn_ErrorType="UnrecognizedClientException"),
        ours=said(400, {"message": "not verified"}, x_amzn_ErrorType="MailFromDomainNotVerifiedException"),
    ),
    "mandrill": lambda: Provider(
        {},
        _in_body,
        _mandrill,
        lambda n, to: said(200, [{"email": to, "status": "sent", "_id": f"md-{n}", "reject_reason": None}]),
        said(200, [{"email": "bounced@b.example", "status": "rejected", "_id": "x", "reject_reason": "hard-bounce"}]),
        said(500, {"status": "error", "code": -1, "name": "Invalid_Key", "message": "Invalid API key"}),
        ours=said(200, [{"email": "a1@b.example", "status": "rejected", "_id": "x", "reject_reason": "unsigned"}]),
        dead="hard_bounce",
    ),
    "mailjet": lambda: Provider(
        {"key": "a-key"},
        _with("authorization", BASIC, "/send"),
        _mailjet,
        lambda n, to: said(200, {"Messages": [_taken_by_mailjet(n, to)]}),
        said(400, _refused_by_mailjet("mj-0013", "'bounced' is an invalid email address.", "To[0].Email")),
        said(401, {"ErrorIdentifier": "e1", "StatusCode": 401, "ErrorMessage": "API key authentication failure."}),
        ours=said(403, _refused_by_mailjet("send-0008", "The sender is not authorized.", "From")),
    ),
    "sparkpost": lambda: Provider(
        {},
        _with("authorization", path="/transmissions/"),
        _sparkpost,
        lambda n, to: said(
            200, {"results": {"total_rejected_recipients": 0, "total_accepted_recipients": 1, "id": str(n)}}
        ),
        said(200, {"results": {"total_rejected_recipients": 1, "total_accepted_recipients": 0, "id": "9"}}),
        said(401, {"errors": [{"message": "Unauthorized."}]}),
        ours=said(400, {"errors": [{"message": "Unconfigured Sending Domain", "code": "7001"}]}),
    ),
    "resend": lambda: Provider(
        {},
        _with("authorization", f"Bearer {SECRET}", "/emails"),
        _resend,
        lambda n, to: said(200, {"id": f"re-{n}"}),
        said(422, {"statusCode": 422, "name": "validation_error", "message": "Invalid `to` field."}),
        said(401, {"statusCode": 401, "name": "missing_api_key", "message": "Missing API Key"}),
        ours=said(403, {"statusCode": 403, "name": "validation_error", "message": "The domain is not verified."}),
    ),
    "mailersend": lambda: Provider(
        {},
        _with("authorization", f"Bearer {SECRET}", "/email"),
        _mailersend,
        lambda n, to: Said(202, b"", {"X-Message-Id": f"ms-{n}", "Content-Type": "text/html; charset=UTF-8"}),
        said(202, {"message": "There are some warnings for your request.", "warnings": [SUPPRESSED]}),
        said(401, {"message": "Unauthenticated."}),
        ours=said(422, {"message": "The from.email domain must be verified in your account.", "errors": {}}),
        dead="hard_bounce",
    ),
    "postal": lambda: Provider(
        {"host": "postal.north.example"},
        _with("x-server-api-key", path="/api/v1/send/message"),
        _postal,
        lambda n, to: said(
            200, {"status": "success", "data": {"message_id": f"{n}@rp", "messages": {to: {"id": n, "token": "t"}}}}
        ),
        said(200, {"status": "error", "data": {"code": "ValidationError", "message": "The To address is none"}}),
        said(200, {"status": "error", "data": {"code": "InvalidServerAPIKey", "message": "not valid"}}),
        ours=said(200, {"status": "error", "data": {"code": "UnauthenticatedFromAddress", "message": "no"}}),
    ),
    "unisender": lambda: Provider(
        {"centre": "go1"},
        _with("x-api-key", path="/email/send.json"),
        _unisender,
        lambda n, to: said(200, {"status": "success", "job_id": f"uni-{n}", "emails": [to]}),
        said(
            200, {"status": "success", "job_id": "9", "emails": [], "failed_emails": {"bounced@b.example": "invalid"}}
        ),
        said(401, {"status": "error", "code": 102, "message": "Can not decode key ''"}),
        ours=said(400, {"status": "error", "code": 205, "message": "Unverified domain in from_email"}),
        dead="invalid",
    ),
    "mailtrap": lambda: Provider(
        {},
        _with("api-token", path="/send"),
        _mailtrap,
        lambda n, to: said(200, {"success": True, "message_ids": [f"mt-{n}"]}),
        said(400, {"success": False, "errors": ["'to' address is invalid"]}),
        said(401, {"success": False, "errors": ["Unauthorized"]}),
        ours=said(403, {"success": False, "errors": ["Sending from domain north.example is not allowed"]}),
    ),
}


def _taken_by_mailjet(number: int, to: str) -> dict[str, Any]:
    href = f"https://api.mailjet.com/v3/REST/message/{number}"
    taken = {"Email": to, "MessageUUID": f"u{number}", "MessageID": number, "MessageHref": href}
    return {"Status": "success", "CustomID": "", "To": [taken], "Cc": [], "Bcc": []}


def _refused_by_mailjet(code: str, message: str, about: str) -> dict[str, Any]:
    fault = {"ErrorIdentifier": "e1", "ErrorCode": code, "StatusCode": 400, "ErrorMessage": message}
    return {"Messages": [{"Status": "error", "Errors": [{**fault, "ErrorRelatedTo": [about]}]}]}


@contextmanager
def provider(kind: str) -> Iterator[Provider]:
    """An account at this provider, while the block lasts."""
    account = ACCOUNTS[kind]()
    with web_server(account.answer) as account.url:
        account.settings |= {"url": account.url, "timeout": 2}
        yield account
