"""Turns parcels into text messages over Twilio's HTTP API (Messages resource, version 2010-04-01)."""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from relance.delivery.channel import (
    Accepted,
    AnswerLost,
    Busy,
    ChannelDown,
    Parcel,
    ProviderBusy,
    ProviderRefused,
    Refused,
    Result,
    Sending,
    Written,
)
from relance.delivery.channels.calls import Call, Caller, carry_all, lines_of, open_line, retry_after, unclear
from relance.delivery.channels.sms.codes import Code, code_of
from relance.delivery.channels.sms.twilio_inbound import inbound_since
from relance.delivery.channels.sms.twilio_log import look_up
from relance.delivery.links import hook_url
from relance.lib.http import HttpFault, Reply

API = "https://api.twilio.com"
VERSION = "2010-04-01"
NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
LONGEST = 1_600  # characters that Twilio takes
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MARGIN = 30  # seconds, at least, between our last moment and the end of a validity: clocks differ, carriers are slow
SHORTEST, LONGEST_VALIDITY = 10, 36_000  # seconds: what Twilio takes as a validity


class TwilioChannel:
    """Text messages over Twilio, from a number or a messaging service."""

    knows_after: ClassVar[float | None] = 150.0  # ninety seconds at most for an answer, a minute until the log shows it

    def __init__(self, sending: Sending) -> None:
        kept = sending.settings
        self.account = str(kept["account"])
        user = str(kept.get("key") or self.account)
        login = base64.b64encode(f"{user}:{sending.secrets.get('password', '')}".encode()).decode()
        url = str(kept.get("url") or API)
        lines = lines_of(sending, url, {"Authorization": f"Basic {login}"})
        self.path = f"/{VERSION}/Accounts/{quote(self.account)}"
        self.sender = {"MessagingServiceSid": kept["service"]} if kept.get("service") else {"From": kept.get("from")}
        self.hook, self.margin = kept.get("hook"), margin_of(sending)
        self.callers = [Caller(line, self.call_of, result_of) for line in lines]

    def check(self) -> list[str]:
        """Whether the account lets us in; asks for the account, sends nothing."""
        try:
            self.open()
            reply = self.callers[0].line.ask("GET", f"{self.path}.json")
            account = answer_of(reply)
            if reply.status != 200:
                result_of(reply)
                return [f"Twilio answered {reply.status}: {reply.text}"]
        except (ChannelDown, HttpFault) as fault:
            return [str(fault)]
        status = account.get("status")
        return [] if status in ("active", None) else [f"the account is {status}"]

    def open(self) -> None:
        """One connection is enough to begin with."""
        open_line(self.callers[0].line)

    def inbound_since(self, moment: datetime) -> Iterator[Written]:
        """What customers wrote to our number, or to any of the account behind a messaging service."""
        line = self.callers[0].line
        open_line(line)
        to = self.sender.get("From")
        return inbound_since(line, f"{self.path}/Messages.json", str(to) if to else None, moment)

    def close(self) -> None:
        """Let go of every connection."""
        for caller in self.callers:
            caller.line.close()

    def send(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result]]:
        """See the contract."""
        return carry_all(self.callers, parcels)

    def look_up(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result | None]]:
        """Ask the log of the account."""
        return look_up(self.callers[0].line, f"{self.path}/Messages.json", parcels)

    def call_of(self, parcel: Parcel) -> Call:
        """The request: our key travels in the address of the status callback."""
        form: dict[str, Any] = {"To": number_of(parcel), "Body": text_of(parcel), **self.sender}
        if callback := hook_url(self.hook, "status", parcel.key):
            form["StatusCallback"] = callback
        if (validity := validity_of(parcel, self.margin)) is not None:
            form["ValidityPeriod"] = validity
        return Call("POST", f"{self.path}/Messages.json", urlencode(form).encode(), FORM)


def number_of(parcel: Parcel) -> str:
    """The number in E.164; ProviderRefused for anything else."""
    number = parcel.message.address or ""
    if not NUMBER.fullmatch(number):
        raise ProviderRefused(f"'{' '.join(number.split())[:40]}' is not a telephone number")
    return number


def text_of(parcel: Parcel, longest: int = LONGEST) -> str:
    """The text with the lines around it; ProviderRefused when it is empty or longer than what is taken."""
    text = "\n\n".join(parcel.texts)
    if not "".join(parcel.bodies).strip():
        raise ProviderRefused("there is no text")
    if len(text) > longest:
        raise ProviderRefused(f"the text has {len(text):,} characters, {longest:,} are taken")
    return text


def margin_of(sending: Sending) -> int:
    """Seconds that a validity is shorter than our time: it counts from when the other side takes the message."""
    return max(MARGIN, int(sending.settings.get("timeout", 0)))


def validity_of(parcel: Parcel, margin: int = MARGIN) -> int | None:
    """Seconds in which the message may still be delivered (R8); None when nothing limits them. Busy when too few."""
    ends = [moment for moment in (parcel.good_until, parcel.message.expires_at) if moment is not None]
    if not ends:
        return None
    left = int((min(ends) - parcel.at - parcel.waited()).total_seconds()) - margin
    if left < SHORTEST:
        raise ProviderBusy("the time in which it may arrive is over", alone=True)
    return min(left, LONGEST_VALIDITY)


def answer_of(reply: Reply) -> dict[str, Any]:
    """The JSON object of an answer; an empty one when there is none."""
    try:
        content = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def result_of(reply: Reply) -> Result:
    """What Twilio's answer to a message means; ChannelDown when it closes the way."""
    content = answer_of(reply)
    if 200 <= reply.status < 300:
        sid = content.get("sid")
        if not isinstance(sid, str) or not sid:
            return AnswerLost(f"Twilio answered {reply.status}, but not with a message: {reply.text}"[:500])
        return Accepted(sid[:200], str(content.get("status", ""))[:100])
    code = code_of(content.get("code")) if reply.status >= 400 else None
    if code is None:
        if not content and reply.status in (400, 409, 413, 422):
            raise ChannelDown(f"it is not Twilio that answers: {reply.status} {reply.text}"[:500])
        return unclear(reply, "Twilio")
    return _by_code(code, reply, said=f"{code.number}: {content.get('message') or code.says}"[:500])


def _by_code(code: Code, reply: Reply, said: str) -> Result:
    match code.meaning.becomes:
        case "busy":
            return Busy(said, retry_after(reply))
        case "down":
            raise ChannelDown(said)
        case "lost":
            return AnswerLost(said)
    reason = code.meaning.suppress
    return Refused(said, suppress_address=reason is not None, because=reason or "")
