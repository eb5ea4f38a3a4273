"""Whoever writes to a SQLite database waits for his turn, and is not passed by one who comes back at once."""

import os
import sqlite3
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from relance.lib.database import queue
from relance.lib.database.giving_way import BEGAN, LAST, give_way
from relance.lib.database.queue import InQueue, Queue


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "a.db"
    with closing(open_(path)) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.cursor().execute("CREATE TABLE words (word TEXT)")
    return path


def open_(path):
    return sqlite3.connect(path, factory=InQueue, isolation_level=None, timeout=0, check_same_thread=False)


def is_free(path, end=queue.TURN):
    """Whether somebody who comes now has his turn at once; or, with DOOR, whether nobody stands at the door."""
    file = queue._opened(f"{path}{end}")
    try:
        return queue._locked_at_once(file)
    finally:
        os.close(file)


def test_a_transaction_keeps_the_turn_to_its_end(database):
    with closing(open_(database)) as ours:
        ours.cursor().execute("BEGIN IMMEDIATE")
        assert not is_free(database)
        ours.cursor().execute("INSERT INTO words VALUES ('one')")
        assert not is_free(database)
        ours.commit()
        assert is_free(database)


@pytest.mark.parametrize("end", ["rollback", "close"])
def test_however_it_ends_the_turn_ends_with_it(database, end):
    ours = open_(database)
    ours.cursor().execute("BEGIN IMMEDIATE")
    getattr(ours, end)()
    assert is_free(database)
    ours.close()


def test_who_only_reads_stands_in_no_queue(database):
    holder = Queue(str(database))
    holder.take()
    with closing(open_(database)) as ours:
        ours.cursor().execute("BEGIN DEFERRED")
        assert ours.cursor().execute("SELECT count(*) FROM words").fetchone() == (0,)
    holder.leave()


def test_a_single_statement_gives_the_turn_back_and_so_does_one_that_fails(database):
    with closing(open_(database)) as ours:
        ours.cursor().execute("INSERT INTO words VALUES ('one')")
        assert is_free(database)
        with pytest.raises(sqlite3.OperationalError):
            ours.cursor().execute("INSERT INTO absent VALUES (1)")
        assert is_free(database)
        ours.cursor().executemany("INSERT INTO words VALUES (?)", [("two",), ("three",)])
        assert ours.execute("SELECT count(*) FROM words").fetchone() == (3,)
    assert is_free(database)


def test_who_comes_back_at_once_does_not_pass_who_waits(database):
    """SQLite alone (no time-out here) would say "database is locked" to one of them at once."""
    ours, waits, done = Queue(str(database)), threading.Event(), []
    ours.take()

    def second():
        place = Queue(str(database))
        waits.set()
        place.take()
        done.append("second")
        place.leave()

    thread = threading.Thread(target=second)
    thread.start()
    waits.wait()
    until(lambda: not is_free(database, queue.DOOR))  # he stands at the door
    ours.leave()
    ours.take()
    done.append("first again")
    ours.leave()
    thread.join()
    assert done == ["second", "first again"]


@pytest.mark.skipif(sys.platform != "linux" or BEGAN >= LAST, reason="no place behind us for a thread alone")
def test_who_came_from_a_page_passes_all_but_one_of_those_who_have_given_way(database):
    ours, done = Queue(str(database)), []
    ours.take()

    def write(name, meanwhile=lambda: None):
        place = Queue(str(database))
        place.take()
        meanwhile()
        done.append(name)
        place.leave()

    def behind(name, *meanwhile):
        give_way()
        write(name, *meanwhile)

    def has_passed_the_door():
        until(lambda: is_waited_for(database, queue.TURN))

    first = threading.Thread(target=behind, args=("first behind", has_passed_the_door))
    first.start()
    until(lambda: not is_free(database, queue.DOOR))  # he stands at the door, the next ones before it
    others = [threading.Thread(target=behind, args=("another behind",)) for _ in range(3)]
    for thread in others:
        thread.start()
    until(lambda: len(is_waited_for(database, queue.BEHIND)) == len(others))
    page = threading.Thread(target=write, args=("a page",))
    page.start()
    until(lambda: is_waited_for(database, queue.DOOR))
    ours.leave()
    for thread in (first, page, *others):
        thread.join()
    assert done == ["first behind", "a page", *["another behind"] * 3]


def is_waited_for(path, gate):
    """Who waits at a gate, by the kernel's own list."""
    node = os.stat(f"{path}{gate}").st_ino
    lines = Path("/proc/locks").read_text().splitlines()
    return [line for line in lines if " -> FLOCK " in line and f":{node} " in line]


def until(is_so):
    ends = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.001)


def test_many_who_write_at_once_all_get_through_without_any_patience_of_sqlite(database):
    faults: list[Exception] = []

    def write(name):
        with closing(open_(database)) as own:
            for number in range(20):
                try:
                    cursor = own.cursor()
                    cursor.execute("BEGIN IMMEDIATE")
                    cursor.execute("INSERT INTO words VALUES (?)", [f"{name}-{number}"])
                    own.commit()
                except sqlite3.OperationalError as fault:
                    faults.append(fault)

    threads = [threading.Thread(target=write, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with closing(open_(database)) as made:
        assert made.execute("SELECT count(*) FROM words").fetchone() == (120,)


def test_a_queue_that_does_not_move_is_left_and_closed_when_its_turn_comes(database, monkeypatch):
    monkeypatch.setattr(queue, "PATIENCE", 0.05)
    holder, other = Queue(str(database)), Queue(str(database))
    holder.take()
    other.take()  # does not wait for ever
    assert other._files == []
    other.leave()
    holder.leave()
    until(lambda: is_free(database))


def test_where_no_file_can_be_made_nobody_waits(tmp_path):
    place = Queue(str(tmp_path / "absent" / "a.db"))
    place.take()
    place.leave()
