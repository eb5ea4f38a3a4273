"""Turns the home, the database and every dealer into all that the doctor finds, for his command and for the alarm."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings

from relance.jobs.watch.backups import health_of_nights
from relance.measures.finding import Finding
from relance.measures.health import health_of_backups, health_of_dealers, health_of_home
from relance.measures.trouble import clocks


def of_the_home(at: datetime) -> Iterator[Finding]:
    """What can be seen without a database."""
    yield from health_of_home(settings.HOME)
    yield from health_of_nights()
    yield from health_of_backups(settings.HOME, at)


def of_the_database(at: datetime) -> Iterator[Finding]:
    """Every dealer, and the clocks."""
    yield from health_of_dealers(at)
    yield from clocks(at)
