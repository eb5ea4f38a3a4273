"""Threads of one process write to SQLite in the order in which they came."""

import time
from threading import Thread
from types import SimpleNamespace

import pytest

from relance.lib.database import turns
from relance.lib.database.turns import in_turn


@pytest.fixture
def sqlite(monkeypatch):
    monkeypatch.setattr(turns, "connection", SimpleNamespace(vendor="sqlite", in_atomic_block=False))


def until(is_so):
    ends = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.001)


def waiting_behind(came, names):
    """Threads that wait for their turn, each behind the one before."""
    threads = []
    for name in names:

        def write(name=name):
            with in_turn():
                came.append(name)

        threads.append(Thread(target=write))
        behind = len(turns._waiting)
        threads[-1].start()
        until(lambda behind=behind: len(turns._waiting) > behind)
    return threads


def test_who_came_first_is_first(sqlite):
    came: list[str] = []
    with in_turn():
        threads = waiting_behind(came, "abcde")
        assert came == []
    for thread in threads:
        thread.join()
    assert came == list("abcde")
    assert turns._waiting == []


def test_a_turn_within_a_turn_goes_on_and_ends_with_the_outer_one(sqlite):
    came: list[str] = []
    with in_turn():
        with in_turn():
            pass
        threads = waiting_behind(came, "a")
        assert came == []
    threads[0].join()
    assert came == ["a"]


def test_a_fault_ends_the_turn(sqlite):
    with pytest.raises(ValueError), in_turn():
        raise ValueError
    assert turns._waiting == []


@pytest.mark.parametrize(
    "connection",
    [{"vendor": "postgresql", "in_atomic_block": False}, {"vendor": "sqlite", "in_atomic_block": True}],
    ids=["PostgreSQL", "within a transaction"],
)
def test_nobody_waits_where_waiting_would_be_for_nothing(monkeypatch, connection):
    monkeypatch.setattr(turns, "connection", SimpleNamespace(**connection))
    with in_turn():
        assert turns._waiting == []
