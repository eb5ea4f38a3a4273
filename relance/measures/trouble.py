"""Turns what goes wrong unseen into findings: errors at providers, differing clocks, ending certificates (R59)."""

import smtplib
import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.db import connection

from relance.dealers.models import Dealer
from relance.delivery.channel import Sending
from relance.delivery.models import Attempt, Sender
from relance.delivery.senders import opened
from relance.delivery.senders.hosts import private_hosts
from relance.delivery.senders.ways import sending_from
from relance.lib.addresses.network import connect
from relance.lib.errors import Told
from relance.lib.moments import iso
from relance.measures.finding import Finding
from relance.outbox.models import Message
from relance.plan.models import PlanMark

RECENT = timedelta(hours=1)
FEW, MOST = 20, 0.2  # of so many hand-overs a fifth without success is trouble
LAST = 100  # of the last so many: a busy hour behind must not hide that nothing is taken any more
SKEW = timedelta(minutes=2)
ENDS_SOON = timedelta(days=14)
AGAIN = timedelta(hours=1)  # a certificate that is well is looked at again after so long
PATIENCE = 10.0  # seconds for a handshake
UNREGISTERED = ("30034", "30035", "30032")  # carriers refuse: 10DLC or toll-free not registered (docs/sms-codes.md)


def errors_of(dealer: Dealer, at: datetime) -> Iterator[Finding]:
    """The last hand-overs within an hour, when too many did not succeed, and carriers that want a registration."""
    tried = Attempt.objects.of(dealer).filter(message__moved_at__gte=at - RECENT, at__gte=at - RECENT)
    last = list(tried.order_by("-at", "-pk").values_list("result", "answer")[:LAST])
    vain = Counter(answer for result, answer in last if result != "accepted")
    number, bad = len(last), vain.total()
    if number >= FEW and bad > MOST * number:
        said = vain.most_common(1)[0][0]
        yield Finding("bad", f"{bad} of the last {number} hand-overs did not succeed: {said[:120]}")
    failed = Message.objects.of(dealer).filter(state="failed", channel="sms", moved_at__gte=at - timedelta(days=1))
    refused = sum(
        any(code in (detail or "") for code in UNREGISTERED) for detail in failed.values_list("detail", flat=True)
    )
    if refused:
        yield Finding("bad", f"carriers refused {refused} text messages: register the number (10DLC, toll-free)")


def clock_of(dealer: Dealer, at: datetime) -> Iterator[Finding]:
    """A plan that reaches into the future: the clock was ahead, or has gone back; nothing is planned until then."""
    until = PlanMark.objects.of(dealer).values_list("planned_until", flat=True).first()
    if until is not None and until - at > SKEW:
        yield Finding("bad", f"planned until {iso(until, dealer.zone)}, which is still to come: is the clock right?")


def clocks(at: datetime) -> Iterator[Finding]:
    """This machine's clock beside the database's."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs: datetime = cursor.fetchone()[0]
    skew = abs(theirs - at)
    if skew > SKEW:
        yield Finding("bad", f"the database's clock differs from this machine's by {skew.total_seconds():,.0f} seconds")


@dataclass(frozen=True)
class Place:
    """Where a certificate is shown."""

    host: str
    port: int
    how: str  # tls | starttls
    private: tuple[str, ...] | None


def certificates(at: datetime) -> Iterator[Finding]:
    """The certificates of this server's own address and of every sender, each looked at once."""
    yield from Certificates().look(at)


@dataclass
class _Seen:
    """What a place showed, and when it was asked."""

    at: datetime
    ends: datetime | None = None
    fault: str = ""
    failing_since: datetime | None = None


class Certificates:
    """What a process knows of certificates: a place that is well is asked every hour, one in trouble at every look.

    That a certificate comes near its end is reckoned from what it showed, so it is told in the minute in which it does.
    """

    def __init__(self) -> None:
        self._seen: dict[Place, _Seen] = {}

    def look(self, at: datetime, *, patience: timedelta = timedelta()) -> Iterator[Finding]:
        """A finding for each place; one that cannot be reached is bad once it was so for `patience`."""
        places = list(dict.fromkeys(_places()))
        self._seen = {place: seen for place, seen in self._seen.items() if place in places}
        for place in places:
            seen = self._seen.get(place)
            if seen is None or not _is_well(seen, at) or not timedelta() <= at - seen.at < AGAIN:
                seen = self._seen[place] = _ask(place, seen, at)
            yield _finding(place, seen, at, patience)


def _is_well(seen: _Seen, at: datetime) -> bool:
    return seen.ends is not None and seen.ends - at >= ENDS_SOON


def _ask(place: Place, before: _Seen | None, at: datetime) -> _Seen:
    try:
        return _Seen(at, ends=end_of_certificate(place))
    except (OSError, ValueError, smtplib.SMTPException) as error:
        why = getattr(error, "strerror", None) or str(error) or type(error).__name__
        since = before.failing_since if before is not None else None
        return _Seen(at, fault=why.splitlines()[0][:120], failing_since=since or at)


def _finding(place: Place, seen: _Seen, at: datetime, patience: timedelta) -> Finding:
    where = f"{place.host}:{place.port}"
    if seen.ends is None:
        lasts = seen.failing_since is not None and at - seen.failing_since >= patience
        return Finding("bad" if lasts else "note", f"{where}: no encrypted connection ({seen.fault})")
    if seen.ends < at:
        return Finding("bad", f"{where}: its certificate ended {seen.ends:%Y-%m-%d}")
    if seen.ends - at < ENDS_SOON:
        return Finding("bad", f"{where}: its certificate ends {seen.ends:%Y-%m-%d %H:%M} UTC: renew it")
    return Finding("ok", f"{where}: its certificate ends {seen.ends:%Y-%m-%d}")


def end_of_certificate(place: Place) -> datetime:
    """When the certificate ends that is shown there, whoever signed it; nothing is said after the handshake."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # an ended one is to be read, too
    with connect(place.host, place.port, PATIENCE, private=place.private) as plain:
        if place.how == "starttls":
            _say_starttls(plain)
        with context.wrap_socket(plain, server_hostname=place.host) as secured:
            shown = secured.getpeercert(binary_form=True)
    if not shown:
        raise ValueError("it shows no certificate")
    return x509.load_der_x509_certificate(shown).not_valid_after_utc


def _say_starttls(plain: socket.socket) -> None:
    talk = smtplib.SMTP()
    talk.sock, talk.file = plain, None
    code, _ = talk.getreply()
    if code != 220 or talk.ehlo()[0] != 250 or talk.docmd("STARTTLS")[0] != 220:
        raise ValueError("it does not encrypt")


def _places() -> Iterator[Place]:
    yield from _of_url(str(settings.ENVIRONMENT["RELANCE_URL"] or ""), None)
    if url := settings.ENVIRONMENT["RELANCE_SMTP_URL"]:
        yield from _of_sender(sending_from(url, where="RELANCE_SMTP_URL"))
    for row in Sender.objects.across_dealers("the doctor looks at every sender").order_by("pk"):
        try:
            yield from _of_sender(opened(row))
        except Told:
            continue  # its secrets are sealed by another key: said elsewhere


def _of_sender(sending: Sending) -> Iterator[Place]:
    kept = sending.settings
    private = private_hosts(kept)
    if kept.get("tls") in ("tls", "starttls") and kept.get("host"):
        yield Place(str(kept["host"]), int(kept["port"]), str(kept["tls"]), private)
    yield from _of_url(str(kept.get("url") or ""), private)


def _of_url(url: str, private: tuple[str, ...] | None) -> Iterator[Place]:
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        yield Place(parts.hostname, parts.port or 443, "tls", private)
