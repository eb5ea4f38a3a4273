"""A real mail server on the loopback interface, with the faults that a test asks for."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SECRET = LoginPassword(b"north", b"right")


@dataclass
class Mailbox:
    """What the server took in, and how it behaves: `at_rcpt` and `at_data` by recipient; True hangs up."""

    at_rcpt: dict[str, str] = field(default_factory=dict)
    at_data: dict[str, str] = field(default_factory=dict)
    hang_up_after_data: set[str] = field(default_factory=set)
    hang_up_at_rcpt: list[str] = field(default_factory=list)
    wait: float = 0
    pipelining: bool = True
    taken: list[Envelope] = field(default_factory=list)
    sessions: set[int] = field(default_factory=set)
    port: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        session.host_name = name
        # aiosmtpd reads line by line, so that it can pipeline; it only does not say so.
        return [*answers[:-1], "250-PIPELINING", answers[-1]] if self.pipelining else answers

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, _: Any) -> str:
        if address in self.hang_up_at_rcpt:
            self.hang_up_at_rcpt.remove(address)
            hang_up(server)
            return "250 gone"
        if address in self.at_rcpt:
            return self.at_rcpt[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.wait)
        (recipient,) = envelope.rcpt_tos
        if recipient in self.at_data:
            return self.at_data[recipient]
        self.taken.append(envelope)
        self.sessions.add(id(session))
        if recipient in self.hang_up_after_data:
            hang_up(server)
        return "250 2.0.0 taken"

    @property
    def mails(self) -> list[EmailMessage]:
        """What was taken in, parsed by Python's own package."""
        return [message_from_bytes(e.original_content or b"", policy=default) for e in self.taken]

    @property
    def recipients(self) -> list[str]:
        return [recipient for envelope in self.taken for recipient in envelope.rcpt_tos]


class Ending(Controller):
    """A server that ends its conversations with itself: whoever hangs on holds no socket open behind it."""

    def __init__(self, *parts: Any, **options: Any) -> None:
        super().__init__(*parts, **options)
        self.talking: list[SMTP] = []

    def factory(self) -> SMTP:
        """One more conversation."""
        made = super().factory()
        self.talking.append(made)
        return made

    def stop(self, no_assert: bool = False) -> None:
        """Hang up first."""
        asyncio.run_coroutine_threadsafe(self._hang_up(), self.loop).result()
        super().stop(no_assert)

    async def _hang_up(self) -> None:
        for one in self.talking:
            if isinstance(one.transport, asyncio.Transport):
                with suppress(AttributeError):  # asyncio's own, of one over TLS that has ended already
                    one.transport.abort()
        for _ in range(3):  # what was hung up is closed by the loop's next steps
            await asyncio.sleep(0)


@contextmanager
def mail_server(box: Mailbox, **options: Any) -> Iterator[Mailbox]:
    """The server, on a port of its own, while the block lasts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        box.port = free.getsockname()[1]
    server = Ending(box, hostname="127.0.0.1", port=box.port, **options)
    server.start()
    try:
        yield box
    finally:
        server.stop()


def hang_up(server: SMTP) -> None:
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


def password_check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=data == SECRET, handled=False)


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate of our own making for 127.0.0.1, and the file that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, both = folder / "certificate.pem", folder / "both.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both.write_bytes(private + public.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    return context, public
