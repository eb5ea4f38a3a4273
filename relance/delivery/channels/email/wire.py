"""Turns letters into answers over one SMTP connection that is kept open, and opened again when it was lost.

Where the server allows it (RFC 2920) the envelope of the next letter follows the text of the one before: one round
trip per message instead of four, and while the server reads a text the next one is composed. Nothing is doubtful before
the last byte of a text has left; only then can an answer be lost.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.utils.translation import gettext

from relance.delivery.channel import (
    Accepted,
    AnswerLost,
    Busy,
    ChannelDown,
    DeliveryFault,
    Parcel,
    Result,
    Sending,
)
from relance.delivery.channels.email.answers import Answer, fault_of
from relance.delivery.senders.hosts import private_hosts
from relance.lib.addresses.network import connect, impatient, secured
from relance.lib.clock import now

END = b".\r\n"
STEPS = ("MAIL", "RCPT", "DATA")
LONGEST_LINE, MOST_LINES = 8192, 100  # of an answer


@dataclass(frozen=True)
class Letter:
    """An e-mail: whose, from whom, to whom, and how it is composed."""

    parcel: Parcel
    sender: str
    recipient: str
    compose: Callable[[Parcel], bytes]

    @cached_property
    def text(self) -> bytes:
        """Its bytes as they go over the wire (dots doubled, end mark); composed once."""
        return self.compose(self.parcel)

    def prepare(self) -> None:
        """Compose it now; DeliveryFault when that cannot be done."""
        _ = self.text

    @cached_property
    def commands(self) -> list[bytes]:
        """Its envelope, a line for each step."""
        return [f"MAIL FROM:<{self.sender}>\r\n".encode(), f"RCPT TO:<{self.recipient}>\r\n".encode(), b"DATA\r\n"]


@dataclass(frozen=True)
class Route:
    """Where the mail server is and how to speak to it."""

    host: str
    port: int
    tls: str  # tls | starttls | auto (when offered; never with a password) | none
    user: str
    password: str
    timeout: float
    ca: str | None
    name: str | None
    private: tuple[str, ...] | None = None  # hosts whose addresses may be private; None: the operator set it, all may

    @classmethod
    def of(cls, sending: Sending) -> "Route":
        """The route in a sender's settings (delivery/senders.py)."""
        kept = sending.settings
        return cls(
            host=str(kept["host"]),
            port=int(kept["port"]),
            tls=str(kept.get("tls", "auto")),
            user=str(kept.get("user", "")),
            password=sending.secrets.get("password", ""),
            timeout=float(kept.get("timeout", 60)),
            ca=kept.get("ca"),
            name=kept.get("name"),
            private=private_hosts(kept),
        )


class _Plain(smtplib.SMTP):
    """A conversation with the address that was checked, not with whatever the host names the next time."""

    def __init__(self, route: Route) -> None:
        self._route = route
        super().__init__(route.host, route.port, local_hostname=route.name, timeout=route.timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return connect(host, port, timeout, private=self._route.private)


class _Tls(smtplib.SMTP_SSL):
    """The same, encrypted from its first word."""

    def __init__(self, route: Route, context: ssl.SSLContext) -> None:
        self._route = route
        super().__init__(route.host, route.port, local_hostname=route.name, timeout=route.timeout, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = connect(host, port, timeout, private=self._route.private)
        return secured(plain, self.context, self._route.host)


class Wire:
    """One connection. `carry` may be called again and again; it opens what is closed."""

    def __init__(self, route: Route) -> None:
        self.route = route
        self.smtp: smtplib.SMTP | None = None
        self.pipelining = False
        self.offered: Letter | None = None  # its envelope is on the way already
        self.unfinished = False  # the server still has half an envelope: begin with RSET
        self.is_down = False  # the server did not let us in at the last try

    def open(self) -> None:
        """Connect, encrypt, sign in; ChannelDown when that is not possible now."""
        if self.smtp is not None:
            return
        self.is_down = True
        where = f"{self.route.host}:{self.route.port}"
        try:
            self.smtp = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            told = gettext("{where} does not take user and password: {why}").format(where=where, why=_words(error))
            raise ChannelDown(told) from None
        except smtplib.SMTPNotSupportedError as error:
            told = gettext("{where} cannot do what the sender asks for: {why}").format(where=where, why=error)
            raise ChannelDown(told) from None
        except ssl.SSLError as error:
            told = gettext("{where} cannot be trusted: {why}").format(where=where, why=_untrusted(error))
            raise ChannelDown(told) from None
        except (smtplib.SMTPException, OSError) as error:
            told = gettext("{where} cannot be reached: {why}").format(where=where, why=_words(error))
            raise ChannelDown(told) from None
        self.pipelining = self.smtp.has_extn("pipelining")
        self.offered, self.unfinished, self.is_down = None, False, False

    def _connect(self) -> smtplib.SMTP:
        route = self.route
        smtp: smtplib.SMTP = _Tls(route, _trusting(route)) if route.tls == "tls" else _Plain(route)
        try:
            smtp.ehlo()
            if route.tls == "starttls" or (route.tls == "auto" and smtp.has_extn("starttls")):
                smtp.starttls(context=_trusting(route))
                smtp.ehlo()
            if route.user:
                smtp.login(route.user, route.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def close(self) -> None:
        """Say goodbye, unless the server waits for a text: to it a goodbye would be one; never raises."""
        if self.smtp is not None and self.offered is None:
            try:
                self.smtp.quit()
            except (smtplib.SMTPException, OSError):
                pass
        self._drop()

    def _drop(self) -> None:
        if self.smtp is not None:
            self.smtp.close()
        self.smtp = self.offered = None

    def carry(self, letters: Iterator[Letter]) -> Iterator[tuple[Letter, Result]]:
        """Hand letters over. Ends early when the way is closed; what was pulled is answered for by then."""
        letter = next(letters, None)
        while letter is not None:
            try:
                letter.prepare()
                self._offer(letter)
            except DeliveryFault as fault:
                if self.offered is letter:
                    self._drop()  # the server waits for a text that it must not get
                yield letter, fault.result
                if isinstance(fault, ChannelDown):
                    self.close()
                    return
                letter = next(letters, None)
                continue
            result, fault_ahead = self._hand(letter), None
            try:
                following = next(letters, None)
            except Exception as error:
                following, fault_ahead = None, error  # first hear what the server says of this one
            yield letter, result or self._said_of(letter, following)
            if fault_ahead is not None:
                raise fault_ahead
            letter = following

    def _offer(self, letter: Letter) -> None:
        """The envelope, until the server waits for the text. A connection lost here costs nothing: once more."""
        for last in (False, True):
            try:
                self.open()
                answers = self._envelope_answers(letter)
                self.offered = None
                return self._judge(answers)
            except (smtplib.SMTPServerDisconnected, OSError) as lost:
                self._drop()
                if last:
                    raise ChannelDown(gettext("the connection was lost: {why}").format(why=_words(lost))) from None
            except ChannelDown:  # 421: some servers hang up politely after so many messages
                self._drop()
                if last:
                    raise
        return None

    def _envelope_answers(self, letter: Letter) -> list[Answer]:
        """What the server says to MAIL, RCPT and DATA, up to the first refusal where it is asked step by step."""
        commands = letter.commands
        if self.offered is letter:
            return [self._read() for _ in commands]
        if self.unfinished:
            self._write(b"RSET\r\n")
            self._read()
            self.unfinished = False
        if self.pipelining:
            self._write(b"".join(commands))
            return [self._read() for _ in commands]
        answers: list[Answer] = []
        for command in commands:
            self._write(command)
            answers.append(self._read())
            if not answers[-1].is_good:
                break
        return answers

    def _judge(self, answers: list[Answer]) -> None:
        """The fault of the first thing that the server did not take, if any."""
        for step, answer in zip(STEPS, answers, strict=False):
            if not answer.is_good:
                if len(answers) == len(STEPS) and answers[-1].code == 354:
                    self._write(END)  # it waits for a text all the same (RFC 2920 §3.1): an empty one, which it refuses
                    self._read()
                self.unfinished = True
                raise fault_of(answer, step)

    def _hand(self, letter: Letter) -> Result | None:
        """The text. None: it has left, and what the server says of it is to come."""
        if against := letter.parcel.against(now()):
            self._drop()  # the server waits for a text that it must not get
            return Busy(against)
        try:
            self._write(letter.text)
        except (smtplib.SMTPServerDisconnected, OSError) as lost:
            self._drop()
            return Busy(f"the connection was lost within the text: {_words(lost)}")
        return None

    def _said_of(self, letter: Letter, following: Letter | None) -> Result:
        """The next envelope, and what the server says to the text before it."""
        has_hung_up = False
        if following is not None and self.pipelining:
            try:
                self._write(b"".join(following.commands))
                self.offered = following
            except (smtplib.SMTPServerDisconnected, OSError):
                has_hung_up = True  # but may have answered before
        if following is not None:
            with suppress(DeliveryFault):  # which is told when its turn comes
                following.prepare()  # while the server reads
        try:
            answer = self._read()
            if has_hung_up:
                self._drop()
        except (smtplib.SMTPServerDisconnected, OSError) as lost:
            self._drop()
            return AnswerLost(f"the connection was lost after the text: {_words(lost)}")
        if 200 <= answer.code < 300:
            return Accepted(answer=str(answer))
        fault = fault_of(answer, "text")
        if isinstance(fault, ChannelDown):
            self._drop()
        return fault.result

    def _write(self, data: bytes) -> None:
        """Everything; raises OSError when not all of it has left."""
        if self.smtp is None or self.smtp.sock is None:
            raise smtplib.SMTPServerDisconnected("closed")
        self.smtp.sock.sendall(data)

    def _read(self) -> Answer:
        """One answer; read here, as the library takes three times as long."""
        if self.smtp is None or self.smtp.file is None:
            raise smtplib.SMTPServerDisconnected("closed")
        said: list[bytes] = []
        while not said or (said[-1][3:4] == b"-" and len(said) < MOST_LINES):
            said.append(self.smtp.file.readline(LONGEST_LINE))
            if not said[-1]:
                raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        answer = _answer_in(said[0] if len(said) == 1 else b"".join([said[0][:4], *(line[4:] for line in said)]))
        if not 200 <= answer.code < 600 or not said[-1].endswith(b"\n") or said[-1][3:4] == b"-":
            raise smtplib.SMTPServerDisconnected("what came is no answer of a mail server")
        return answer


@lru_cache(maxsize=256)  # to most commands a server answers with the same words for ever
def _answer_in(line: bytes) -> Answer:
    code = int(line[:3]) if line[:3].isdigit() else 0
    return Answer(code, " ".join(line[4:].decode("utf-8", "replace").split()))


def _trusting(route: Route) -> ssl.SSLContext:
    """Whose certificates are believed. Reading them takes longer than a hundred mails: only who encrypts does."""
    context = ssl.create_default_context(cafile=route.ca)
    if route.tls == "auto":  # no password travels here: better read by a stranger's certificate than by everybody
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return impatient(context)


def _untrusted(error: ssl.SSLError) -> str:
    """What is wrong with a certificate, or with the handshake."""
    return error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else str(error.reason or error)


def _words(error: Exception) -> str:
    """What went wrong, in one line."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).splitlines()[0]
