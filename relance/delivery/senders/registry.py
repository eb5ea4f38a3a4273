"""Turns the kind of a sender into the channel that carries it: one row per kind.

A channel is loaded when it is first used: some bring a provider's whole library along, which no other needs.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module

from django.utils.translation import gettext_noop as _

from relance.delivery.channel import Channel, Sending
from relance.delivery.channels.email.provider_table import PROVIDERS


@dataclass(frozen=True)
class Kind:
    """A way of sending: which channels it can carry, and where its class stands under delivery/channels."""

    carries: frozenset[str]
    channel: str  # module:Class
    says: str


BY_MAIL = frozenset({"email", "staff"})
KINDS: dict[str, Kind] = {
    "file": Kind(
        frozenset({"sms", "email", "staff"}),
        "file.folder:FileChannel",
        _("one file per message under sent/ on the server; the default until a sender is set up"),
    ),
    "paper": Kind(
        frozenset({"postcard", "letter"}),
        "paper.channel:PaperChannel",
        _("one print-ready PDF per run under sent/ on the server, with a manifest"),
    ),
    "calls": Kind(frozenset({"phone"}), "phone.call_list:CallListChannel", _("a task for a person, with what to say")),
    "smtp": Kind(BY_MAIL, "email.smtp:SmtpChannel", _("e-mail over a mail server")),
    **{kind: Kind(BY_MAIL, "email.providers:ProviderChannel", row.says) for kind, row in PROVIDERS.items()},
    "gateway": Kind(
        frozenset({"sms"}), "sms.gateway:GatewayChannel", _("text messages over any gateway that takes JSON over HTTP")
    ),
    "twilio": Kind(frozenset({"sms"}), "sms.twilio:TwilioChannel", _("text messages over Twilio's HTTP API")),
}


def channel_for(sending: Sending) -> Channel:
    """A fresh channel of this kind."""
    return class_of(sending.kind)(sending)


@cache
def class_of(kind: str) -> type[Channel]:
    """The class of a kind, loaded once."""
    module, _, name = KINDS[kind].channel.partition(":")
    found: type[Channel] = getattr(import_module(f"relance.delivery.channels.{module}"), name)
    return found
