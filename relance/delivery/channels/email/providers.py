"""Turns parcels into e-mails at a provider (a row of provider_table.py): django-anymail speaks, over our own lines.

A backend is built for each sender from its own settings and secrets; nothing is global. What anymail asks over HTTP
goes through lib/http, with its limits in time, size and place, and its word on what has left the house.
"""

import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.policy import default
from importlib import import_module
from typing import Any, ClassVar
from warnings import catch_warnings, simplefilter

from anymail.exceptions import AnymailError, AnymailRecipientsRefused, AnymailRequestsAPIError
from django.core.mail import EmailMultiAlternatives
from requests import Response

from relance.delivery.channel import (
    Accepted,
    AnswerLost,
    Busy,
    ChannelDown,
    DeliveryFault,
    Parcel,
    Refused,
    Result,
    Sending,
)
from relance.delivery.channels.calls import carry_all, carry_each, line_to, unclear
from relance.delivery.channels.email.compose import compose
from relance.delivery.channels.email.line_session import LineSession
from relance.delivery.channels.email.provider_table import (
    BOUNCED,
    INVALID,
    LATER,
    OURS,
    PROVIDERS,
    EmailProvider,
)
from relance.delivery.channels.email.ses import ses_fault, ses_options
from relance.lib.http import HttpFault, NoAnswer, NotSent, NoWay, Origin, Reply

KEY = "relance"  # the name under which our key travels as metadata and comes back in receipts
# Our own fault in words, where the status does not tell: every message would be refused alike, so none must pay for it.
OUR_FAULT = re.compile(
    r"sender|from address|from email|from. field|not verified|not authori|signature|domain|account|credit|suspend"
    r"|api.?key|token|upgrade|your plan|enterprise",
    re.IGNORECASE,
)


def backend_of(kind: str, provider: EmailProvider, sending: Sending) -> Any:
    """anymail's backend of one sender, from its own settings and secrets."""
    module, _, name = provider.backend.partition(":")
    kept, secrets = sending.settings, sending.secrets
    if kind == "ses":
        options = ses_options(kept, secrets)
    else:
        options = {taken: secrets.get(ours, kept.get(ours)) for taken, ours in provider.takes.items()}
        if url := kept.get("url") or provider.url.format(**kept):
            options["api_url"] = url
    with catch_warnings():
        simplefilter("ignore")  # anymail says of SendGrid that it is tested no more; our own tests do
        return getattr(import_module(f"anymail.backends.{module}"), name)(**options)


class Agent:
    """One connection to a provider."""

    def __init__(self, sending: Sending) -> None:
        self.provider = PROVIDERS[sending.kind]
        self.from_address: str | None = sending.settings.get("from")
        self.stream: str | None = sending.settings.get("stream")
        self.backend = backend_of(sending.kind, self.provider, sending)
        if sending.kind != "ses":
            self.backend.session = LineSession(sending)

    def carry(self, parcels: Iterator[Parcel]) -> Iterator[tuple[Parcel, Result]]:
        """Hand over what is pulled."""
        return carry_each(self._hand, parcels)

    def _hand(self, parcel: Parcel) -> Result:
        try:
            mail = self.mail_of(parcel)
        except DeliveryFault as fault:
            return fault.result
        except Exception as error:  # nothing has left the house: this message alone is at fault
            return Refused(f"the e-mail cannot be composed: {type(error).__name__}: {error}")
        return self._post(mail, parcel)

    def _post(self, mail: Any, parcel: Parcel) -> Result:
        """Ask the provider to send it; what its answer means."""
        if self.provider.once:
            self.backend.session.more = {self.provider.once: str(parcel.key)}
        try:
            self.backend.send_messages([mail])
        except AnymailRecipientsRefused:
            return self._refused_recipient(mail)
        except AnymailRequestsAPIError as error:
            return self._by_answer(error)
        except AnymailError as error:
            return ses_fault(error)
        except NoWay as fault:
            raise ChannelDown(str(fault)) from None
        except NotSent as fault:
            return Busy(str(fault))
        except NoAnswer as fault:
            return AnswerLost(str(fault))
        except Exception as error:  # the library stumbled over what came back: it is out, or it is not
            return AnswerLost(
                f"an answer that nobody understands: {type(error).__name__}: {error}".splitlines()[0][:500]
            )
        return self._taken(mail)

    def mail_of(self, parcel: Parcel) -> Any:
        """The e-mail as anymail takes it: the same words and headers that go over SMTP, and our key."""
        letter = message_from_bytes(compose(parcel, self.from_address), policy=default)
        plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
        assert plain is not None and html is not None
        headers = {name: str(letter[name]) for name in self.provider.kept_headers if letter[name]}
        mail: Any = EmailMultiAlternatives(
            subject=str(letter["Subject"]),
            body=plain.get_content(),
            from_email=str(letter["From"]),
            to=[str(letter["To"])],
            reply_to=[str(letter["Reply-To"])] if letter["Reply-To"] else None,
            headers={**headers, **self.provider.headers},
        )
        mail.attach_alternative(html.get_content(), "text/html")
        if self.provider.key_as_tag:
            mail.tags = [str(parcel.key)]
        else:
            mail.metadata, mail.tags = {KEY: str(parcel.key)}, [parcel.code]
        mail.esp_extra = dict(self.provider.extra(str(parcel.key)))
        if self.stream:
            mail.esp_extra = {"MessageStream": self.stream}
        return mail

    def _taken(self, mail: Any) -> Result:
        """The provider has it, by its own number; an answer without one is no answer."""
        ref, status = mail.anymail_status.message_id, mail.anymail_status.status or set()
        if ref and not status <= {"unknown", "failed"}:
            return Accepted(str(ref)[:200], " ".join(sorted(map(str, status))))
        response = mail.anymail_status.esp_response
        if status == {"failed"} and isinstance(response, Response):
            if response.status_code >= 400:
                return _by_status(reply_of(response))
            return self._by_word(response) or _said_nothing()
        return _said_nothing()

    def _refused_recipient(self, mail: Any) -> Result:
        """The provider took the request and not the recipient: his address bounced before, or is none."""
        if self.provider.word is not None:
            return self._by_word(mail.anymail_status.esp_response) or _said_nothing()
        told = next(iter(mail.anymail_status.recipients.values()), None)
        if told is None:
            return _said_nothing()
        status = told.status or "refused"
        reason = INVALID if status == "invalid" else BOUNCED
        return Refused(f"the provider has {status} the address", True, reason)

    def _by_answer(self, error: AnymailRequestsAPIError) -> Result:
        if error.response is None:
            return AnswerLost(str(error).splitlines()[0][:500])
        reply = reply_of(error.response)
        result = self._by_word(error.response)
        if result is None and 200 <= reply.status < 300:
            return AnswerLost(f"an answer that says nothing: {reply.status} {reply.text}"[:500])
        return result or _by_status(reply)

    def _by_word(self, response: Response) -> Result | None:
        """What the provider's own word in an answer means; None when there is none."""
        try:
            word = str(self.provider.word(response.json())) if self.provider.word else None
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, StopIteration):
            word = None
        if word is None or (response.status_code >= 500 and word not in self.provider.refusals):
            return None
        said, meaning = (
            f"the provider refused it: {word} {reply_of(response).text}"[:500],
            self.provider.refusals.get(word),
        )
        if meaning == OURS:
            raise ChannelDown(said)
        if meaning == LATER:
            return Busy(said)
        return Refused(said, True, meaning) if meaning else Refused(said)


def reply_of(response: Response) -> Reply:
    """The library's answer as one of ours."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, headers, response.content or b"")


def _by_status(reply: Reply) -> Result:
    if reply.status in (400, 409, 422) and OUR_FAULT.search(reply.text):
        raise ChannelDown(f"the provider does not take us: {reply.status} {reply.text}"[:500])
    return unclear(reply, "the provider")


def _said_nothing() -> AnswerLost:
    return AnswerLost("the provider answered without a number for the message")


class ProviderChannel:
    """E-mail over a provider's API."""

    knows_after: ClassVar[float | None] = None  # the key comes back in its receipts; its log is not asked

    def __init__(self, sending: Sending) -> None:
        self.sending, self.is_found = sending, False
        self.agents = [Agent(sending) for _ in range(int(sending.settings.get("connections", 1)))]

    def check(self) -> list[str]:
        """Whether the provider can be reached and a sender's address is known; its key shows with the first message."""
        faults = []
        if not self.sending.secrets.get("password"):
            faults.append("the key is missing: --secret password=FILE")
        try:
            self.open()
        except ChannelDown as fault:
            faults.append(str(fault))
        return faults

    def open(self) -> None:
        """One connection is enough to begin with."""
        backend = self.agents[0].backend
        try:
            backend.open()
            if self.sending.kind == "ses":
                self._look_for(str(backend.client.meta.endpoint_url))
            else:
                backend.session.reach(backend.api_url)
        except HttpFault as fault:
            raise ChannelDown(str(fault)) from None
        except Exception as error:  # the library's own ways to say that settings are unusable
            raise ChannelDown(f"{type(error).__name__}: {error}".splitlines()[0]) from None

    def _look_for(self, url: str) -> None:
        """Whether there is a way to a server that is spoken to by another library; once is enough."""
        if not self.is_found:
            line = line_to(Origin.of(url), self.sending)
            line.open()
            line.close()
            self.is_found = True

    def close(self) -> None:
        """Let go of every connection."""
        for agent in self.agents:
            agent.backend.close()

    def send(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result]]:
        """See the contract."""
        for agent in self.agents:
            agent.backend.open()
        return carry_all(self.agents, parcels)

    def look_up(self, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result | None]]:
        """Nobody can tell; a receipt will."""
        for parcel in parcels:
            yield parcel, None
