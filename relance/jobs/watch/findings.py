"""Turns the home, the database and every dealer into all that the doctor finds, for his command and for the alarm."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from django.conf import settings
from django.db import Error as DatabaseError

from relance.dealers.models import Dealer
from relance.jobs.inbox import refused_feeds
from relance.jobs.watch.backups import health_of_nights
from relance.measures.finding import Finding
from relance.measures.health import FAULTS, health_of_backups, health_of_dealers, health_of_home, of_dealer
from relance.measures.trouble import clocks

log = logging.getLogger("relance.clockwork")


def of_the_home(at: datetime) -> Iterator[Finding]:
    """What can be seen without a database."""
    yield from health_of_home(settings.HOME)
    yield from health_of_nights()
    yield from health_of_backups(settings.HOME, at)


def of_the_database(at: datetime) -> Iterator[Finding]:
    """Every dealer, his drop folder, and the clocks."""
    yield from health_of_dealers(at)
    for dealer in Dealer.objects.order_by("pk"):
        yield from (of_dealer(dealer, finding) for finding in refused_feeds(dealer, at))
    yield from clocks(at)


def faults(at: datetime) -> Iterator[Finding]:
    """The same for the alarm: what is bad alone, and whatever breaks a look at one thing hides no other."""
    yield from _looked_at("the home", lambda: of_the_home(at))
    try:
        dealers = list(Dealer.objects.order_by("pk"))
    except DatabaseError as error:
        yield Finding("bad", f"the database cannot be read: {_words(error)}")
        return
    for dealer in dealers:
        for find in (*FAULTS, refused_feeds):
            for finding in _looked_at(find.__name__, lambda find=find, dealer=dealer: find(dealer, at)):  # type: ignore[misc]
                yield of_dealer(dealer, finding)
    yield from _looked_at("the clocks", lambda: clocks(at))


def _looked_at(what: str, find: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    try:
        yield from (finding for finding in find() if finding.state == "bad")
    except Exception as error:
        log.exception("the doctor cannot look at %s", what)
        yield Finding("bad", f"the doctor cannot look ({what.strip('_')}): {_words(error)}")


def _words(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]
