"""What a mail server answers, read by ourselves: one line or several, whole or not at all."""

import smtplib
from io import BytesIO

import pytest

from relance.delivery.channel import ChannelDown, Refused, Sending
from relance.delivery.channels.email.answers import Answer, fault_of
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


# Every reply of RFC 5321 (4.2.3) and RFC 4954 to a step, and what becomes of the message: it is tried again, it is
# refused for good, or the way is closed and no message pays.
LATER, NEVER, DOWN = "later", "never", "down"
REPLIES = [
    *((code, step, LATER) for code in (450, 451, 452, 454, 455) for step in ("MAIL", "RCPT", "DATA", "text")),
    *((421, step, DOWN) for step in ("MAIL", "RCPT", "DATA", "text")),
    *((code, step, NEVER) for code in (500, 501, 503, 504, 550, 551, 552, 553, 554, 555) for step in ("DATA", "text")),
    *((code, "RCPT", NEVER) for code in (500, 501, 503, 504, 550, 551, 552, 553, 554, 555)),
    *((code, "MAIL", DOWN) for code in (500, 501, 503, 504, 530, 535, 550, 551, 553, 554, 555)),
    (552, "MAIL", NEVER),  # this message is too large
]


@pytest.mark.parametrize(("code", "step", "becomes"), REPLIES)
def test_every_reply_has_its_meaning_and_what_is_permanent_is_never_tried_again(code, step, becomes):
    fault = fault_of(Answer(code, "in words"), step)
    said = DOWN if isinstance(fault, ChannelDown) else NEVER if isinstance(fault.result, Refused) else LATER
    assert said == becomes


@pytest.mark.parametrize("words", ["relay access denied", "authentication required", "not logged in"])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_our_own_fault_closes_the_way_and_costs_no_recipient(words, step):
    assert isinstance(fault_of(Answer(554, words), step), ChannelDown)
