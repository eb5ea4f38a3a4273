"""Turns every day into Monday, 4 May 2026, ten in the morning: what the pages show today does not depend on tonight."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.builders import A_DAY


@pytest.fixture(autouse=True)
def _on_a_monday_morning() -> Iterator[None]:
    with time_machine.travel(A_DAY, tick=True):
        yield
