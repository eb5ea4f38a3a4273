"""Turns parcels into e-mails at a provider: one row per provider, spoken to by django-anymail over our own lines.

A backend is built for each sender from its own settings and secrets; nothing is global. What anymail asks over HTTP
goes through lib/http, with its limits in time, size and place, and its word on what has left the house.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from types import MappingProxyType
from typing import Any, ClassVar
from warnings import catch_warnings, simplefilter

from anymail.backends import brevo, mailgun, postmark, sendgrid
from anymail.exceptions import AnymailError, AnymailRecipientsRefused, AnymailRequestsAPIError
from django.core.mail import EmailMultiAlternatives

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
from relance.delivery.channels.email.ses import SesBackend, ses_fault, ses_options
from relance.lib.http import HttpFault, NoAnswer, NotSent, NoWay, Origin, Reply

KEY = "relance"  # the name under which our key travels as metadata and comes back in receipts
KEPT_HEADERS = ("Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted", "Content-Language")
Options = Callable[[Mapping[str, Any], Mapping[str, str]], dict[str, Any]]
# Our own fault in words, where the status does not tell: every message would be refused alike, so none must pay for it.
OURS = re.compile(
    r"sender|from address|from email|not verified|not authori|signature|domain|account|credit|suspend|api.?key|token",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Provider:
    """How one provider is spoken to: anymail's backend, and what it is built from."""

    backend: Callable[..., Any]
    options: Options
    headers: Mapping[str, str] = field(default_factory=dict)


def _with_url(**names: str) -> Options:
    """`api_key="password"`: which of the sender's values the backend takes under which name."""

    def options(kept: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, Any]:
        found = {name: secrets.get(value, kept.get(value)) for name, value in names.items()}
        return found | ({"api_url": kept["url"]} if kept.get("url") else {})

    return options


PROVIDERS: Mapping[str, Provider] = MappingProxyType(
    {
        "mailgun": Provider(mailgun.EmailBackend, _with_url(api_key="password", sender_domain="domain")),
        # Without this header Postmark puts a Message-ID of its own in the place of ours.
        "postmark": Provider(postmark.EmailBackend, _with_url(server_token="password"), {"X-PM-KeepID": "true"}),
        "sendgrid": Provider(sendgrid.EmailBackend, _with_url(api_key="password")),
        "brevo": Provider(brevo.EmailBackend, _with_url(api_key="password")),
        "ses": Provider(SesBackend, ses_options),
    }
)


class Agent:
    """One connection to a provider."""

    def __init__(self, provider: Provider, sending: Sending) -> None:
        self.provider = provider
        self.from_address: str | None = sending.settings.get("from")
        self.stream: str | None = sending.settings.get("stream")
        with catch_warnings():
            simplefilter("ignore")  # anymail says of SendGrid that it is tested no more; our own tests do
            self.backend = provider.backend(**provider.options(sending.settings, sending.secrets))
        if provider.backend is not SesBackend:
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
        try:
            self.backend.send_messages([mail])
        except AnymailRecipientsRefused:
            return _refused_recipient(mail)
        except AnymailRequestsAPIError as error:
            return _by_answer(error)
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
        return _taken(mail)

    def mail_of(self, parcel: Parcel) -> Any:
        """The e-mail as anymail takes it: the same words and headers that go over SMTP, and our key."""
        letter = message_from_bytes(compose(parcel, self.from_address), policy=default)
        plain, html = (letter.get_body((kind,)) for kind in ("plain", "html"))
        assert plain is not None and html is not None
        headers = {name: str(letter[name]) for name in KEPT_HEADERS if letter[name]}
        mail: Any = EmailMultiAlternatives(
            subject=str(letter["Subject"]),
            body=plain.get_content(),
            from_email=str(letter["From"]),
            to=[str(letter["To"])],
            reply_to=[str(letter["Reply-To"])] if letter["Reply-To"] else None,
            headers={**headers, **self.provider.headers},
        )
        mail.attach_alternative(html.get_content(), "text/html")
        mail.metadata = {KEY: str(parcel.key)}
        # SES tells its tags with every event, its headers only with some: the key travels as a tag there.
        mail.tags = [str(parcel.key) if self.provider.backend is SesBackend else parcel.code]
        if self.stream:
            mail.esp_extra = {"MessageStream": self.stream}
        return mail


class ProviderChannel:
    """E-mail over a provider's API."""

    knows_after: ClassVar[float | None] = None  # the key comes back in its receipts; its log is not asked

    def __init__(self, sending: Sending) -> None:
        provider = PROVIDERS[sending.kind]
        self.sending, self.is_found = sending, False
        self.agents = [Agent(provider, sending) for _ in range(int(sending.settings.get("connections", 1)))]

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
            if isinstance(backend, SesBackend):
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


def _taken(mail: Any) -> Result:
    """The provider has it, by its own number; an answer without one is no answer."""
    ref, status = mail.anymail_status.message_id, mail.anymail_status.status or set()
    if not ref or status <= {"unknown", "failed"}:
        return AnswerLost("the provider answered without a number for the message")
    return Accepted(str(ref)[:200], " ".join(sorted(map(str, status))))


def _refused_recipient(mail: Any) -> Result:
    """The provider took the request and not the recipient: his address bounced before, or is none."""
    told = next(iter(mail.anymail_status.recipients.values()), None)
    status = getattr(told, "status", None) or "refused"
    return Refused(f"the provider has {status} the address", True, "invalid" if status == "invalid" else "hard_bounce")


def _by_answer(error: AnymailRequestsAPIError) -> Result:
    response = error.response
    if response is None:
        return AnswerLost(str(error).splitlines()[0][:500])
    reply = Reply(response.status_code, {k.lower(): v for k, v in response.headers.items()}, response.content or b"")
    if 200 <= reply.status < 300:
        return AnswerLost(f"an answer that says nothing: {reply.status} {reply.text}"[:500])
    if reply.status in (400, 409, 422) and OURS.search(reply.text):
        raise ChannelDown(f"the provider does not take us: {reply.status} {reply.text}"[:500])
    return unclear(reply, "the provider")
