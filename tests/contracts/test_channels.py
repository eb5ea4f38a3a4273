"""Every channel keeps the contract of delivery/channel.py: what it pulled it answers for, the rest it did not send."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import override_settings

from relance.dealers.models import Dealer
from relance.delivery.channel import Accepted, Busy, Channel, ChannelDown, Parcel, Refused, Sending
from relance.delivery.channels.email.provider_table import PROVIDERS
from relance.delivery.senders.registry import KINDS, channel_for
from relance.outbox.models import Message, Task
from relance.plan.models import Automation
from tests.builders import A_DAY, QUIET_SETTINGS, a_customer, a_dealer, a_message, an_automation
from tests.delivery.email_providers import SECRET, provider
from tests.delivery.mail_server import Mailbox, mail_server
from tests.delivery.sms.gateway_server import SECRET as GATEWAY_SECRET
from tests.delivery.sms.gateway_server import gateway_server
from tests.delivery.sms.twilio_server import TOKEN, Twilio, twilio_server


def parcels(kind: str, number: int, **values: Any) -> list[Parcel]:
    return [one_parcel(kind, n, **values) for n in range(1, number + 1)]


def one_parcel(kind: str, number: int, **values: Any) -> Parcel:
    if kind in ("paper", "calls"):
        return a_row_of_its_own(kind, number, **values)
    if SPEAKS.get(kind) == "sms":
        values = {"channel": "sms", "address": f"+1514555{number:04}", **values}
    return a_parcel(number, **values)


def a_row_of_its_own(kind: str, number: int, **values: Any) -> Parcel:
    """On paper and by telephone a message is a row: the database sees to it that it goes once."""
    dealer = Dealer.objects.filter(slug="north").first() or a_dealer()
    automation = Automation.objects.of(dealer).first() or an_automation(dealer)
    goes = {
        "paper": {"channel": "letter", "address": "Ann Lee\n1 Main St\nLAVAL QC  H7A 1A1"},
        "calls": {"channel": "phone", "address": "+15145550101"},
    }[kind]
    words = {**goes, "body": "Hello.", "state": "sending", **values}
    message = a_message(a_customer(dealer), automation, **words, key=UUID(int=number), owner="me")
    return Parcel(dealer, (message,), "SR180", A_DAY)


def a_parcel(number: int, **values: Any) -> Parcel:
    dealer = Dealer(pk=7, slug="north", name="North Garage", timezone="America/Toronto", settings=QUIET_SETTINGS)
    who = {"pk": number, "dealer_id": 7, "customer_id": 9, "key": UUID(int=number), "recipient": "customer"}
    words = {
        "channel": "email",
        "address": f"a{number}@b.example",
        "body": "Hello.",
        "language": "en",
        "send_at": A_DAY,
    }
    return Parcel(dealer, (Message(**(who | words | values)),), "SR180", A_DAY)


@contextmanager
def a_folder(folder: Path) -> Iterator[tuple[Channel, Any]]:
    yield channel_for(Sending("file", {"folder": str(folder / "sent")})), lambda: len(list(folder.rglob("*.eml")))


@contextmanager
def a_mail_server(folder: Path) -> Iterator[tuple[Channel, Any]]:
    with mail_server(Mailbox()) as box:
        channel = channel_for(Sending("smtp", {"host": "127.0.0.1", "port": box.port, "tls": "none", "timeout": 5}))
        yield channel, lambda: len(box.taken)


@contextmanager
def a_twilio_account(folder: Path) -> Iterator[tuple[Channel, Any]]:
    with twilio_server(Twilio(at=A_DAY)) as twilio:
        yield channel_for(Sending("twilio", twilio.settings, {"password": TOKEN})), lambda: len(twilio.taken)


@contextmanager
def a_printer(folder: Path) -> Iterator[tuple[Channel, Any]]:
    with override_settings(HOME=folder):
        channel = channel_for(Sending("paper", {"folder": str(folder / "sent")}))
        yield channel, lambda: sum(len(json.loads(path.read_text())["messages"]) for path in folder.rglob("*.json"))


def an_account(kind: str) -> Any:
    @contextmanager
    def working(folder: Path) -> Iterator[tuple[Channel, Any]]:
        with provider(kind) as account:
            settings = {**account.settings, "from": "desk@north.example"}
            yield channel_for(Sending(kind, settings, {"password": SECRET})), lambda: len(account.mails)

    return working


@contextmanager
def a_call_list(folder: Path) -> Iterator[tuple[Channel, Any]]:
    yield channel_for(Sending("calls")), Task.objects.across_dealers("the test's").count


@contextmanager
def a_gateway(folder: Path) -> Iterator[tuple[Channel, Any]]:
    with gateway_server() as account:
        channel = channel_for(Sending("gateway", account.settings, {"password": GATEWAY_SECRET}))
        yield channel, lambda: len(account.taken)


WORKING = {
    "gateway": a_gateway,
    "calls": a_call_list,
    "file": a_folder,
    "smtp": a_mail_server,
    "twilio": a_twilio_account,
    "paper": a_printer,
}
WORKING |= {kind: an_account(kind) for kind in PROVIDERS}
SPEAKS = {"twilio": "sms", "gateway": "sms"}  # e-mail where nothing else is said
LONGEST = {"twilio": 1_600, "gateway": 1_600}
NOWHERE = {"url": "http://127.0.0.1:1", "timeout": 1, "domain": "b.example", "region": "us-east-1"}
NOWHERE |= {"key": "AKIA1", "centre": "go1"}


def nowhere(kind: str, _: Path) -> Sending:
    return Sending(kind, NOWHERE, {"password": SECRET})


BROKEN: dict[str, Callable[[Path], Sending]] = {
    **{kind: partial(nowhere, kind) for kind in PROVIDERS},
    "gateway": lambda folder: Sending("gateway", {"form": {"url": "http://127.0.0.1:1", "body": {}}, "timeout": 1}),
    "twilio": lambda folder: Sending("twilio", {"account": "AC1", "from": "+1", "url": "http://127.0.0.1:1"}),
    "file": lambda folder: Sending("file", {"folder": str(folder / "a-file" / "sent")}),
    "smtp": lambda folder: Sending("smtp", {"host": "127.0.0.1", "port": 1, "tls": "none", "timeout": 1}),
    "paper": lambda folder: Sending("paper", {"folder": str(folder / "a-file" / "sent")}),
}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gateways_may_stand_here")]
each_kind = pytest.mark.parametrize("kind", KINDS)
each_kind_that_can_be_closed = pytest.mark.parametrize("kind", BROKEN)


def test_every_kind_of_sender_is_tried_here():
    assert set(WORKING) == set(KINDS)
    assert set(KINDS) - set(BROKEN) == {"calls"}  # its other side is the database, which the message comes from


@each_kind
def test_every_parcel_is_answered_for_once(kind, tmp_path):
    with WORKING[kind](tmp_path) as (channel, arrived):
        given = parcels(kind, 25)
        channel.open()
        answers = list(channel.send(given))
        channel.close()
        assert sorted(parcel.key for parcel, _ in answers) == [parcel.key for parcel in given]
        assert all(isinstance(result, Accepted) for _, result in answers)
        assert arrived() == 25


@each_kind
def test_a_parcel_that_cannot_leave_harms_no_other(kind, tmp_path):
    with WORKING[kind](tmp_path) as (channel, arrived):
        bad = one_parcel(kind, 99, address="no address")
        results = {parcel.key: result for parcel, result in channel.send([*parcels(kind, 2), bad])}
        channel.close()
        assert sorted(type(result).__name__ for result in results.values()) == ["Accepted", "Accepted", "Refused"]
        assert isinstance(results[bad.key], Refused)
        assert arrived() == 2


@each_kind
def test_a_long_text_arrives_whole(kind, tmp_path):
    text = ".\n" + "a long line " * 5_000 + "\n.\n"
    with WORKING[kind](tmp_path) as (channel, arrived):
        ((_, result),) = channel.send(parcels(kind, 1, body=text[: LONGEST.get(kind)]))
        channel.close()
        assert isinstance(result, Accepted) and arrived() == 1


@pytest.mark.parametrize("kind", LONGEST)
def test_what_is_too_long_for_it_is_refused_and_harms_no_other(kind, tmp_path):
    with WORKING[kind](tmp_path) as (channel, arrived):
        long = one_parcel(kind, 1, body="x" * (LONGEST[kind] + 1))
        results = [result for _, result in channel.send([long, one_parcel(kind, 2)])]
        channel.close()
        assert [type(result) for result in results] == [Refused, Accepted] and arrived() == 1


@each_kind
def test_it_may_be_asked_to_send_again_and_again(kind, tmp_path):
    with WORKING[kind](tmp_path) as (channel, arrived):
        for one in parcels(kind, 3):
            channel.open()
            assert len(list(channel.send([one]))) == 1
        assert list(channel.send([])) == []
        channel.close()
        assert arrived() == 3


@each_kind_that_can_be_closed
def test_a_closed_way_is_said_in_one_line_and_takes_nothing(kind, tmp_path):
    (tmp_path / "a-file").write_text("in the way")
    channel = channel_for(BROKEN[kind](tmp_path))
    (fault,) = channel.check()
    assert "\n" not in fault
    with pytest.raises(ChannelDown):
        channel.open()
    pulled = iter(parcels(kind, 5))
    answers = list(channel.send(pulled))
    assert all(isinstance(result, Busy) for _, result in answers)
    assert len(answers) + len(list(pulled)) == 5
    channel.close()


@each_kind
def test_what_was_handed_over_is_never_said_to_have_been_lost(kind, tmp_path):
    with WORKING[kind](tmp_path) as (channel, _):
        given = parcels(kind, 5)
        channel.open()
        list(channel.send(given))
        answers = list(channel.look_up(given))
        channel.close()
        assert sorted(parcel.key for parcel, _ in answers) == [parcel.key for parcel in given]
        expected = type(None) if channel.knows_after is None else Accepted
        assert {type(result) for _, result in answers} == {expected}


@each_kind
def test_what_never_left_may_be_handed_over_again_if_anybody_can_tell(kind, tmp_path):
    with WORKING[kind](tmp_path) as (channel, _):
        channel.open()
        list(channel.send(parcels(kind, 1)))
        ((_, result),) = channel.look_up([one_parcel(kind, 2)])
        channel.close()
        assert isinstance(result, type(None) if channel.knows_after is None else Busy)


@each_kind_that_can_be_closed
def test_a_closed_way_cannot_tell(kind, tmp_path):
    (tmp_path / "a-file").write_text("in the way")
    channel = channel_for(BROKEN[kind](tmp_path))
    assert [result for _, result in channel.look_up(parcels(kind, 2))] == [None, None]
    channel.close()


def test_a_file_that_is_written_again_is_the_same_file(tmp_path):
    with a_folder(tmp_path) as (channel, arrived):
        (one,) = parcels("file", 1)
        list(channel.send([one]))
        before = [path.read_bytes() for path in tmp_path.rglob("*.eml")]
        list(channel.send([one]))
        assert [path.read_bytes() for path in tmp_path.rglob("*.eml")] == before
        assert arrived() == 1 and not list(tmp_path.rglob("*.part"))
