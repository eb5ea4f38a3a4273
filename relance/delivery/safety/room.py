"""Turns a disk that is nearly full into nothing that leaves: what is sent and not written down is in doubt (R51)."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext

from relance.lib.errors import Failure

LEAST = 50_000_000  # bytes: some batches with all that is written of them


def must_have_room() -> None:
    """Failure when the disk of the home, or of a SQLite database, has no room for what a hand-over writes."""
    places = {Path(settings.HOME)}
    if connection.vendor == "sqlite":
        places.add(Path(connection.settings_dict["NAME"]).parent)
    for place in sorted(places):
        if shutil.disk_usage(place).free < LEAST:
            raise Failure(gettext("{place}: the disk is full, nothing is sent: make room").format(place=place))
