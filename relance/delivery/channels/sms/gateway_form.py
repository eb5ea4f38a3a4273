"""Turns the file in which a dealer describes his gateway into a typed form: what is asked and what answers mean."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from django.utils.translation import gettext
from pydantic import Field, field_validator, model_validator

from relance.delivery.channels.sms.codes import MEANINGS
from relance.delivery.receipts.kinds import KINDS
from relance.lib.errors import unknown_word
from relance.lib.http import Origin
from relance.lib.schema import Strict

FILLED = re.compile(r"\{([a-z_]*)\}")
# What may stand in braces, each with what it says.
WORDS: Mapping[str, str] = {
    "to": "the number, in E.164",
    "text": "the message",
    "key": "our own reference of the message; the same when it is handed over again",
    "callback": "the address at which its receipts are taken, or nothing without a public address",
    "validity": "seconds in which it may still be delivered: without it, also by night",
    "password": "the sender's secret",
}
Path = str  # `message.id`, `messages.0.id`: names and numbers between dots


class Taken(Strict):
    """When a message is taken."""

    status: list[int] = Field([200, 201, 202], description="HTTP statuses that may mean so.")
    path: Path | None = Field(None, description="A word in the answer that must be one of `words`.")
    words: list[str] = Field(default_factory=list, description="The words at `path` that mean so.")
    ref: Path | None = Field(None, description="The gateway's own number of the message.")


class Codes(Strict):
    """The gateway's own error codes."""

    path: Path = Field(description="Where the code stands in an answer.")
    words: dict[str, str] = Field(description="Each code and its class: busy, down, lost, refused, invalid …")

    @field_validator("words")
    @classmethod
    def _known(cls, words: dict[str, str]) -> dict[str, str]:
        for word in words.values():
            if word not in MEANINGS:
                raise ValueError(unknown_word(gettext("class"), word, MEANINGS))
        return words


class LookUp(Strict):
    """How the gateway is asked for a message by our key."""

    url: str = Field(description="The address, with {key} in it; at the same server.")
    ref: Path = Field(description="Its number of the message; nothing there means that it never had it.")
    missing: list[int] = Field([404], description="HTTP statuses that mean that it never had it.")


class Receipts(Strict):
    """What the gateway's calls about a message look like."""

    key: Path | None = Field(None, description="Our key; not needed where {callback} was handed over.")
    ref: Path = Field(description="The gateway's number of the message.")
    status: Path = Field(description="Where the status stands.")
    words: dict[str, str] = Field(description="Each status, and what it means: taken, delivered, failed …")
    code: Path | None = Field(None, description="An error code, read by `codes`.")

    @field_validator("words")
    @classmethod
    def _known(cls, words: dict[str, str]) -> dict[str, str]:
        for word in words.values():
            if word not in KINDS:
                raise ValueError(unknown_word(gettext("kind of receipt"), word, KINDS))
        return words


class Inbound(Strict):
    """What a text message that came in looks like."""

    ref: Path = Field(description="The gateway's number of it.")
    sender: Path = Field(description="Whose it is.")
    text: Path = Field(description="What was written.")


class Signature(Strict):
    """How the gateway signs its calls: HMAC over the body with the secret `signing`."""

    header: str = Field(description="The header that it stands in.")
    hash: Literal["sha256", "sha1", "sha512"] = Field("sha256", description="sha256, sha1 or sha512.")
    encoding: Literal["hex", "base64"] = Field("hex", description="hex or base64.")
    prefix: str = Field("", description="What stands before it, for example `sha256=`.")


class Gateway(Strict):
    """A gateway that takes a message as one request with JSON, or as a form."""

    url: str = Field(description="The address; words in braces may stand in it.")
    method: Literal["POST", "PUT"] = Field("POST", description="POST or PUT.")
    encoding: Literal["json", "form"] = Field("json", description="How the body is written: json or form.")
    headers: dict[str, str] = Field(default_factory=dict, description="Headers, with words in braces.")
    body: dict[str, Any] = Field(description="The body, with words in braces; a word without a value is left out.")
    longest: int = Field(1_600, ge=1, le=100_000, description="Characters that it takes.")
    taken: Taken = Field(default_factory=Taken)
    codes: Codes | None = None
    look_up: LookUp | None = None
    receipts: Receipts | None = None
    inbound: Inbound | None = None
    signature: Signature | None = None

    @model_validator(mode="after")
    def _one_server(self) -> "Gateway":
        if self.look_up is not None and Origin.of(self.look_up.url) != Origin.of(self.url):
            raise ValueError(gettext("look_up.url is at another server than url"))
        return self

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        Origin.of(url)
        return url

    @field_validator("headers", "body", "url")
    @classmethod
    def _words(cls, value: Any) -> Any:
        for word in _words_in(value):
            if word not in WORDS:
                raise ValueError(unknown_word(gettext("word in braces"), word, WORDS))
        return value


def _words_in(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [word for inner in value.values() for word in _words_in(inner)]
    if isinstance(value, list):
        return [word for inner in value for word in _words_in(inner)]
    return FILLED.findall(value) if isinstance(value, str) else []


def filled(value: Any, words: Mapping[str, Any]) -> Any:
    """A template with its words in it. A text that is one word alone becomes the value itself, a number stays one."""
    if isinstance(value, Mapping):
        inner = {name: filled(one, words) for name, one in value.items()}
        return {name: one for name, one in inner.items() if one is not None}
    if isinstance(value, list):
        return [filled(one, words) for one in value]
    if not isinstance(value, str):
        return value
    alone = FILLED.fullmatch(value)
    if alone:
        return words[alone.group(1)]
    return FILLED.sub(lambda found: "" if words[found.group(1)] is None else str(words[found.group(1)]), value)


def found_at(content: Any, path: Path | None) -> Any:
    """What stands at a path; None when nothing does."""
    for step in path.split(".") if path else ():
        if isinstance(content, Mapping):
            content = content.get(step)
        elif isinstance(content, list) and step.isdigit() and int(step) < len(content):
            content = content[int(step)]
        else:
            return None
    return content if path else None
