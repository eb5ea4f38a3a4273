"""Turns a password into somebody who works at the desk over HTTP: a real session, real forms, a browser's connections.

Nothing here knows a table: what is changed is read from the pages that offer it.
"""

import random
import select
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

CONNECTIONS = 4  # that one browser keeps open
PATIENCE = 60.0  # seconds until an answer is none
LOST = 0  # in the place of a status: no answer came
TOKEN = "relance-form"  # the cookie whose value a form must carry


@dataclass(frozen=True)
class Answer:
    """What came of a request; `LOST` when nothing came."""

    status: int
    seconds: float
    body: str = ""
    where: str = ""  # of a redirect

    @property
    def is_taken(self) -> bool:
        """Whether the person was told that it is done."""
        return self.status == 302 and "/sign-in/" not in self.where


class Person:
    """Somebody at the desk of one dealer, with a browser."""

    def __init__(self, port: int, email: str, password: str, home: str = "", luck: random.Random | None = None) -> None:
        self.port, self.email, self.password, self.home = port, email, password, home
        self.luck = luck or random.Random(email)
        self.cookies: dict[str, str] = {}
        self.lines = [HTTPConnection("127.0.0.1", port, timeout=PATIENCE) for _ in range(CONNECTIONS)]

    def sign_in(self) -> Answer:
        """With address and password, as everybody does."""
        self.get("/sign-in/")
        return self.post("/sign-in/", {"email": self.email, "password": self.password})

    def get(self, path: str) -> Answer:
        """A page."""
        return self._ask("GET", path)

    def post(self, path: str, fields: Mapping[str, str | list[str]]) -> Answer:
        """A form."""
        return self._ask("POST", path, urlencode(fields, doseq=True))

    def leave(self) -> None:
        """Close the browser."""
        for line in self.lines:
            line.close()

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        line, began = self._line(), time.perf_counter()
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.cookies.get(TOKEN, "")}
        try:
            line.request(method, path if path.startswith("/") else f"{self.home}{path}", body, headers)
            response = line.getresponse()
            text = response.read().decode()
        except (OSError, HTTPException) as error:
            with suppress(OSError):
                line.close()
            return Answer(LOST, time.perf_counter() - began, f"{type(error).__name__}: {error}")
        self._remember(response)
        return Answer(response.status, time.perf_counter() - began, text, response.getheader("Location") or "")

    def _line(self) -> HTTPConnection:
        """One of the connections; one that the server has closed meanwhile is opened anew, as browsers do."""
        line = self.luck.choice(self.lines)
        if line.sock is not None and select.select([line.sock], [], [], 0)[0]:
            line.close()
        return line

    def _remember(self, response: HTTPResponse) -> None:
        for header in response.headers.get_all("Set-Cookie") or ():
            for name, cookie in SimpleCookie(header).items():
                self.cookies[name] = cookie.value


class Forms(HTMLParser):
    """The forms of a page: what each would send if its button were pressed now, by the end of its address."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, dict[str, list[str]]] = {}
        self._form: dict[str, list[str]] = {}
        self._select = self._area = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "form":
            self._form = self.found.setdefault(urlsplit(said.get("action") or "").path, {})
        elif tag == "select":
            self._select = name
        elif tag == "textarea" and name:
            self._area = name
            self._form[name] = [""]
        elif tag == "option" and self._select and "selected" in said:
            self._form.setdefault(self._select, []).append(said.get("value") or "")
        elif tag == "input" and name and (said.get("type") not in ("checkbox", "radio") or "checked" in said):
            self._form.setdefault(name, []).append(said.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = {}
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._form[self._area][0] += data
