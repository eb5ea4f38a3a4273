"""Turns every day into Monday, 4 May 2026, ten in the morning, with nothing kept: pages show what their test made."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache

from tests.builders import A_DAY


@pytest.fixture(autouse=True)
def _on_a_monday_morning() -> Iterator[None]:
    cache.clear()  # what was reckoned for the dealer of another test
    with time_machine.travel(A_DAY, tick=True):
        yield
