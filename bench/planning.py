"""Planning measured: a day of the library, a minute's tick, drafts into the outbox."""

import os
import tempfile
from collections.abc import Iterator

import django

from bench.data import database
from bench.table import Row


def rows(customers: int) -> Iterator[Row]:
    """The planning rows of the table."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "RELANCE_HOME": folder,
            "DJANGO_SETTINGS_MODULE": "relance.settings",
            "RELANCE_DATABASE_URL": f"sqlite:///{database(customers)}",
        }
        django.setup()
        from bench.plans import measured

        yield from measured(customers, folder)
