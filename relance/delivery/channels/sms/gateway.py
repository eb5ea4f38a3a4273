"""Turns parcels into requests to any gateway that takes JSON or a form over HTTP, as the dealer's file says."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

from relance.delivery.channel import Accepted, AnswerLost, Busy, ChannelDown, Parcel, Refused, Result, Sending
from relance.delivery.channels.calls import Call, Caller, carry_all, lines_of, open_line, retry_after, unclear
from relance.delivery.channels.sms.codes import MEANINGS
from relance.delivery.channels.sms.gateway_form import Gateway, filled, found_at
from relance.delivery.channels.sms.twilio import FORM, margin_of, number_of, text_of, validity_of
from relance.delivery.links import hook_url
from relance.lib.http import HttpFault, Reply, target_of

JSON = {"Content-Type": "application/json"}


class GatewayChannel:
    """Text messages over a gateway of the dealer's choice. One that cannot be asked answers nothing when it is."""

    knows_after: float | None = 150.0  # ninety seconds at most for an answer, a minute until it can list it

    def __init__(self, sending: Sending) -> None:
        self.form = Gateway.model_validate(sending.settings["form"])
        if self.form.look_up is None:
            self.knows_after = None
        self.hook, self.margin = sending.settings.get("hook"), margin_of(sending)
        self.password = sending.secrets.get("password", "")
        self.callers = [
            Caller(line, self.call_of, self.result_of) for line in lines_of(sending, self.form.url, headers={})
        ]

    def check(self) -> list[str]:
        """Whether the gateway can be reached; whether its secret is right shows with a test message."""
        try:
            self.open()
        except ChannelDown as fault:
            return [str(fault)]
        return []

    def open(self) -> None:
        """One connection is enough to begin with."""
        open_line(self.callers[0].line)

    def close(self) -> None:
        """Let go of every connection."""
        for caller in self.callers:
            caller.line.close()

    def send(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result]]:
        """See the contract."""
        return carry_all(self.callers, parcels)

    def look_up(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result | None]]:
        """Ask by our key, where the file says how."""
        for parcel in parcels:
            yield parcel, self._found(parcel)

    def _found(self, parcel: Parcel) -> Result | None:
        asked = self.form.look_up
        if asked is None:
            return None
        words = {"key": quote(str(parcel.key)), "to": quote(parcel.message.address or ""), "password": self.password}
        try:
            target = target_of(str(filled(asked.url, {**dict.fromkeys(("text", "callback", "validity")), **words})))
            reply = self.callers[0].line.ask("GET", target, headers=self._headers(words))
            if reply.status in asked.missing:
                return Busy("the gateway has no such message")
            ref = found_at(json.loads(reply.body), asked.ref) if reply.status == 200 else None
        except (HttpFault, ValueError, RecursionError):
            return None
        if reply.status != 200:
            return None
        return Accepted(str(ref)[:200], "asked afterwards") if ref else Busy("the gateway has no such message")

    def _headers(self, words: dict[str, Any]) -> dict[str, str]:
        every = {**dict.fromkeys(("to", "text", "key", "callback", "validity")), **words}
        return {name: str(filled(value, every) or "") for name, value in self.form.headers.items()}

    def call_of(self, parcel: Parcel) -> Call:
        """The request, with its words filled in."""
        words = {
            "to": number_of(parcel),
            "text": text_of(parcel, self.form.longest),
            "key": str(parcel.key),
            "callback": hook_url(self.hook, "status", parcel.key),
            "validity": validity_of(parcel, self.margin),
            "password": self.password,
        }
        body = filled(self.form.body, words)
        headers = self._headers(words)
        target = target_of(str(filled(self.form.url, {name: quote(str(value or "")) for name, value in words.items()})))
        if self.form.encoding == "form":
            return Call(self.form.method, target, urlencode(body).encode(), FORM | headers)
        return Call(self.form.method, target, json.dumps(body, ensure_ascii=False).encode(), JSON | headers)

    def result_of(self, reply: Reply) -> Result:
        """What the answer means: first the gateway's own codes, then whether it is taken, then its status."""
        try:
            content = json.loads(reply.body) if reply.body.strip() else {}
        except (ValueError, RecursionError):
            content = None
        said = f"the gateway answered {reply.status}: {reply.text}"[:500]
        kind = self._class_of(content)
        if kind is not None:
            return _by_class(kind, reply, said)
        taken = self.form.taken
        if reply.status not in taken.status:
            return AnswerLost(said) if 200 <= reply.status < 300 else unclear(reply, "the gateway")
        word = found_at(content, taken.path)
        ref = found_at(content, taken.ref)
        if (taken.path and str(word) not in taken.words) or (taken.ref and not ref):
            return AnswerLost(said)  # a success that does not look like one
        return Accepted(str(ref)[:200] if ref else None, str(word or reply.status)[:100])

    def _class_of(self, content: Any) -> str | None:
        codes = self.form.codes
        return codes.words.get(str(found_at(content, codes.path))) if codes else None


def _by_class(kind: str, reply: Reply, said: str) -> Result:
    meaning = MEANINGS[kind]
    match meaning.becomes:
        case "busy":
            return Busy(said, retry_after(reply))
        case "down":
            raise ChannelDown(said)
        case "lost":
            return AnswerLost(said)
    return Refused(said, meaning.suppress is not None, meaning.suppress or "")
