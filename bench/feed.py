"""Imports measured: a feed taken in for the first time and again, beside csv and an upsert by hand."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django

from bench.table import Row

MOST = 110_000  # customers: about a million rows


def rows(customers: int) -> Iterator[Row]:
    """The rows of the import."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"RELANCE_HOME": str(Path(folder) / "home"), "DJANGO_SETTINGS_MODULE": "relance.settings"}
        django.setup()
        from bench.feeding import measured

        yield from measured(min(customers, MOST), Path(folder))
