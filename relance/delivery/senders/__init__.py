"""Turns a dealer and a channel into how it is sent: the dealer's own sender, else the server's, else files."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from django.conf import settings

from relance.dealers.models import Dealer
from relance.delivery.channel import Sending
from relance.delivery.channels.email.provider_table import PROVIDERS
from relance.delivery.models import Sender, Unheard
from relance.delivery.safety import trouble
from relance.delivery.senders.ways import AT_HOME, file_sending, sending_from
from relance.lib.seal import seal, unseal

BY_MAIL = frozenset({"email", "staff"})  # what an e-mail sender carries
NOT_KEPT = ("folder", "hook")  # said anew each time
BY_SECRET = frozenset({*PROVIDERS, "gateway"})  # kinds whose reports bring a secret of ours
FORMER = "former_"  # before the name of a secret: the one that was replaced
ROTATION = timedelta(days=7)  # so long a provider may still sign with the secret that was replaced (R33)


def sending_of(dealer: Dealer, channel: str) -> Sending:
    """How this dealer's channel is sent. Staff mail goes the way of e-mail when it has no sender of its own."""
    wanted = [channel, "email"] if channel in BY_MAIL else [channel]
    rows = {row.channel: row for row in Sender.objects.of(dealer).filter(channel__in=wanted)}
    for name in wanted:
        if name in rows:
            return opened(rows[name])
    url = settings.ENVIRONMENT["RELANCE_SMTP_URL"]
    if channel in BY_MAIL and url:
        return sending_from(url, where="RELANCE_SMTP_URL")
    return file_sending(channel)


def opened(row: Sender) -> Sending:
    """A stored sender with its secrets opened."""
    kept = {**row.settings, "hook": str(row.hook)}
    kind = AT_HOME.get(row.channel, "file") if row.kind == "file" else row.kind
    if kind in ("file", "paper"):
        kept["folder"] = str(settings.HOME / "sent")
    return Sending(kind, kept, unseal(bytes(row.secrets), settings.SECRET_KEY))


def live_secrets(row: Sender, name: str, at: datetime) -> list[str]:
    """The secrets of this name that are good now: the present one and, for a week, the one before it."""
    secrets = unseal(bytes(row.secrets), settings.SECRET_KEY)
    wanted = [name, FORMER + name] if at - row.updated_at < ROTATION else [name]
    return [secrets[one] for one in wanted if secrets.get(one)]


def keep_sender(dealer: Dealer, channel: str, sending: Sending, *, at: datetime) -> None:
    """Make this the dealer's sender of a channel. The secrets are sealed; nobody reads them again but the channel.

    The address at which its provider reports stays, and so does, for a week, what a secret was before.
    """
    kept = {name: value for name, value in sending.settings.items() if name not in NOT_KEPT}
    row = Sender.objects.of(dealer).filter(channel=channel).first() or Sender(dealer=dealer, channel=channel)
    before = unseal(bytes(row.secrets), settings.SECRET_KEY) if row.kind == sending.kind else {}
    secrets = {**_made(sending.kind, before), **_replaced(before, sending.secrets), **sending.secrets}
    row.kind, row.settings, row.updated_at = sending.kind, kept, at
    row.secrets = seal(secrets, settings.SECRET_KEY)
    row.save()
    trouble.opened(dealer, channel)  # it is another way now: it is tried anew
    Unheard.objects.of(dealer).filter(channel=channel).delete()  # what was not heard by the former one is over


def _made(kind: str, before: Mapping[str, str]) -> dict[str, str]:
    """The secret that we make ourselves, for the address at which a provider reports: once, and then it stays."""
    if kind not in BY_SECRET:
        return {}
    return {"webhook": before.get("webhook") or token_urlsafe(24)}


def _replaced(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, Any]:
    """The secrets that others take the place of, under their former names."""
    return {FORMER + name: value for name, value in before.items() if name in now and now[name] != value}
