"""The test house itself: what tests may rely on."""

import os
import socket
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection


def test_the_home_is_a_temporary_folder():
    home = Path(settings.HOME)
    own = os.environ.get("PYTEST_XDIST_WORKER")  # of this process alone
    assert (home.parent if own else home).name.startswith("relance-tests-") and own in (None, home.name)
    assert str(settings.HOME) == os.environ["RELANCE_HOME"]


def test_the_network_is_closed():
    with pytest.raises(OSError, match="tests have no network"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_names_of_the_network_are_not_looked_up():
    with pytest.raises(OSError, match="tests have no network"):
        socket.getaddrinfo("example.org", 80)


@pytest.mark.django_db
def test_the_database_is_the_chosen_one(pytestconfig):
    vendor = {"sqlite": "sqlite", "postgres": "postgresql"}[pytestconfig.getoption("database")]
    assert connection.vendor == vendor
