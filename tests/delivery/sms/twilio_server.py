"""Twilio's Messages resource as its documentation describes it: form in, JSON out, a log to be asked."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import count
from threading import Lock
from typing import Any

from tests.delivery.web_server import Asked, Said, web_server

ACCOUNT, TOKEN = "AC" + "0" * 32, "twilio-token"
HUGE = b"{" + b" " * 2_000_000 + b"}"


@dataclass
class Twilio:
    """What the account took in, and how it behaves to a number: an answer of its own, before or after taking it."""

    instead: dict[str, Said] = field(default_factory=dict)
    after: dict[str, Said] = field(default_factory=dict)
    account_status: str = "active"
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    taken: list[dict[str, Any]] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _lock: Any = field(default_factory=Lock)

    def answer(self, asked: Asked) -> Said:
        login = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {login}":
            return error(401, 20003, "Authenticate")
        base = f"/2010-04-01/Accounts/{ACCOUNT}"
        if asked.path == f"{base}.json":
            return said(200, {"sid": ACCOUNT, "status": self.account_status})
        if asked.path != f"{base}/Messages.json":
            return error(404, 20404, f"The requested resource {asked.path} was not found")
        return self.take(asked.form) if asked.method == "POST" else self.listed(asked.query["To"][0])

    def take(self, form: dict[str, str]) -> Said:
        self.forms.append(form)
        number = form.get("To", "")
        if number in self.instead:
            return self.instead[number]
        if len(form.get("Body", "")) > 1600:
            return error(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        with self._lock:
            row = self.row(form)
            self.taken.append(row)
        return self.after.get(number) or said(201, row)

    def row(self, form: dict[str, str], **values: Any) -> dict[str, Any]:
        return {
            "sid": f"SM{next(self._numbers):032x}",
            "account_sid": ACCOUNT,
            "to": form["To"],
            "from": form.get("From"),
            "messaging_service_sid": form.get("MessagingServiceSid"),
            "body": form["Body"],
            "status": "queued",
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "num_segments": "1",
            "date_created": format_datetime(self.at),
            "date_sent": None,
            "date_updated": format_datetime(self.at),
            **values,
        }

    def listed(self, number: str) -> Said:
        rows = [row for row in reversed(self.taken) if row["to"] == number]
        return said(200, {"messages": rows, "next_page_uri": None, "page": 0, "page_size": 200})

    @property
    def numbers(self) -> list[str]:
        return [row["to"] for row in self.taken]

    @property
    def settings(self) -> dict[str, Any]:
        """How a sender reaches it."""
        return {"account": ACCOUNT, "from": "+15145550100", "url": self.url, "timeout": 5}


def said(status: int, content: Any, **headers: str) -> Said:
    return Said(
        status, json.dumps(content).encode(), {name.replace("_", "-"): value for name, value in headers.items()}
    )


def error(status: int, code: int, message: str = "no", **headers: str) -> Said:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return said(status, {"code": code, "message": message, "more_info": more, "status": status}, **headers)


@contextmanager
def twilio_server(twilio: Twilio | None = None, **options: Any) -> Iterator[Twilio]:
    """The account, while the block lasts."""
    twilio = twilio or Twilio()
    with web_server(twilio.answer, **options) as twilio.url:
        yield twilio
