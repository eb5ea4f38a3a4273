"""One line to one server: kept open, never fooled into another network, never held up, and it says what is in doubt."""

import socket
from collections.abc import Callable
from threading import Thread
from time import monotonic

import pytest

from relance.lib import http
from relance.lib.addresses.network import is_public
from relance.lib.http import Line, NoAnswer, NotSent, NoWay, Origin, target_of
from tests.delivery.mail_server import certificate
from tests.delivery.web_server import Asked, Said, web_server

HERE = ("127.0.0.1",)


def a_line(url, **values):
    return Line(Origin.of(url), **{"timeout": 2, "private": HERE, **values})


def keeping(asked: list[Asked], said: Said) -> Callable[[Asked], Said]:
    def answer(one: Asked) -> Said:
        asked.append(one)
        return said

    return answer


def test_a_request_arrives_as_it_was_said_and_its_answer_comes_back():
    asked: list[Asked] = []
    with web_server(keeping(asked, Said(201, b'{"a": 1}', {"Retry-After": "3"}))) as url:
        line = a_line(url, headers={"Authorization": "Basic eA=="})
        reply = line.ask("POST", "/a/b?c=d", b"body", {"Content-Type": "text/plain"})
        line.close()
    assert (reply.status, reply.body, reply.headers["retry-after"]) == (201, b'{"a": 1}', "3")
    (one,) = asked
    assert (one.method, one.path, one.query, one.body) == ("POST", "/a/b", {"c": ["d"]}, b"body")
    assert one.headers["authorization"] == "Basic eA==" and one.headers["content-type"] == "text/plain"
    assert one.headers["host"] == url.removeprefix("http://")


def connections_made(monkeypatch):
    made: list[Line] = []
    connect = Line._connect

    def counted(self: Line) -> socket.socket:
        made.append(self)
        return connect(self)

    monkeypatch.setattr(Line, "_connect", counted)
    return made


def test_the_connection_is_kept(monkeypatch):
    made = connections_made(monkeypatch)
    with web_server(lambda _: Said()) as url:
        line = a_line(url)
        assert [line.ask("GET", "/").status for _ in range(5)] == [200] * 5
        line.close()
    assert len(made) == 1


def test_a_connection_that_was_hung_up_meanwhile_is_opened_anew_and_nothing_is_in_doubt(monkeypatch):
    made = connections_made(monkeypatch)
    with web_server(lambda _: Said(headers={"Connection": "close"})) as url:
        line = a_line(url)
        assert [line.ask("GET", "/").status for _ in range(3)] == [200] * 3
        line.close()
    assert len(made) == 3


def test_a_connection_that_was_idle_for_long_is_not_trusted(monkeypatch):
    made = connections_made(monkeypatch)
    monkeypatch.setattr(http, "IDLE", -1.0)
    with web_server(lambda _: Said()) as url:
        line = a_line(url)
        line.ask("GET", "/"), line.ask("GET", "/")
        line.close()
    assert len(made) == 2


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Said(hang_up=True), "did not answer"),
        (Said(body=b" " * 2_000, cut=True), "broke off"),
        (Said(body=b" " * 20_000), "more than 10,000 bytes"),
        (Said(headers={"Content-Length": "x", "Transfer-Encoding": "chunked"}, body=b"nonsense"), "did not answer"),
    ],
)
def test_an_answer_that_is_lost_broken_or_too_large_is_doubt(said, words):
    with web_server(lambda _: said) as url:
        line = a_line(url, largest=10_000)
        with pytest.raises(NoAnswer, match=words):
            line.ask("POST", "/", b"x")
        line.close()


def test_a_byte_now_and_then_does_not_hold_us():
    with web_server(lambda _: Said(drip=0.05, body=b" " * 1_000)) as url:
        line, begun = a_line(url, timeout=0.3), monotonic()
        with pytest.raises(NoAnswer, match="no answer in time"):
            line.ask("GET", "/")
        line.close()
    assert monotonic() - begun < 2


def test_what_is_no_http_is_doubt():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk():
            with server.accept()[0] as peer:
                peer.recv(100)
                peer.sendall(b"220 mail.example ESMTP\r\n")

        thread = Thread(target=talk)
        thread.start()
        line = a_line(f"http://127.0.0.1:{server.getsockname()[1]}")
        with pytest.raises(NoAnswer):
            line.ask("GET", "/")
        line.close()
        thread.join()


def test_redirects_are_not_followed():
    asked: list[Asked] = []
    with web_server(keeping(asked, Said(302, headers={"Location": "/elsewhere"}))) as url:
        line = a_line(url)
        assert line.ask("GET", "/").status == 302
        line.close()
    assert len(asked) == 1


def test_nobody_there_is_no_way():
    with pytest.raises(NoWay, match=r"127\.0\.0\.1:1 cannot be reached"):
        a_line("http://127.0.0.1:1").open()


def test_a_certificate_that_nobody_vouches_for_is_no_way(tmp_path):
    context, public = certificate(tmp_path)
    with web_server(lambda _: Said(), tls=context) as url:
        with pytest.raises(NoWay, match="cannot be trusted"):
            a_line(url).open()
        line = a_line(url, ca=str(public))
        assert line.ask("GET", "/").status == 200
        line.close()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:7f00:1",
        "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "240.0.0.1", "192.0.2.1", "no address",
    ],
)  # fmt: skip
def test_addresses_of_other_networks_are_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_internet_are_taken(address):
    assert is_public(address)


@pytest.mark.parametrize("url", ["http://127.0.0.1", "http://2130706433", "http://0x7f.1", "http://localhost"])
def test_a_private_address_in_any_spelling_is_refused_before_anything_is_connected(url, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", 80))])
    with pytest.raises(NoWay, match="private network"):
        Line(Origin.of(url)).open()


def test_one_private_address_among_public_ones_is_refused(monkeypatch):
    found = [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(NoWay, match=r"10\.0\.0\.1 is an address of a private network"):
        Line(Origin.of("http://flip.example")).open()


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example", "file:///etc/passwd", "gopher://a", "http://", "http://u:p@a.example", "a.example"],
)
def test_what_is_no_web_address_is_refused(url):
    with pytest.raises(ValueError, match="is not an http"):
        Origin.of(url)


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "a\0", "é"])
def test_nothing_slips_into_the_headers(value):
    with web_server(lambda _: Said()) as url:
        line = a_line(url)
        with pytest.raises(ValueError, match="signs that may not stand"):
            line.ask("GET", "/", headers={"X-Key": value})
        with pytest.raises(ValueError, match="signs that may not stand"):
            line.ask("GET", f"/{value}")
        line.close()


def test_a_request_that_could_not_leave_whole_is_not_sent(monkeypatch):
    with web_server(lambda _: Said()) as url:
        line = a_line(url)
        line.open()
        assert line._socket is not None
        line._socket.shutdown(socket.SHUT_WR)
        monkeypatch.setattr(Line, "_is_stale", lambda _: False)
        with pytest.raises(NotSent):
            line.ask("POST", "/", b"x")


def test_path_and_query_of_an_address():
    assert [target_of(url) for url in ("http://a", "http://a/b?c=d#e")] == ["/", "/b?c=d"]
