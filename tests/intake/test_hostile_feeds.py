"""A hostile or broken feed gets a clear refusal and harms nothing."""

import stat
import zipfile

import pytest

from relance.facts.models import Customer
from relance.intake import feeds
from relance.intake.feeds import open_feed
from relance.lib.errors import BadInput
from tests.builders import a_dealer
from tests.intake.feed_files import a_feed, counts, reasons, taken_in

pytestmark = pytest.mark.django_db
STOPPED = {
    "an empty file": ("", "empty"),
    "a file of blanks": ("\n\n", "empty"),
    "no required column": ("name\nAnn\n", "required column is missing: id"),
    "semicolons": ("id;email\n1;a@b.ca\n", "semicolons"),
    "a column twice": ("id,email,Email\n1,a,b\n", "email is there twice"),
    "a thousand columns": (",".join(f"c{n}" for n in range(1000)) + "\n", "1,000 columns"),
    "an open quote": ('id,city\n1,"Laval\n2,Laval\n', "line 2: a quote"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x81\x8d\0\0\0\r", "expected UTF-8"),
    "one bad letter in a UTF-8 file": ("id,city\n1,Montréal\n2,Québec\n".encode() + b"3,L\xe9vis\n", "line 4"),
}
REJECTED = {
    "too many cells": ("id,city\n1,Laval,extra\n", "3 cells, the header has 2"),
    "too few cells": ("id,city\n1\n", "1 cells, the header has 2"),
    "a NUL byte": ("id,city\n1,La\0val\n", "city holds a NUL byte"),
    "a cell of ten megabytes": ("id,city\n1," + "x" * 10_000_000 + "\n", "more than 1,048,576 characters"),
    "a long cell": ("id,city\n1," + "x" * 121 + "\n", "city has 121 characters"),
    "quotes in the wrong place": ('id,city\n1,"La"val\n', "quotes"),
    "no id": ("id,city\n  ,Laval\n", "id is empty"),
    "a moment before time": ("id,created_at\n1,0000-01-01T00:00+14:00\n", "created_at"),
    "a day that is none": ("id,birth_date\n1,2026-02-30\n", "birth_date '2026-02-30' is not a date"),
    "a word that is none": ("id,kind\n1,custmer\n", "did you mean customer?"),
}


@pytest.mark.parametrize(("text", "says"), STOPPED.values(), ids=STOPPED)
def test_a_file_that_cannot_be_used_is_stopped_and_the_others_are_taken(tmp_path, text, says):
    run = taken_in(a_dealer(), a_feed(tmp_path, customers=text, staff="reference,name\nA1,Ada\n"))
    assert counts(run) == {"customers": (0, 0, 0, 0), "staff": (1, 0, 0, 0)}
    assert run.files[0]["stopped"]
    assert says in run.notes[0]


@pytest.mark.parametrize(("text", "says"), REJECTED.values(), ids=REJECTED)
def test_a_row_that_cannot_be_used_is_rejected_and_the_others_are_taken(tmp_path, text, says):
    width = text.partition("\n")[0].count(",")
    run = taken_in(a_dealer(), a_feed(tmp_path, customers=text + "2" + "," * width + "\n"))
    assert counts(run) == {"customers": (1, 0, 0, 1)}
    assert says in reasons(run)[0]


def test_formula_cells_are_texts(tmp_path):
    dealer = a_dealer()
    taken_in(dealer, a_feed(tmp_path, customers='id,city\n1,"=HYPERLINK(""http://x"")"\n'))
    assert Customer.objects.of(dealer).get().city == '=HYPERLINK("http://x")'


def a_zip(path, *names, content=b"id\n1\n"):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return path


def test_a_zip_is_a_feed(tmp_path):
    run = taken_in(a_dealer(), a_zip(tmp_path / "feed.zip", "export/customers.csv"))
    assert counts(run) == {"customers": (1, 0, 0, 0)}


@pytest.mark.parametrize("name", ["../customers.csv", "/etc/customers.csv", "a\\..\\customers.csv", "C:/customers.csv"])
def test_a_zip_that_leads_out_of_itself_is_refused(tmp_path, name):
    with pytest.raises(BadInput, match="leads out of it"):
        open_feed(a_zip(tmp_path / "feed.zip", name))


def test_a_link_in_a_zip_is_refused(tmp_path):
    link = zipfile.ZipInfo("customers.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(BadInput, match="link"):
        open_feed(a_zip(tmp_path / "feed.zip", link, content=b"/etc/passwd"))


def test_a_zip_bomb_is_refused(tmp_path):
    with pytest.raises(BadInput, match="would unpack to"):
        open_feed(a_zip(tmp_path / "feed.zip", "customers.csv", content=b"\0" * (30 << 20)))


def test_a_zip_of_very_many_files_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(feeds, "MOST_ENTRIES", 3)
    with pytest.raises(BadInput, match="at most 3"):
        open_feed(a_zip(tmp_path / "feed.zip", *(f"{n}.csv" for n in range(4))))


def test_a_damaged_zip_entry_stops_its_file(tmp_path):
    path = a_zip(tmp_path / "feed.zip", "customers.csv", "staff.csv", content=b"id\n" + bytes(range(48, 58)) * 30)
    raw = bytearray(path.read_bytes())
    raw[45] ^= 0xFF
    path.write_bytes(bytes(raw))
    assert taken_in(a_dealer(), path).files[0]["stopped"]


def test_a_link_that_leads_out_of_a_folder_is_refused(tmp_path):
    feed = a_feed(tmp_path, staff="reference,name\n")
    (feed / "customers.csv").symlink_to("/etc/passwd")
    with pytest.raises(BadInput, match="leads out of the feed"):
        open_feed(feed)


def test_a_feed_that_is_not_there_or_holds_nothing_is_bad_input(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    for path in (tmp_path / "nowhere", tmp_path, tmp_path / "notes.txt"):
        with pytest.raises(BadInput):
            open_feed(path)


def test_the_command_ends_with_one_when_a_file_was_stopped_and_takes_the_others(tmp_path, relance):
    a_dealer()
    feed = a_feed(tmp_path, customers="id,first_name\nC1,Ann\n", vehicles="id,id\nV1,V1\n")
    answer = relance("import", "north", feed)
    assert answer.status == 1 and answer.err.splitlines()[-1].startswith("relance: stopped: vehicles.csv")
    assert Customer.objects.across_dealers("the test has one dealer").count() == 1
