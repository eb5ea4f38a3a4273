"""Turns the address of a way out (`smtp://…`, `twilio://…`) into a sending: one row per scheme.

SCHEME://USER:SECRET@HOST:PORT?OPTION=VALUE&…
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from relance.delivery.channel import Sending
from relance.delivery.channels.email.provider_table import PROVIDERS, EmailProvider, Place
from relance.delivery.channels.sms.gateway_form import Gateway
from relance.lib.addresses import read_email
from relance.lib.errors import BadInput, unknown_word
from relance.lib.http import Origin
from relance.lib.schema import read
from relance.lib.yaml_file import read_yaml

PORTS = {"smtp": 587, "smtps": 465}
TLS = ("auto", "none", "starttls", "tls")
NUMBERS = {"connections": 50, "timeout": 90, "rate": 1000, "daily": 1_000_000}  # the greatest that makes sense
# What may stand as sender of a text message: a number, a short code, a name.
NUMBER = re.compile(r"\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")
AT_HOME = {"postcard": "paper", "letter": "paper", "phone": "calls"}  # what other channels become: files
Settings = dict[str, object]


@dataclass(frozen=True)
class Way:
    """One scheme: the kind of sender, what its address looks like, the options that it has."""

    kind: str
    form: str
    options: Mapping[str, str]  # each with what it says
    read: Callable[[SplitResult, dict[str, str]], tuple[Settings, dict[str, str]]]
    secrets: Mapping[str, str]  # each with what it says; `password` may stand in the address
    place: Mapping[str, Place] = field(default_factory=dict)  # what `user` and `host` of the address are


def file_sending(channel: str = "") -> Sending:
    """What needs no provider: files in the home, one per message; print files; tasks for who calls."""
    return Sending(AT_HOME.get(channel, "file"), {"folder": str(settings.HOME / "sent")})


def sending_from(url: str, *, where: str) -> Sending:
    """An address as a sending; BadInput says where something is wrong, what, and what such an address looks like."""
    if url == "file":
        return file_sending()
    parts = urlsplit(url)
    way = WAYS.get(parts.scheme)
    if way is None:
        raise BadInput(
            where + ": " + unknown_word(gettext("kind of sender"), parts.scheme or url[:40], [*WAYS, "file"])
        )
    options = dict(parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True))  # a number begins with +
    try:
        _check(way, options)
        kept, secrets = way.read(parts, options)
    except BadInput as error:
        told = f"{where}: {error} ({way.form})"
        raise BadInput(told) from None
    return Sending(way.kind, {**kept, **options}, secrets)


def url_of(scheme: str, typed: Mapping[str, str]) -> str:
    """The address that is made of typed fields: `user`, `host`, and each option by its name."""
    user, host = quote(typed.get("user", ""), safe=""), quote(typed.get("host", ""), safe=":.-[]")
    options = {name: typed[name] for name in WAYS[scheme].options if typed.get(name)}
    return f"{scheme}://{user}{'@' if user else ''}{host}" + (f"?{urlencode(options)}" if options else "")


def _check(way: Way, options: Mapping[str, str]) -> None:
    """What every way asks of its options."""
    for name in options:
        if name not in way.options:
            raise BadInput(unknown_word(gettext("option"), name, way.options))
    for name, greatest in NUMBERS.items():
        text = options.get(name, "1")
        if not (text.isascii() and text.isdigit() and 1 <= int(text) <= greatest):
            told = gettext("{name} is a whole number from 1 to {greatest}")
            raise BadInput(told.format(name=name, greatest=f"{greatest:,}"))
    sender = options.get("from", "")
    by_text = way.kind == "twilio"
    if sender and not (NUMBER.fullmatch(sender) if by_text else read_email(sender)[1]):
        told = gettext("'{sender}' cannot stand as sender: write {example}")
        raise BadInput(told.format(sender=sender[:80], example="+15145550100" if by_text else "desk@dealer.example"))
    try:
        ZoneInfo(options.get("zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        told = gettext("there is no time zone '{zone}'; write for example America/Toronto")
        raise BadInput(told.format(zone=options["zone"][:40])) from None
    try:
        Origin.of(options.get("url", "https://localhost"))
    except ValueError as error:
        raise BadInput("url " + str(error)) from None


def _smtp(parts: SplitResult, options: dict[str, str]) -> tuple[Settings, dict[str, str]]:
    try:
        port = parts.port or PORTS[parts.scheme]
    except ValueError:
        raise BadInput(gettext("the port is not a number")) from None
    if not parts.hostname:
        raise BadInput(gettext("the host is missing"))
    tls = options.pop("tls", "tls" if parts.scheme == "smtps" else "starttls" if parts.username else "auto")
    if tls not in TLS:
        raise BadInput(unknown_word("TLS", tls, TLS))
    kept: Settings = {"host": parts.hostname, "port": port, "tls": tls, "user": unquote(parts.username or "")}
    return kept, _secret(parts)


def _twilio(parts: SplitResult, options: dict[str, str]) -> tuple[Settings, dict[str, str]]:
    # The host of an address is read in small letters; an account is not.
    account = unquote(parts.username or "") or parts.netloc.rpartition("@")[2]
    if not (account.startswith("AC") and account.isalnum()):
        raise BadInput(gettext("the account is missing: it begins with AC"))
    if bool(options.get("from")) == bool(options.get("service")):
        raise BadInput(gettext("name either from=+15145550100 or service=MG…"))
    return {"account": account}, _secret(parts)


def _provider(row: EmailProvider) -> Callable[[SplitResult, dict[str, str]], tuple[Settings, dict[str, str]]]:
    """How the address of an e-mail provider is read: its place, and the key when it stands there."""

    def read_parts(parts: SplitResult, options: dict[str, str]) -> tuple[Settings, dict[str, str]]:
        found = {"host": parts.hostname or "", "user": unquote(parts.username or "")}
        kept: Settings = {place.name: found[part] for part, place in row.place.items()}
        if not all(kept.values()):
            raise BadInput(gettext(row.missing))
        return kept, _secret(parts)

    return read_parts


def _gateway(parts: SplitResult, options: dict[str, str]) -> tuple[Settings, dict[str, str]]:
    path = unquote(parts.path)
    if not path:
        raise BadInput(gettext("the file is missing"))
    form = read(Gateway, read_yaml(Path(path)), path)
    return {"form": form.model_dump(mode="json", exclude_unset=True)}, {}


def _secret(parts: SplitResult) -> dict[str, str]:
    return {"password": unquote(parts.password)} if parts.password else {}


CONNECTION = {
    "connections": _("how many at once (1): more where the other side is far away"),
    "timeout": _("seconds to wait for an answer (SMTP 60, else 30)"),
    "ca": _("a file with the certificate to trust, for a server of your own"),
    "rate": _("at most so many a second from all processes together; each part of a text message counts (1 from +1…)"),
    "daily": _("at most so many a day"),
    "zone": _("where that day begins (America/Los_Angeles)"),
}
_SMTP = Way(
    "smtp",
    "smtp://USER:PASSWORD@HOST:PORT",
    {
        "from": _("the address that stands as sender; else the dealer's own"),
        "tls": _("starttls (the default with a user), tls (of smtps://), auto (when offered), none"),
        "name": _("what we call ourselves to the server"),
        **CONNECTION,
    },
    _smtp,
    {
        "password": _("the user's password"),
        "bounces": _("the mailbox where bounces come back: imaps://user:password@host/FOLDER"),
    },
    {
        "user": Place("user", _("the user at the mail server; empty when it asks for none")),
        "host": Place("host", _("the host of the mail server, with :PORT when that is not the usual one")),
    },
)
_TWILIO = Way(
    "twilio",
    "twilio://ACCOUNT:TOKEN@?from=+15145550100",
    {
        "from": _("the number that sends"),
        "service": _("a messaging service that sends, in the number's place"),
        "key": _("an API key (SK…), when the secret is its secret and not the account's token"),
        "url": _("another address of the API"),
        **CONNECTION,
    },
    _twilio,
    {
        "password": _("the account's token, or the secret of the API key"),
        "token": _("the account's token, which signs its reports, when the password is that of a key"),
    },
    {"user": Place("account", _("the account, which begins with AC"))},
)
_MAIL = {
    "from": _("the address that stands as sender; else the dealer's own"),
    "url": _("another address of the API"),
    **CONNECTION,
}
WAYS: dict[str, Way] = {
    "smtp": _SMTP,
    "smtps": _SMTP,
    **{
        kind: Way(kind, row.form, {**row.options, **_MAIL}, _provider(row), row.secrets, row.place)
        for kind, row in PROVIDERS.items()
    },
    "twilio": _TWILIO,
    "gateway": Way(
        "gateway",
        "gateway:FILE.yaml (docs/gateway.md)",
        CONNECTION,
        _gateway,
        {"password": _("its secret, {password} in the file"), "signing": _("the key with which it signs its calls")},
    ),
}
