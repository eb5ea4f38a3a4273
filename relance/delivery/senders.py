"""Turns a dealer and a channel into how it is sent: the dealer's own sender, else the server's, else files."""

from datetime import datetime
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings

from relance.dealers.models import Dealer
from relance.delivery.channel import Sending
from relance.delivery.models import Sender
from relance.lib.errors import BadInput
from relance.lib.seal import seal, unseal

BY_MAIL = frozenset({"email", "staff"})  # what an e-mail sender carries
PORTS = {"smtp": 587, "smtps": 465}


def sending_of(dealer: Dealer, channel: str) -> Sending:
    """How this dealer's channel is sent. Staff mail goes the way of e-mail when it has no sender of its own."""
    wanted = [channel, "email"] if channel in BY_MAIL else [channel]
    rows = {row.channel: row for row in Sender.objects.of(dealer).filter(channel__in=wanted)}
    for name in wanted:
        if name in rows:
            return opened(rows[name])
    url = settings.ENVIRONMENT["RELANCE_SMTP_URL"]
    if channel in BY_MAIL and url:
        return smtp_sending(url, where="RELANCE_SMTP_URL")
    return file_sending()


def opened(row: Sender) -> Sending:
    """A stored sender with its secrets opened."""
    kept = dict(row.settings)
    if row.kind == "file":
        kept["folder"] = str(settings.HOME / "sent")
    return Sending(row.kind, kept, unseal(bytes(row.secrets), settings.SECRET_KEY))


def smtp_sending(url: str, *, where: str) -> Sending:
    """`smtp://user:password@host:port/?from=…&tls=starttls|none&connections=4` as a sending; BadInput otherwise."""
    parts = urlsplit(url)
    try:
        port = parts.port or PORTS[parts.scheme]
    except (KeyError, ValueError):
        raise BadInput(
            f"{where}: write smtp://user:password@host:port or smtps://…, the found text is neither"
        ) from None
    if not parts.hostname:
        raise BadInput(f"{where}: the host is missing, write smtp://user:password@host:port")
    options = dict(parse_qsl(parts.query))
    unknown = sorted(set(options) - {"ca", "connections", "from", "name", "timeout", "tls"})
    if unknown:
        raise BadInput(f"{where}: unknown option '{unknown[0]}', allowed: ca, connections, from, name, timeout, tls")
    tls = options.pop("tls", "tls" if parts.scheme == "smtps" else "starttls" if parts.username else "auto")
    if tls not in ("tls", "starttls", "auto", "none"):
        raise BadInput(f"{where}: unknown tls '{tls}', allowed: auto, none, starttls, tls")
    for number in ("connections", "timeout"):
        if not options.get(number, "1").isdigit() or not 1 <= int(options.get(number, "1")) <= 600:
            raise BadInput(f"{where}: {number} is a whole number from 1 to 600")
    kept = {"host": parts.hostname, "port": port, "tls": tls, "user": unquote(parts.username or ""), **options}
    secrets = {"password": unquote(parts.password)} if parts.password else {}
    return Sending("smtp", kept, secrets)


def keep_sender(dealer: Dealer, channel: str, sending: Sending, *, at: datetime) -> None:
    """Make this the dealer's sender of a channel. The secrets are sealed; nobody reads them again but the channel."""
    kept = {name: value for name, value in sending.settings.items() if name != "folder"}
    sealed = seal(sending.secrets, settings.SECRET_KEY)
    rows = Sender.objects.of(dealer).filter(channel=channel)
    if not rows.update(kind=sending.kind, settings=kept, secrets=sealed, updated_at=at):
        Sender.objects.create(
            dealer=dealer, channel=channel, kind=sending.kind, settings=kept, secrets=sealed, updated_at=at
        )


def file_sending() -> Sending:
    """Files in the home."""
    return Sending("file", {"folder": str(settings.HOME / "sent")})
