"""Turns the mailbox in which bounces and complaints arrive into receipts: every mail is looked at once."""

import logging
import socket
import ssl
from collections.abc import Iterable, Iterator
from datetime import datetime
from imaplib import IMAP4
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext
from imap_tools import AND, BaseMailBox
from imap_tools.errors import ImapToolsError

from relance.dealers.models import Dealer
from relance.delivery.models import Sender
from relance.delivery.receipts.bounce_mail import news_of
from relance.delivery.receipts.take_in import take_in
from relance.delivery.receipts.unheard import MAILBOX, heard, unheard
from relance.delivery.senders import opened
from relance.delivery.senders.hosts import private_hosts
from relance.lib.addresses.network import connect, secured
from relance.lib.errors import BadInput

log = logging.getLogger(__name__)
PROVIDER = "mail"  # of a receipt that came by mail
LOOKED_AT = "relance"  # the flag of a mail that we have read; what is none of ours stays unread for its reader
MOST = 500  # mails of one look
TIMEOUT = 30.0
PORTS = {"imaps": 993, "imap": 143}


def take_in_mail(dealer: Dealer, content: bytes, *, at: datetime) -> int:
    """A mail that came back or a complaint; how much of it was news."""
    return take_in(dealer, PROVIDER, news_of(content, at), channel="email", at=at)


def look_into_mailboxes(at: datetime) -> None:
    """Every dealer's mailbox for bounces, one after the other; one that cannot be opened is logged and comes again."""
    rows = Sender.objects.across_dealers("every dealer's bounces come back alike").filter(channel="email")
    for row in rows.select_related("dealer"):
        url = opened(row).secrets.get("bounces")
        if not url:
            continue
        try:
            news = look_into(row.dealer, url, at=at, private=private_hosts(row.settings))
        except (OSError, IMAP4.error, ImapToolsError, BadInput) as error:
            why = (str(error) or type(error).__name__).splitlines()[0]
            log.warning("%s: the mailbox for bounces cannot be read: %s", row.dealer.slug, why)
            unheard(row.dealer, row.channel, MAILBOX, says=why, at=at)
        else:
            heard(row.dealer, MAILBOX, row.channel)
            if news:
                log.info("%s: %s mails came back or were complained about", row.dealer.slug, news)


def look_into(dealer: Dealer, url: str, *, at: datetime, private: Iterable[str] | None = None) -> int:
    """Read what is new in the mailbox `imaps://user:password@host:port/FOLDER`; how much was news."""
    found = 0
    with _opened(url, private) as box:
        for uid, content in _new(box):
            news = take_in_mail(dealer, content, at=at)
            # A flag only when the database has it: a crash in between reads the mail twice, and it is news once.
            # (Not the library's own way, which also deletes for good what somebody has marked as deleted.)
            box.client.uid("STORE", uid, "+FLAGS", f"({LOOKED_AT} \\Seen)" if news else f"({LOOKED_AT})")
            found += news
    return found


def _new(box: BaseMailBox) -> Iterator[tuple[str, bytes]]:
    for mail in box.fetch(AND(no_keyword=LOOKED_AT), mark_seen=False, limit=MOST):
        if mail.uid:
            yield mail.uid, mail.obj.as_bytes()


class _Session(IMAP4):
    """A conversation with the address that was checked, not with whatever the host names the next time."""

    def __init__(self, host: str, port: int, private: Iterable[str] | None) -> None:
        self._private = private
        super().__init__(host, port, TIMEOUT)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return connect(self.host, self.port, timeout, private=self._private)


class _Secure(_Session):
    """The same, encrypted from its first word."""

    def _create_socket(self, timeout: float | None) -> socket.socket:
        return secured(super()._create_socket(timeout), ssl.create_default_context(), self.host)


class _Plain(BaseMailBox):
    """A mailbox behind such a conversation."""

    session: ClassVar[type[_Session]] = _Session

    def __init__(self, host: str, port: int, private: Iterable[str] | None) -> None:
        self._where = (host, port, private)
        super().__init__()

    def _get_mailbox_client(self) -> IMAP4:
        return self.session(*self._where)


class _Encrypted(_Plain):
    session = _Secure


def _opened(url: str, private: Iterable[str] | None) -> BaseMailBox:
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname or not parts.username:
        raise BadInput(gettext("the secret 'bounces': write imaps://user:password@host/FOLDER"))
    port = parts.port or PORTS[parts.scheme]
    box = (_Encrypted if parts.scheme == "imaps" else _Plain)(parts.hostname, port, private)
    folder = unquote(parts.path.strip("/")) or "INBOX"
    try:
        return box.login(unquote(parts.username), unquote(parts.password or ""), initial_folder=folder)
    except BaseException:
        box.client.shutdown()  # nobody is signed in: there is nothing to sign out of
        raise
