"""Turns what the doctor finds bad into an e-mail to whoever runs the house: once a day for each fault, and at its end.

A fault is told when two looks in a row have found it, so that what mends itself wakes nobody. The rows decide which
process tells it; when they cannot be written, the process tells what it remembers itself. What no way takes is tried
again with the next look (docs/decisions/0187, 0204).
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from socket import gethostname
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import override

from relance.dealers.models import Dealer, Membership
from relance.dealers.places import RUNS_THE_HOUSE
from relance.delivery.channel import Accepted, ChannelDown, Sending
from relance.delivery.senders import sending_of
from relance.delivery.senders.trial import Direct, send_directly
from relance.delivery.senders.ways import sending_from
from relance.jobs.models import Fault
from relance.jobs.watch.findings import faults
from relance.lib.errors import Told
from relance.measures.finding import Finding
from relance.measures.trouble import Certificates

log = logging.getLogger("relance.clockwork")
ALARM = "ALARM"
DAY = timedelta(days=1)
A_WHILE = timedelta(seconds=50)  # between two looks that count as two: several processes may look within a second
UNREACHED = timedelta(minutes=3)  # so long a server must be out of reach before its certificate is a matter
CERTIFICATES = Certificates()  # of this process
REMEMBERED: dict[
    str, datetime
] = {}  # faults that no row could be written of: when this process last found or told them


def watch_house(at: datetime) -> None:
    """Look at everything but certificates. A database that takes nothing is the worst fault, and told all the same."""
    found: list[Finding] = []
    try:
        found = list(faults(at))
        look("house", lambda _: found, at)
        REMEMBERED.clear()
    except DatabaseError as error:
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        _tell_from_memory([*found, Finding("bad", f"the database takes nothing: {told}")], at)


def watch_certificates(at: datetime) -> None:
    """Look at certificates; other servers are asked seldom (measures/trouble.py)."""
    look("certificates", lambda at: CERTIFICATES.look(at, patience=UNREACHED), at)


def _tell_from_memory(found: Sequence[Finding], at: datetime) -> None:
    """Tell the house's people at the second look, and once a day: without a row, and without asking for a dealer."""
    news = []
    for finding in found:
        key = f"{finding.dealer}/{finding.about}"
        since = REMEMBERED.setdefault(key, at)
        told = REMEMBERED.get(f"told/{key}")
        if at - since >= A_WHILE and (told is None or at - told >= DAY):
            news.append((key, finding.says))
    url, named = settings.ENVIRONMENT["RELANCE_SMTP_URL"], settings.ENVIRONMENT["RELANCE_ALARM_TO"]
    for _key, line in news:
        log.error("fault: %s", line)
    if not news or not url or not named:
        return
    nobody = Dealer(name=gethostname(), timezone="UTC")  # his name alone is asked for
    what = (gethostname(), News([line for _, line in news], []))
    way = sending_from(url, where="RELANCE_SMTP_URL")
    unlimited = {name: value for name, value in way.settings.items() if name not in ("rate", "daily")}  # they are rows
    ways = [replace(way, settings=unlimited)]
    if any([_reaches(nobody, Listener(str(address), nobody.language or "en"), what, at, ways) for address in named]):
        REMEMBERED.update({f"told/{key}": at for key, _ in news})


def look(name: str, find: Callable[[datetime], Iterable[Finding]], at: datetime) -> None:
    """One look: what is new or a day old is told, what is over is said."""
    found = {f"{name}/{f.dealer}/{f.about}"[:200]: f for f in find(at) if f.state == "bad"}
    rows = {row.key: row for row in Fault.objects.filter(look=name)}
    for key in found.keys() - rows.keys():
        first = {"look": name, "dealer": found[key].dealer, "says": found[key].says, "state": "seen", "since": at}
        Fault.objects.get_or_create(key=key, defaults=first)
    told = [row for key, row in rows.items() if key in found and _is_told(row, found[key], at)]
    over = [row for key, row in rows.items() if key not in found and _is_over(row, at)]
    for slug in sorted({row.dealer for row in (*told, *over)}):
        new, past = ([row for row in rows if row.dealer == slug] for rows in (told, over))
        if not _tell(slug, News([found[row.key].says for row in new], [row.says for row in past]), at):
            for row in (*new, *past):
                row.save()  # as it was before: with the next look once more


def _is_told(row: Fault, finding: Finding, at: datetime) -> bool:
    """Whether it is time to tell of a fault that was found again; the row says so from now on."""
    if row.state == "over":
        _move(row, state="seen", since=at, missed_at=None)
        return False
    if row.told_at is not None and at - row.told_at < DAY:
        if row.missed_at is not None:
            _move(row, missed_at=None)
        return False
    return at - row.since >= A_WHILE and _move(row, state="told", told_at=at, missed_at=None, says=finding.says)


def _is_over(row: Fault, at: datetime) -> bool:
    """Whether a fault that was told is gone, twice in a row; one that nobody heard of goes unsaid."""
    if row.state == "told" and row.missed_at is None:
        _move(row, missed_at=at)
        return False
    if row.missed_at is not None and at - row.missed_at < A_WHILE:
        return False
    was_told = row.state == "told"
    return row.state != "over" and _move(row, state="over", missed_at=None) and was_told


def _move(row: Fault, **changes: Any) -> bool:
    """Change a row that is as we saw it; False when another process was first."""
    as_seen = {"state": row.state, "told_at": row.told_at, "missed_at": row.missed_at}
    return Fault.objects.filter(pk=row.pk, **as_seen).update(**changes) == 1


@dataclass(frozen=True)
class News:
    """What one look has to tell of one dealer, or of the house."""

    told: Sequence[str]
    over: Sequence[str]

    def subject(self, name: str) -> str:
        """In the language that is set."""
        if not self.told:
            return _("%(name)s: the fault is over") % {"name": name}
        return _("%(name)s: relance has found a fault") % {"name": name}

    def body(self) -> str:
        """The lines as `relance doctor` prints them."""
        parts = []
        if self.told:
            parts += [_("relance has found:"), "\n".join(f"• {line}" for line in self.told)]
        if self.over:
            parts += [_("This is over:"), "\n".join(f"• {line}" for line in self.over)]
        parts.append(_("You hear of a fault once a day until it is over. On the server, relance doctor says more."))
        return "\n\n".join(parts)


@dataclass(frozen=True)
class Listener:
    """Who is told, in which language."""

    address: str
    language: str


def _tell(slug: str, news: News, at: datetime) -> bool:
    """Send it to everybody; False when it reached nobody."""
    dealer = Dealer.objects.filter(slug=slug).first() if slug else Dealer.objects.order_by("pk").first()
    listeners = listeners_of(slug, dealer) if dealer else []
    for line in news.told:
        log.error("fault: %s", line)
    if dealer is None or not listeners:
        log.error("nobody is told of faults: set RELANCE_ALARM_TO, or invite a CRM manager")
        return True  # said here, and once a day is enough
    name = dealer.name if slug else gethostname()
    # The server's own way first, for the dealer's may be what is broken.
    url = settings.ENVIRONMENT["RELANCE_SMTP_URL"]
    ways = [sending_from(url, where="RELANCE_SMTP_URL")] if url else []
    try:
        ways.append(sending_of(dealer, "email"))
    except Told as error:
        log.error("the e-mail of %s cannot be used: %s", dealer.slug, error)
    return any([_reaches(dealer, listener, (name, news), at, ways) for listener in listeners])


def _reaches(dealer: Dealer, listener: Listener, what: tuple[str, News], at: datetime, ways: Sequence[Sending]) -> bool:
    """Try one way after the other."""
    with override(listener.language):
        name, news = what
        said = Direct(ALARM, "email", listener.address, news.subject(name), news.body(), "user", listener.language)
    for way in ways:
        try:
            result = send_directly(dealer, said, at=at, sending=way)
        except (Told, ChannelDown, OSError) as error:
            log.error("the alarm did not reach %s by %s: %s", listener.address, way.kind, error)
            continue
        if isinstance(result, Accepted):
            return True
        log.error("the alarm did not reach %s by %s: %s", listener.address, way.kind, result)
    return False


def listeners_of(slug: str, dealer: Dealer) -> list[Listener]:
    """Who hears of a dealer's faults, or of the house's: those of the setting, and who runs this dealer.

    The house's faults are told to a dealer's people only when there is no setting and he is the only dealer.
    """
    named = [str(address) for address in settings.ENVIRONMENT["RELANCE_ALARM_TO"]]
    found = {address.lower(): Listener(address, dealer.language) for address in named}
    if slug or (not named and Dealer.objects.count() == 1):
        places = Membership.objects.of(dealer).filter(role=RUNS_THE_HOUSE, suspended_at=None, user__is_active=True)
        for user in (place.user for place in places.select_related("user").order_by("pk")):
            found.setdefault(user.email.lower(), Listener(user.email, user.language or dealer.language))
    return list(found.values())


def who_hears() -> Iterator[Finding]:
    """Whether somebody is told of faults, for the doctor."""
    named = settings.ENVIRONMENT["RELANCE_ALARM_TO"]
    if named:
        yield Finding("ok", f"faults are told to {', '.join(named)}, and each dealer's to who runs him")
    elif Dealer.objects.count() > 1:
        yield Finding("note", "nobody is told of the house's faults: set RELANCE_ALARM_TO")
