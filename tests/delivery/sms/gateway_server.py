"""The gateway of the example file (channels/sms/gateway_example.yaml), as that file describes it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from relance.delivery.channels.sms import gateway_form
from relance.lib.yaml_file import read_yaml
from tests.delivery.email_providers import said
from tests.delivery.web_server import Asked, Said, web_server

EXAMPLE = Path(gateway_form.__file__).with_name("gateway_example.yaml")
SECRET = "the-secret"


@dataclass
class Account:
    """What it took, by our key (the same key twice is one message), and how it behaves to a number."""

    instead: dict[str, Said] = field(default_factory=dict)
    after: dict[str, Said] = field(default_factory=dict)
    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""
    _lock: Any = field(default_factory=Lock)

    def answer(self, asked: Asked) -> Said:
        self.asked.append(asked)
        if asked.headers.get("authorization") != f"Bearer {SECRET}":
            return said(401, {"error": {"code": "E30"}})
        if asked.method == "GET":
            found = self.taken.get(asked.query["reference"][0])
            return said(200, {"messages": [found] if found else []})
        message = json.loads(asked.body)
        if message["to"] in self.instead:
            return self.instead[message["to"]]
        with self._lock:
            number = f"G{len(self.taken) + 1}"
            self.taken.setdefault(asked.headers["idempotency-key"], {"id": number, **message})
        done = said(202, {"status": "queued", "message": {"id": number}})
        return self.after.get(message["to"], done)

    @property
    def settings(self) -> dict[str, Any]:
        form = read_yaml(EXAMPLE)
        at = "https://api.gateway.example"
        form = json.loads(json.dumps(form).replace(at, self.url))
        return {"form": form, "timeout": 2}


@contextmanager
def gateway_server() -> Iterator[Account]:
    """The gateway, while the block lasts."""
    account = Account()
    with web_server(account.answer) as account.url:
        yield account
