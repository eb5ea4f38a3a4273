"""Gateways of tests stand on this machine, as an operator may allow it."""

import pytest
from django.conf import settings


@pytest.fixture(autouse=True)
def gateways_may_stand_here(monkeypatch):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_PRIVATE_HOSTS", ["127.0.0.1"])


@pytest.fixture
def public_url(monkeypatch):
    monkeypatch.setitem(settings.ENVIRONMENT, "RELANCE_URL", "https://relance.example/")
    return "https://relance.example"
