"""What a mail server answers, read by ourselves: one line or several, whole or not at all."""

import smtplib
from io import BytesIO

import pytest

from relance.delivery.channel import Sending
from relance.delivery.channels.email.wire import Route, Wire


def read(said: bytes):
    wire = Wire(Route.of(Sending("smtp", {"host": "mail.example", "port": 25})))
    wire.smtp = smtplib.SMTP()
    wire.smtp.file = BytesIO(said)
    return wire._read()


@pytest.mark.parametrize(
    ("said", "code", "text"),
    [
        (b"250 2.1.0 Ok\r\n", 250, "2.1.0 Ok"),
        (b"354\r\n", 354, ""),
        (b"550-5.1.1 No such\r\n550-user  here\r\n550 5.1.1 at all\r\n", 550, "5.1.1 No such user here 5.1.1 at all"),
        ("452 4.2.2 boîte pleine\n".encode(), 452, "4.2.2 boîte pleine"),
        (b"250 \xff\xfe\r\n", 250, "\ufffd\ufffd"),
    ],
)
def test_an_answer_is_its_code_and_its_words_on_one_line(said, code, text):
    answer = read(said)
    assert (answer.code, answer.text) == (code, text)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"250 half a line",
        b"250-more comes\r\n",
        b"hello\r\n",
        b"\r\n",
        b"999 what\r\n",
        b"-25 no\r\n",
        "²50 no\r\n".encode(),
        b"250 " + b"x" * 9_000 + b"\r\n",
        b"250-for ever\r\n" * 500,
    ],
)
def test_what_is_no_whole_answer_is_a_lost_connection(said):
    with pytest.raises(smtplib.SMTPServerDisconnected):
        read(said)
