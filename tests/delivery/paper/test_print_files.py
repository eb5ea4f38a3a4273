"""A print file: made once, whole, with its manifest, and made again byte for byte."""

import hashlib
import json
import os

import pytest
import time_machine
from django.conf import settings
from django.db.models import Max

from relance.delivery import crash_points
from relance.delivery.channels.file.folder import write_whole
from relance.delivery.channels.paper import channel as paper
from relance.delivery.channels.paper import make
from relance.delivery.channels.paper.ledger import full_path, printed_in
from relance.delivery.channels.paper.make import content_of, made_again
from relance.delivery.channels.paper.printing import mark, picture, take_back
from relance.delivery.claim import settle_expired_leases
from relance.delivery.deliver import deliver
from relance.delivery.models import PrintedMessage, PrintFile
from relance.delivery.safety.unsure import ask_providers
from relance.facts.models import Touch
from relance.lib import leases
from relance.outbox.models import Message
from relance.outbox.states import move
from tests.builders import A_DAY, a_customer, a_dealer, a_message, an_automation

pytestmark = pytest.mark.django_db
HELLO = {channel: {"en": {"body": "Hello {customer.first_name}."}} for channel in ("postcard", "letter")}


@pytest.fixture(autouse=True)
def home(tmp_path, settings):
    settings.HOME = tmp_path
    return tmp_path


def a_run(people=3, channel="postcard", dealer=None, **values):
    """Messages of one run, ready to be printed."""
    dealer = dealer or a_dealer()
    automation = an_automation(dealer, channels=[channel], wording=HELLO)
    run = None
    for _ in range(people):
        customer = a_customer(dealer, address="1 Main St", city="Laval", region="QC", postal_code="H7A 1A1")
        words = {"address": "Ann Lee\n1 Main St\nLAVAL QC  H7A 1A1", "channel": channel, **values}
        message = a_message(customer, automation, **words)
        run = run or message.run
        Message.objects.of(dealer).filter(pk=message.pk).update(run=run)
    return dealer


def the_file(dealer):
    return PrintFile.objects.of(dealer).get()


def test_a_run_becomes_one_file_and_its_messages_are_sent():
    dealer = a_run(5)
    assert [m.state for m in deliver(dealer, at=A_DAY)] == ["sent"] * 5
    row = the_file(dealer)
    assert (row.people, row.pages) == (5, 6)  # two on a sheet, both sides
    assert full_path(row).read_bytes().startswith(b"%PDF-")
    assert {m.provider_ref for m in Message.objects.of(dealer)} == {row.path}


def test_the_manifest_names_everybody_with_his_pages_and_the_checksum():
    dealer = a_run(3)
    list(deliver(dealer, at=A_DAY))
    path = full_path(the_file(dealer))
    said = json.loads(path.with_suffix(".json").read_text())
    assert said["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [(line["name"], line["pages"]) for line in said["messages"]] == [
        ("Ann Lee", [1, 2]),
        ("Ann Lee", [1, 2]),
        ("Ann Lee", [3, 4]),
    ]
    assert [line["key"] for line in said["messages"]] == [str(m.key) for m in Message.objects.of(dealer).order_by("pk")]


def test_letters_of_several_pages_are_counted():
    dealer = a_run(1, "letter", body="A long line of a long letter. " * 400)
    a_run_more = a_customer(dealer, address="2 Main St", city="Laval")
    first = Message.objects.of(dealer).get()
    short = a_message(a_run_more, first.automation, channel="letter", address="Bo Ek\n2 Main St\nLAVAL", body="Hello.")
    Message.objects.of(dealer).filter(pk=short.pk).update(run=first.run)
    list(deliver(dealer, at=A_DAY))
    long, one_page = PrintedMessage.objects.of(dealer).order_by("place")
    assert long.last_page > 2 and one_page.first_page == one_page.last_page == long.last_page + 1
    assert the_file(dealer).pages == one_page.last_page


def test_it_is_made_again_byte_for_byte_whatever_the_settings_have_become():
    dealer = a_run(3, purpose="marketing")
    list(deliver(dealer, at=A_DAY))
    row = the_file(dealer)
    before = full_path(row).read_bytes()
    dealer.settings |= {"paper": {"colour": "#aa0000"}, "phone": "+15145559999"}
    dealer.save()
    full_path(row).unlink()
    assert made_again(the_file(dealer)) == before
    assert content_of(the_file(dealer)) == before == full_path(row).read_bytes()


@pytest.mark.parametrize("point", crash_points.ON_PAPER)
def test_a_worker_that_dies_between_rows_and_name_leaves_one_file_and_no_doubt(point, monkeypatch):
    class Killed(BaseException):
        pass

    def die(at):
        if at == point:
            raise Killed

    dealer = a_run(3)
    monkeypatch.setattr(crash_points, "reached", die)
    with pytest.raises(Killed):
        list(deliver(dealer, at=A_DAY))
    monkeypatch.undo()
    doubted = list(Message.objects.of(dealer).filter(state="sending"))
    assert len(doubted) + Message.objects.of(dealer).filter(state="unsure").count() == 3
    move(dealer, doubted, to="unsure", at=A_DAY, cause="the worker died")
    assert [m.state for m in ask_providers(A_DAY)] == ["sent"] * 3
    assert full_path(the_file(dealer)).is_file()


@pytest.mark.parametrize("dies_at", [".json", ".pdf"])
def test_a_worker_that_dies_between_manifest_and_file_leaves_the_same_file(dies_at, monkeypatch):
    class Killed(BaseException):
        pass

    def write(path, content):
        if path.suffix == dies_at:
            raise Killed
        write_whole(path, content)

    dealer = a_run(3)
    monkeypatch.setattr(make, "write_whole", write)
    with pytest.raises(Killed):
        list(deliver(dealer, at=A_DAY))
    monkeypatch.undo()
    row = the_file(dealer)
    assert not full_path(row).exists()  # whole or not at all
    move(dealer, list(Message.objects.of(dealer).filter(state="sending")), to="unsure", at=A_DAY, cause="died")
    assert [m.state for m in ask_providers(A_DAY)] == ["sent"] * 3
    assert hashlib.sha256(full_path(row).read_bytes()).hexdigest() == row.sha256
    assert json.loads(full_path(row).with_suffix(".json").read_text())["sha256"] == row.sha256


def test_a_message_that_was_never_printed_is_ready_again():
    dealer = a_run(1)
    (message,) = move(dealer, Message.objects.of(dealer), to="sending", at=A_DAY, cause="taken up", owner="dead")
    move(dealer, [message], to="unsure", at=A_DAY, cause="the worker died")
    assert [m.state for m in ask_providers(A_DAY)] == ["ready"]


def test_what_was_taken_from_a_slow_worker_is_not_printed_by_him(monkeypatch):
    dealer = a_run(2)

    def meanwhile(printing, messages):
        Message.objects.of(dealer).filter(pk=messages[0].pk).update(owner="another")
        return pressed(printing, messages)

    pressed = make.pressed
    monkeypatch.setattr(paper, "pressed", meanwhile)
    list(deliver(dealer, at=A_DAY))
    assert not PrintFile.objects.of(dealer).exists()
    assert not list((settings.HOME / "sent").rglob("*.pdf"))


def test_a_message_on_paper_is_never_printed_again():
    dealer = a_run(2)
    list(deliver(dealer, at=A_DAY))
    Message.objects.of(dealer).update(state="ready", owner="")
    assert [m.state for m in deliver(dealer, at=A_DAY)] == ["sent", "sent"]
    assert PrintedMessage.objects.of(dealer).count() == 2 and PrintFile.objects.of(dealer).count() == 1


def test_a_file_that_another_worker_has_seen_is_not_forgotten_by_its_slow_maker(monkeypatch):
    dealer = a_run(3)
    late = A_DAY + 2 * leases.LENGTH

    def slow(row, content):
        """Its lease ends; another worker asks the rows about the first message, and the disk has trouble."""
        settle_expired_leases(late)
        first, *_ = printed_in(dealer, Message.objects.of(dealer)).items()
        assert first[1] == row
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(paper, "put", slow)
    with time_machine.travel(A_DAY, tick=False):
        list(deliver(dealer, at=A_DAY))
    monkeypatch.undo()
    assert [m.state for m in ask_providers(late)] == ["sent"] * 3
    assert [m.state for m in deliver(dealer, at=late)] == []
    assert the_file(dealer).people == 3


def test_two_who_write_a_file_at_once_do_not_meet(tmp_path, monkeypatch):
    path, flush = tmp_path / "a.pdf", os.fsync

    def meanwhile(number):
        monkeypatch.setattr(os, "fsync", flush)
        write_whole(path, b"the same")
        flush(number)

    monkeypatch.setattr(os, "fsync", meanwhile)
    write_whole(path, b"the same")
    assert [one.name for one in tmp_path.iterdir()] == ["a.pdf"] and path.read_bytes() == b"the same"


def test_a_full_disk_is_busy_and_leaves_nothing(monkeypatch):
    def full(row, content):
        raise OSError(28, "No space left on device")

    dealer = a_run(2)
    monkeypatch.setattr(paper, "put", full)
    assert {m.state for m in deliver(dealer, at=A_DAY)} == {"ready"}
    assert not PrintFile.objects.of(dealer).exists()
    monkeypatch.undo()
    later = Message.objects.of(dealer).aggregate(last=Max("send_at"))["last"]
    assert {m.state for m in deliver(dealer, at=later)} == {"sent"}


def test_a_text_that_has_no_room_on_a_card_fails_alone():
    dealer = a_run(3)
    first = Message.objects.of(dealer).order_by("pk")[1]
    Message.objects.of(dealer).filter(pk=first.pk).update(body="far too long " * 500)
    states = {m.pk: (m.state, m.detail or "") for m in deliver(dealer, at=A_DAY)}
    assert sorted(state for state, _ in states.values()) == ["failed", "sent", "sent"]
    assert "too long for a postcard" in states[first.pk][1]


def test_a_large_run_becomes_several_files(monkeypatch):
    monkeypatch.setattr(paper, "CHUNK", 2)
    dealer = a_run(5)
    list(deliver(dealer, at=A_DAY))
    files = PrintFile.objects.of(dealer).order_by("number")
    assert [(row.number, row.people) for row in files] == [(1, 2), (2, 2), (3, 1)]


def test_another_dealer_s_files_are_not_seen():
    dealer, other = a_run(1), a_dealer("south")
    list(deliver(dealer, at=A_DAY))
    assert printed_in(other, Message.objects.of(dealer)) == {}


def test_staff_say_that_it_is_printed_and_may_take_that_back():
    dealer = a_run(2)
    list(deliver(dealer, at=A_DAY))
    row = the_file(dealer)
    assert mark(row, "printed", by="Kim", at=A_DAY) and not mark(row, "printed", by="Bo", at=A_DAY)
    assert (the_file(dealer).state, the_file(dealer).state_by) == ("printed", "Kim")
    assert mark(row, "made", by="Kim", at=A_DAY)
    assert the_file(dealer).state == "made"


def test_a_file_that_is_taken_back_was_never_said():
    dealer = a_run(2)
    list(deliver(dealer, at=A_DAY))
    assert Touch.objects.of(dealer).filter(kind="sent").count() == 2
    assert [m.state for m in take_back(the_file(dealer), by="Kim", at=A_DAY)] == ["failed", "failed"]
    assert not Touch.objects.of(dealer).exists()
    assert take_back(the_file(dealer), by="Kim", at=A_DAY) == []


def test_what_is_printed_cannot_be_taken_back():
    dealer = a_run(1)
    list(deliver(dealer, at=A_DAY))
    mark(the_file(dealer), "printed", by="Kim", at=A_DAY)
    assert take_back(the_file(dealer), by="Kim", at=A_DAY) == []
    assert Message.objects.of(dealer).get().state == "sent"


@pytest.mark.parametrize(("channel", "sides"), [("postcard", 2), ("letter", 1)])
def test_a_picture_shows_one_of_them_before_anything_is_printed(channel, sides):
    dealer = a_run(3, channel)
    pictures = picture(dealer, Message.objects.of(dealer).order_by("pk")[0], at=A_DAY)
    assert len(pictures) == sides and all(made.startswith(b"\x89PNG") for made in pictures)
