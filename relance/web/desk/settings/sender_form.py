"""Turns a kind of sender into the fields of its form, and what was typed into a sending; secrets are only written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from relance.dealers.models import Dealer
from relance.delivery.channel import Sending
from relance.delivery.models import Sender
from relance.delivery.senders import opened
from relance.delivery.senders.hosts import FROM_DESK, private_host_of
from relance.delivery.senders.registry import KINDS
from relance.delivery.senders.ways import WAYS, file_sending, sending_from, url_of
from relance.lib.errors import BadInput

BY_COMMAND = ("gateway",)  # what names a file of the server is set by the operator
NOT_TYPED = ("ca",)  # likewise
MORE = ("connections", "timeout", "rate", "daily", "zone", "url", "name", "tls", "key")  # what few ever need
LONGEST = 600
WHOLE = ("bounces",)  # secrets that say themselves where they go
# What may change without the secret being typed again: nothing of it says where the secret goes, or who reads it.
HARMLESS = ("from", "rate", "daily", "zone", "connections", "timeout", "name", "stream", FROM_DESK)
Typed = Mapping[str, str]


@dataclass(frozen=True)
class Field:
    """One thing to type, and what it is."""

    name: str
    says: str
    value: str = ""
    is_secret: bool = False
    is_kept: bool = False  # a secret that is stored: empty leaves it as it was


@dataclass(frozen=True)
class Form:
    """The fields of one kind of sender: the first ones, and those that few ever need."""

    scheme: str
    fields: list[Field]
    more: list[Field]


def schemes_of(channel: str) -> dict[str, str]:
    """The kinds that can be chosen for a channel, each with its sentence."""
    offered = {name: way for name, way in WAYS.items() if name not in BY_COMMAND}
    return {name: _(KINDS[way.kind].says) for name, way in offered.items() if channel in KINDS[way.kind].carries}


def form_of(scheme: str, sending: Sending, typed: Typed) -> Form:
    """The form, filled with what was typed, else with what is stored."""
    way = WAYS[scheme]
    kept: Mapping[str, Any] = sending.settings if sending.kind == way.kind else {}
    secrets = sending.secrets if sending.kind == way.kind else {}
    places = [
        Field(part, _(place.says), typed.get(part) or _stored(kept, place.name)) for part, place in way.place.items()
    ]
    hidden = [
        Field(f"secret-{name}", _(says), is_secret=True, is_kept=bool(secrets.get(name)))
        for name, says in way.secrets.items()
    ]
    options = {
        name: Field(name, _(says), typed.get(name) or _stored(kept, name))
        for name, says in way.options.items()
        if name not in NOT_TYPED
    }
    first = [option for name, option in options.items() if name not in MORE]
    return Form(scheme, [*places, *hidden, *first], [option for name, option in options.items() if name in MORE])


def _stored(kept: Mapping[str, Any], name: str) -> str:
    port = f":{kept['port']}" if name == "host" and kept.get("port") else ""
    return f"{kept[name]}{port}" if kept.get(name) else ""


def sending_of_form(dealer: Dealer, channel: str, typed: Typed) -> Sending:
    """What was typed, with the secrets: those that were left empty stay as they were. BadInput says what is wrong."""
    scheme, url = typed.get("scheme", ""), typed.get("url", "").strip()
    if scheme:
        url = url_of(scheme, {**typed, **_trimmed(typed)}) if scheme in schemes_of(channel) else scheme
    if url in ("", "file"):
        return file_sending(channel)
    parts = urlsplit(url)
    if parts.scheme in BY_COMMAND or "ca=" in parts.query:
        raise BadInput(_("This refers to a file on the server: the person who runs it sets it up with relance sender."))
    if parts.password:
        raise BadInput(_("Enter the password in its own field, so that it is sealed and never shown."))
    sending = sending_from(url, where=_("address"))
    if channel not in KINDS[sending.kind].carries:
        raise BadInput(_("A sender of this kind cannot send on this channel."))
    made = Sending(sending.kind, {**sending.settings, FROM_DESK: True}, dict(_secrets(dealer, channel, sending, typed)))
    if host := private_host_of(made):
        raise BadInput(
            _("%(host)s is on a private network: the person who runs this server can allow it (RELANCE_PRIVATE_HOSTS).")
            % {"host": host}
        )
    return made


def _trimmed(typed: Typed) -> dict[str, str]:
    return {name: value.strip()[:LONGEST] for name, value in typed.items()}


def _secrets(dealer: Dealer, channel: str, sending: Sending, typed: Typed) -> Iterator[tuple[str, str]]:
    """A stored secret goes where it went before, and nowhere else unless it is typed again (decision 212)."""
    row = Sender.objects.of(dealer).filter(channel=channel, kind=sending.kind).first()
    before = opened(row).secrets if row else {}
    is_elsewhere = row is not None and _goes_to(row.settings) != _goes_to(sending.settings)
    for name in next(way.secrets for way in WAYS.values() if way.kind == sending.kind):
        value = typed.get(f"secret-{name}", "").strip()[:LONGEST]
        if not value and is_elsewhere and before.get(name) and name not in WHOLE:
            raise BadInput(
                _("It goes somewhere else now: enter the secret again, it is not sent to a new place by itself.")
            )
        if value := value or before.get(name, ""):
            yield name, value


def _goes_to(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if value and name not in HARMLESS}
