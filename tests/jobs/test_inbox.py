"""What is put into a dealer's drop folder is taken in when it is complete, and only then, and moved away."""

import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from relance.facts.absorb import take_in
from relance.facts.models import Customer
from relance.jobs.inbox import Inbox
from relance.jobs.stages import plan
from relance.outbox.models import Message
from tests.builders import A_DAY, a_dealer, an_automation

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
CUSTOMERS = "id,first_name,last_name,mobile\nC1,Ann,Lee,514-555-0101\n"


@pytest.fixture
def home(settings, tmp_path):
    settings.HOME = tmp_path
    return tmp_path


@pytest.fixture
def dealer(db, home):
    return a_dealer()


@pytest.fixture
def drop(dealer, home):
    folder = home / "inbox" / dealer.slug
    folder.mkdir(parents=True)
    return folder


def feed(drop: Path, name="monday", text=CUSTOMERS) -> Path:
    folder = drop / name
    folder.mkdir()
    (folder / "customers.csv").write_text(text, encoding="utf-8")
    return folder


def number(dealer):
    return Customer.objects.of(dealer).count()


def archived(drop):
    return sorted(path.name for path in (drop / "archive").iterdir()) if (drop / "archive").exists() else []


def test_a_folder_is_taken_when_its_size_has_stood_still_for_a_minute(dealer, drop):
    inbox = Inbox()
    feed(drop)
    inbox.look(A_DAY)
    inbox.look(A_DAY + 59 * SECOND)
    assert number(dealer) == 0
    inbox.look(A_DAY + MINUTE)
    assert number(dealer) == 1
    assert archived(drop) == ["20260504T140100-monday"]
    assert not (drop / "monday").exists()


def test_what_grows_is_waited_for(dealer, drop):
    inbox = Inbox()
    folder = feed(drop)
    inbox.look(A_DAY)
    (folder / "customers.csv").write_text(CUSTOMERS + "C2,Bo,Lee,514-555-0102\n", encoding="utf-8")
    inbox.look(A_DAY + MINUTE)
    assert number(dealer) == 0
    inbox.look(A_DAY + 2 * MINUTE)
    assert number(dealer) == 2


def test_a_done_file_beside_it_says_that_it_is_complete(dealer, drop):
    with zipfile.ZipFile(drop / "feed.zip", "w") as archive:
        archive.writestr("customers.csv", CUSTOMERS)
    (drop / "feed.zip.done").touch()
    Inbox().look(A_DAY)
    assert number(dealer) == 1
    assert archived(drop) == ["20260504T140000-feed.zip"]
    assert sorted(path.name for path in drop.iterdir()) == ["archive"]


def test_what_is_no_feed_is_moved_away_with_the_reason(dealer, drop, caplog):
    (drop / "broken.zip").write_text("not a zip", encoding="utf-8")
    (drop / "broken.zip.done").touch()
    feed(drop)
    (drop / "monday.done").touch()
    inbox = Inbox()
    inbox.look(A_DAY)
    inbox.look(A_DAY + MINUTE)
    assert "is not a feed" in (drop / "archive" / "20260504T140000-broken.zip.refused.txt").read_text(encoding="utf-8")
    assert "broken.zip was refused" in caplog.text
    assert number(dealer) == 1


def test_other_files_links_and_the_archive_are_left_alone(dealer, drop, tmp_path):
    (drop / "notes.txt").write_text("hello", encoding="utf-8")
    (drop / "away").symlink_to(tmp_path)
    (drop / ".part").mkdir()
    (drop / "empty").mkdir()
    inbox = Inbox()
    inbox.look(A_DAY)
    inbox.look(A_DAY + 5 * MINUTE)
    assert sorted(path.name for path in drop.iterdir()) == [".part", "away", "empty", "notes.txt"]


def test_a_fault_of_one_dealer_stops_no_other(dealer, drop, home, monkeypatch, caplog):
    other = a_dealer("south")
    (home / "inbox" / "south").mkdir()
    for folder in (drop, home / "inbox" / "south"):
        feed(folder)
        (folder / "monday.done").touch()

    def fails(which, *words, **options):
        if which == dealer:
            raise RuntimeError("out of order")
        return take_in(which, *words, **options)

    monkeypatch.setattr("relance.jobs.inbox.take_in", fails)
    Inbox().look(A_DAY)
    assert (number(dealer), number(other)) == (0, 1)
    assert (drop / "monday").exists()
    assert "it is tried again" in caplog.text


@pytest.mark.parametrize(("setting", "messages"), [("ask", 0), ("send", 1)])
def test_late_rows_go_by_themselves_where_the_dealer_wants_it(db, home, setting, messages):
    dealer = a_dealer(late_rows=setting)
    an_automation(dealer)
    plan(dealer, at=A_DAY, since=A_DAY - MINUTE)
    drop = home / "inbox" / dealer.slug
    drop.mkdir(parents=True)
    feed(drop)
    (drop / "monday.done").touch()
    Inbox().look(A_DAY + MINUTE)
    assert Message.objects.of(dealer).count() == messages
