"""A full disk, or a database that may only be read: said on page and command, nothing leaves, nobody hears twice.

`PRAGMA max_page_count` makes SQLite say what it says on a full disk, `query_only` what it says on a read-only one.
"""

import shutil
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection
from django.test import Client

from relance.delivery.channel import Sending
from relance.delivery.deliver import deliver
from relance.delivery.senders import keep_sender
from relance.jobs import home
from relance.lib.database import place
from relance.lib.errors import BadInput, Failure
from relance.outbox.models import HoldBack, Message, Task
from tests.builders import A_DAY, a_customer, a_dealer, a_user
from tests.delivery.mail_server import Mailbox, mail_server
from tests.harness import world

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="of SQLite; PostgreSQL's disk is its own server's"),
]
UNBOUNDED = 2**30
LATER = timedelta(minutes=6)  # longer than a lease


def pragma(words):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {words}")
        return (cursor.fetchone() or [None])[0]


@contextmanager
def full(spare=0):
    """No page more than there are, but for a few."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    pragma(f"max_page_count = {pragma('page_count') + spare}")
    try:
        yield
    finally:
        pragma(f"max_page_count = {UNBOUNDED}")


@contextmanager
def read_only():
    pragma("query_only = 1")
    try:
        yield
    finally:
        pragma("query_only = 0")


@pytest.fixture
def dealer():
    return a_dealer()


@pytest.fixture
def at_desk(dealer):
    client = Client(raise_request_exception=False)
    client.force_login(a_user(dealer))
    client.get("/d/north/customers/")
    return client


def hold_back(client, customer):
    return client.post(f"/d/north/customers/hold-back/{customer.ref}/", {"why": "because " * 35})


def test_a_full_disk_is_said_and_what_was_answered_is_kept(dealer, at_desk):
    people = [a_customer(dealer) for _ in range(60)]
    with full():
        answers = [hold_back(at_desk, one) for one in people]
        assert at_desk.get("/d/north/customers/").status_code == 200
    said = Counter(answer.status_code for answer in answers)
    assert set(said) <= {302, 507} and said[507] > 0
    assert "disk is full" in answers[-1].content.decode() and "was not stored" in answers[-1].content.decode()
    assert HoldBack.objects.of(dealer).count() == said[302]
    assert hold_back(at_desk, people[-1]).status_code == 302


def test_a_database_that_may_only_be_read_is_read(dealer, at_desk):
    one = a_customer(dealer)
    at_desk.session.update({"seen": "2026-05-04T10:00:00+00:00"})
    with read_only():
        assert at_desk.get(f"/d/north/customers/one/{one.ref}/").status_code == 200
        answer = hold_back(at_desk, one)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "may only read" in answer.content.decode()
    assert not HoldBack.objects.of(dealer).exists()


def outbox(box, number):
    """A dealer with so many e-mails that are due, and the mail server that takes them."""
    dealer = world.fill("email", number, A_DAY, slug="south")
    keep_sender(dealer, "email", Sending("smtp", {"host": "127.0.0.1", "port": box.port, "tls": "none"}), at=A_DAY)
    return dealer


def states(dealer):
    return Counter(Message.objects.of(dealer).values_list("state", flat=True))


@pytest.mark.parametrize("spare", [0, 3, 8, 24])
def test_a_disk_that_fills_up_while_mails_leave_sends_nothing_twice(spare):
    with mail_server(Mailbox()) as box:
        dealer = outbox(box, 200)
        with full(spare), pytest.raises(OperationalError, match="full"):
            list(deliver(dealer, at=A_DAY))
        before = len(box.recipients)
        list(deliver(dealer, at=A_DAY + LATER))
        with connection.cursor() as cursor:  # their leases end
            cursor.execute("UPDATE outbox_message SET lease_until = '2020-01-01' WHERE state = 'sending'")
        list(deliver(dealer, at=A_DAY + LATER))
    after = states(dealer)
    assert max(Counter(box.recipients).values()) == 1
    assert set(after) <= {"sent", "unsure"} and after["unsure"] <= 20
    assert len(box.recipients) + after["unsure"] >= 200 > before
    assert Task.objects.of(dealer).filter(kind="unsure").count() in (0, after["unsure"])


def test_a_database_that_may_only_be_read_sends_nothing():
    with mail_server(Mailbox()) as box:
        dealer = outbox(box, 3)
        with read_only(), pytest.raises(OperationalError):
            list(deliver(dealer, at=A_DAY))
        assert box.recipients == []
        list(deliver(dealer, at=A_DAY))
    assert states(dealer) == {"sent": 3}


def test_a_disk_that_is_nearly_full_sends_nothing(monkeypatch):
    with mail_server(Mailbox()) as box:
        dealer = outbox(box, 3)
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1_000_000))
            with pytest.raises(Failure, match="nothing is sent"):
                list(deliver(dealer, at=A_DAY))
        assert box.recipients == []
        list(deliver(dealer, at=A_DAY))
    assert len(box.recipients) == 3


@pytest.mark.parametrize(("trouble", "says"), [(full, "the disk of the database is full"), (read_only, "only be read")])
def test_a_command_says_it_in_one_line(relance, dealer, trouble, says):
    with trouble():
        answers = [
            relance("dealer", "create", f"south{n}", "--name", "South " * 30, "--timezone", "UTC") for n in range(40)
        ]
    refused = [answer for answer in answers if answer.status]
    assert refused and {answer.status for answer in refused} == {1}
    assert all(says in answer.err and answer.err.count("\n") == 1 for answer in refused)


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:45 / {place} rw,relatime shared:20 - {kind} server:/home rw,vers=4.2
"""


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "ceph"])
def test_a_home_on_a_network_file_system_is_refused_at_the_start(monkeypatch, tmp_path, kind):
    mounts, shared = tmp_path / "mounts", tmp_path / "a share"
    shared.mkdir()
    mounts.write_text(MOUNTS.format(place=str(shared).replace(" ", "\\040"), kind=kind))
    monkeypatch.setattr(place, "MOUNTS", mounts)
    monkeypatch.setitem(connection.settings_dict, "NAME", str(shared / "relance.db"))
    with pytest.raises(BadInput, match=rf"network file system \({kind}\).*RELANCE_HOME"):
        home.open_home()
    assert not list(shared.iterdir())


def test_a_home_beside_a_share_is_taken(monkeypatch, tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS.format(place=tmp_path / "share", kind="nfs4"))
    monkeypatch.setattr(place, "MOUNTS", mounts)
    place.refuse_network(tmp_path / "sharer" / "relance.db")
    monkeypatch.setattr(place, "MOUNTS", tmp_path / "absent")  # no Linux: nothing is known
    place.refuse_network(tmp_path / "share" / "relance.db")
