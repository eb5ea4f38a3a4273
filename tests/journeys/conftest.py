"""What every story shares: a home of its own, given back at its end."""

import pytest


@pytest.fixture(autouse=True)
def _home_given_back(settings):
    """A story names its own home; the next test finds the session's again."""
    settings.HOME = settings.HOME
