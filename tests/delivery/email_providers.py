"""The providers' HTTP interfaces as their documentation describes them: what is asked and what is answered."""

import json
from base64 import b64decode
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
BAD_TO = {"message": "Does not contain a valid address.", "field": "personalizations.0.to"}


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


def _bearer(name: str, value: str = SECRET) -> Callable[[Asked], bool]:
    return lambda asked: asked.headers.get(name) == value


def _account(kind: str) -> Provider:
    """A fresh account."""
    match kind:
        case "mailgun":
            return Provider(
                {"domain": "mg.north.example"},
                lambda asked: (
                    asked.headers.get("authorization", "").startswith("Basic YXBpOnRoZS1rZXk")
                    and asked.path == "/mg.north.example/messages"
                ),
                _mailgun,
                lambda n, to: said(200, {"id": f"<{n}@mg.north.example>", "message": "Queued. Thank you."}),
                said(400, {"message": "'to' parameter is not a valid address. please check documentation"}),
            )
        case "postmark":
            return Provider(
                {"stream": "outbound"},
                lambda asked: asked.headers.get("x-postmark-server-token") == SECRET and asked.path == "/email",
                _postmark,
                lambda n, to: said(200, {"ErrorCode": 0, "Message": "OK", "MessageID": str(n), "To": to}),
                said(422, {"ErrorCode": 406, "Message": INACTIVE}),
                said(401, {"ErrorCode": 10, "Message": "No Account or Server API tokens were supplied"}),
            )
        case "sendgrid":
            return Provider(
                {},
                _bearer("authorization", f"Bearer {SECRET}"),
                _sendgrid,
                lambda n, to: Said(202, b"", {"X-Message-Id": str(n)}),
                said(
                    400,
                    {"errors": [{"message": "Does not contain a valid address.", "field": "personalizations.0.to"}]},
                ),
            )
        case "brevo":
            return Provider(
                {},
                _bearer("api-key"),
                _brevo,
                lambda n, to: said(201, {"messageId": f"<{n}@relay.example>"}),
                said(400, {"code": "invalid_parameter", "message": "email is not valid in to"}),
            )
    return Provider(
        {"key": "AKIA1", "region": "us-east-1"},
        lambda asked: (
            "Credential=AKIA1/" in asked.headers.get("authorization", "") and asked.path == "/v2/email/outbound-emails"
        ),
        _ses,
        lambda n, to: said(200, {"MessageId": f"ses-{n}"}),
        said(400, {"message": "Invalid address"}, x_amzn_ErrorType="BadRequestException"),
        said(403, {"message": "The security token is invalid"}, x_amzn_ErrorType="UnrecognizedClientException"),
    )


@contextmanager
def provider(kind: str) -> Iterator[Provider]:
    """An account at this provider, while the block lasts."""
    account = _account(kind)
    with web_server(account.answer) as account.url:
        account.settings |= {"url": account.url, "timeout": 2}
        yield account
