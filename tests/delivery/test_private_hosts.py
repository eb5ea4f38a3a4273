"""What a dealer types on the desk leads into no private network, whatever it is called; what the operator sets may."""

import socket
from contextlib import closing

import pytest
from django.conf import settings as django_settings

from relance.delivery.channel import ChannelDown, Sending
from relance.delivery.channels.email.smtp import SmtpChannel
from relance.delivery.channels.email.wire import Route, Wire
from relance.delivery.models import Sender
from relance.delivery.receipts.mailbox import look_into
from relance.delivery.senders import keep_sender, sending_of
from relance.delivery.senders.hosts import FROM_DESK, private_host_of, private_hosts
from relance.delivery.senders.ways import sending_from
from relance.lib.addresses import network
from tests.builders import A_DAY, a_dealer, a_user
from tests.delivery.mail_server import Mailbox, mail_server
from tests.delivery.receipts.imap_server import imap_server

PRIVATE = [
    "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "0.0.0.0", "169.254.169.254", "10.0.0.8", "172.16.3.4", "192.168.1.1",
    "100.64.0.1", "[fd00::1]", "[fe80::1]", "224.0.0.1",
]  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_is_named(monkeypatch):
    monkeypatch.setitem(django_settings.ENVIRONMENT, "RELANCE_PRIVATE_HOSTS", [])


@pytest.fixture
def any_address(monkeypatch):
    """Addresses are addresses here too, though the house has no network."""

    def found(host, port, *_, **__):
        try:
            family, text = socket.AF_INET, socket.inet_ntoa(socket.inet_aton(host))
        except OSError:
            family, text = socket.AF_INET6, host
        return [(family, socket.SOCK_STREAM, 6, "", ("::1" if text == "localhost" else text, port or 0))]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.fixture
def trap():
    """A server that nobody may knock at."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(0)
        yield server
        with pytest.raises(BlockingIOError):
            server.accept()


def desk(url, **secrets):
    sending = sending_from(url, where="address")
    return Sending(sending.kind, {**sending.settings, FROM_DESK: True}, secrets)


@pytest.mark.parametrize("host", PRIVATE)
def test_a_private_host_is_refused_in_every_form(any_address, host):
    assert private_host_of(desk(f"smtp://{host}:25")) is not None
    assert private_host_of(desk(f"postmark://?url=http://{host}/")) is not None
    assert private_host_of(desk("smtp://93.184.216.34:25", bounces=f"imaps://me:x@{host}/INBOX")) is not None


def test_a_public_host_is_taken(any_address):
    assert private_host_of(desk("smtp://93.184.216.34:25", bounces="imaps://me:x@93.184.216.34/")) is None


def test_a_host_that_names_another_address_later_is_not_connected_to(monkeypatch, trap):
    """DNS rebinding: public when it is typed, ours when it is connected to."""
    answers = iter(["93.184.216.34", "127.0.0.1"])
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, *_, **__: [(2, 1, 6, "", (next(answers), trap.getsockname()[1]))]
    )
    sending = desk(f"smtp://rebind.example:{trap.getsockname()[1]}")
    assert private_host_of(sending) is None
    with pytest.raises(ChannelDown, match="private network"):
        SmtpChannel(sending).open()


@pytest.mark.parametrize("tls", ["none", "tls"])
def test_the_desks_sender_does_not_reach_this_machine(trap, tls):
    sending = desk(f"smtp://127.0.0.1:{trap.getsockname()[1]}?tls={tls}&timeout=5")
    assert "private network" in SmtpChannel(sending).check()[0]


@pytest.mark.django_db
@pytest.mark.parametrize("scheme", ["imap", "imaps"])
def test_the_desks_mailbox_does_not_reach_this_machine(trap, scheme):
    url = f"{scheme}://me:secret@127.0.0.1:{trap.getsockname()[1]}/INBOX"
    with pytest.raises(network.Private):
        look_into(a_dealer(), url, at=A_DAY, private=private_hosts({FROM_DESK: True}))


def test_what_the_operator_set_reaches_this_machine():
    with mail_server(Mailbox()) as box:
        wire = Wire(Route.of(Sending("smtp", {"host": "127.0.0.1", "port": box.port, "tls": "none"})))
        wire.open()
        wire.close()


def test_what_the_operator_names_is_open_to_the_desk(monkeypatch):
    monkeypatch.setitem(django_settings.ENVIRONMENT, "RELANCE_PRIVATE_HOSTS", ["127.0.0.1"])
    with mail_server(Mailbox()) as box:
        sending = desk(f"smtp://127.0.0.1:{box.port}?tls=none")
        assert private_host_of(sending) is None
        wire = Wire(Route.of(sending))
        wire.open()
        wire.close()


@pytest.mark.django_db
def test_a_mailbox_that_the_operator_set_is_read():
    with imap_server([]) as box:
        assert look_into(a_dealer(), f"imap://desk:right@127.0.0.1:{box.port}/INBOX", at=A_DAY) == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "word"),
    [("en", "private network"), ("fr", "réseau privé"), ("es", "red privada"), ("et", "privaatvõrgus")],
)
def test_the_desk_says_so_and_keeps_nothing(client, language, word):
    dealer = a_dealer()
    user = a_user(dealer)
    user.language = language
    user.save()
    client.force_login(user)
    address = "/d/north/settings/senders/email/"
    answer = client.post(address, {"url": "smtp://127.0.0.1:25"})
    assert (answer.status_code, word in answer.content.decode()) == (422, True)
    assert not Sender.objects.of(dealer).exists()


@pytest.mark.django_db
def test_what_the_desk_keeps_is_marked(client):
    dealer = a_dealer()
    client.force_login(a_user(dealer))
    keep_sender(dealer, "email", Sending("smtp", {"host": "127.0.0.1", "port": 25}, {}), at=A_DAY)
    client.post("/d/north/settings/senders/email/", {"url": "smtp://mail.dealer.example:587"})
    assert sending_of(dealer, "email").settings[FROM_DESK] is True
