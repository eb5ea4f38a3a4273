"""Turns the kind of a sender into the channel that carries it: one row per kind."""

from dataclasses import dataclass

from relance.delivery.channel import Channel, Sending
from relance.delivery.channels.email.providers import ProviderChannel
from relance.delivery.channels.email.smtp import SmtpChannel
from relance.delivery.channels.file.folder import FileChannel
from relance.delivery.channels.paper.channel import PaperChannel
from relance.delivery.channels.phone.call_list import CallListChannel
from relance.delivery.channels.sms.gateway import GatewayChannel
from relance.delivery.channels.sms.twilio import TwilioChannel


@dataclass(frozen=True)
class Kind:
    """A way of sending: which channels it can carry, and its class."""

    carries: frozenset[str]
    channel: type[Channel]
    says: str


BY_MAIL = frozenset({"email", "staff"})
KINDS: dict[str, Kind] = {
    "file": Kind(
        frozenset({"sms", "email", "staff"}),
        FileChannel,
        "a file per message under sent/ in the home; the default until a sender is set",
    ),
    "paper": Kind(
        frozenset({"postcard", "letter"}),
        PaperChannel,
        "a print-ready PDF per run under sent/ in the home, with a manifest",
    ),
    "calls": Kind(frozenset({"phone"}), CallListChannel, "a task for a person, with what to say"),
    "smtp": Kind(BY_MAIL, SmtpChannel, "e-mail over a mail server"),
    "mailgun": Kind(BY_MAIL, ProviderChannel, "e-mail over Mailgun's API"),
    "postmark": Kind(BY_MAIL, ProviderChannel, "e-mail over Postmark's API"),
    "ses": Kind(BY_MAIL, ProviderChannel, "e-mail over Amazon SES"),
    "sendgrid": Kind(BY_MAIL, ProviderChannel, "e-mail over SendGrid's API"),
    "brevo": Kind(BY_MAIL, ProviderChannel, "e-mail over Brevo's API"),
    "gateway": Kind(frozenset({"sms"}), GatewayChannel, "text messages over any gateway that takes JSON over HTTP"),
    "twilio": Kind(frozenset({"sms"}), TwilioChannel, "text messages over Twilio's HTTP API"),
}


def channel_for(sending: Sending) -> Channel:
    """A fresh channel of this kind."""
    return KINDS[sending.kind].channel(sending)
