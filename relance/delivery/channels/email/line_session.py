"""Turns what a library asks through `requests` into requests over our own lines, whose limits hold."""

from collections.abc import Mapping
from typing import Any

import requests

from relance.delivery.channel import Sending
from relance.delivery.channels.calls import line_to
from relance.lib.http import Line, Origin, target_of

OURS = frozenset({"host", "content-length", "connection", "accept-encoding", "user-agent", "accept"})


class LineSession:
    """The part of a `requests.Session` that anymail uses; raises HttpFault, and never follows a redirect."""

    def __init__(self, sending: Sending) -> None:
        self.sending = sending
        self.more: Mapping[str, str] = {}  # headers of the next requests, beside those that the library gives
        self._lines: dict[Origin, Line] = {}

    def reach(self, url: str) -> None:
        """Connect to the server of this URL; NoWay when that is not possible."""
        self._line(url).open()

    def request(self, method: str, url: str, *, timeout: Any = None, **parts: Any) -> requests.Response:
        """One request, encoded as `requests` would, and its answer."""
        asked = requests.Request(method, url, **parts).prepare()
        body = asked.body or b""
        headers = {name: str(value) for name, value in asked.headers.items() if name.lower() not in OURS}
        headers |= self.more
        target = target_of(str(asked.url))
        content = body.encode() if isinstance(body, str) else body
        assert isinstance(content, bytes)
        reply = self._line(url).ask(method, target, content, headers)
        response = requests.Response()
        response.status_code, response.url, response.encoding = reply.status, str(asked.url), "utf-8"
        response._content = reply.body
        response.headers.update(reply.headers)
        response.request = asked
        return response

    def close(self) -> None:
        """Let go of every connection; they open again as needed."""
        for line in self._lines.values():
            line.close()

    def _line(self, url: str) -> Line:
        origin = Origin.of(url)
        if origin not in self._lines:
            self._lines[origin] = line_to(origin, self.sending)
        return self._lines[origin]
