"""Turns a mail that came back (RFC 3464) or a complaint (ARF, RFC 5965) into news of the message that it speaks of.

The message is known by its Message-ID, which is our key, in the headers that were sent back. Anybody can write such a
mail: one that does not name a message of ours changes nothing, and an address alone is never believed.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage, Message
from email.parser import BytesParser, Parser
from email.policy import compat32, default
from uuid import UUID

from relance.delivery.channels.email.answers import DEAD
from relance.delivery.receipts.kinds import News

LARGEST = 5_000_000  # bytes: a mail that came back with its pictures
ACTIONS = {"failed": "failed", "delayed": "delayed", "delivered": "delivered", "relayed": "delivered"}
FULL = frozenset({"5.2.2", "5.2.3"})  # a full mailbox: refused for good by its server, and empty next week


def news_of(content: bytes, at: datetime) -> list[News]:
    """What a mail says of a message of ours; nothing when it is no report."""
    try:
        mail = BytesParser(policy=default).parsebytes(content[:LARGEST])
        assert isinstance(mail, EmailMessage)
        kind = str(mail.get_param("report-type", "")).lower() if mail.get_content_type() == "multipart/report" else ""
        read = {"delivery-status": _statuses, "feedback-report": _complaints}.get(kind)
        key = _key(mail) if read else None
        own = str(mail.get("Message-ID") or hashlib.blake2b(content, digest_size=16).hexdigest())
        return list(read(mail, key, own, at)) if read and key else []
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return []  # a mail that Python's own package stumbles over


def _statuses(mail: EmailMessage, key: UUID, own: str, at: datetime) -> Iterator[News]:
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for block in part.get_payload():  # the first is about the mail, each other one about a recipient
            kind = ACTIONS.get(str(block.get("Action", "")).strip().lower())  # type: ignore[union-attr]
            if kind is not None:
                yield _status(block, kind, key, own, at)  # type: ignore[arg-type]


def _status(block: Message, kind: str, key: UUID, own: str, at: datetime) -> News:
    status = (str(block.get("Status", "")).split() or [""])[0]
    recipient = str(block.get("Final-Recipient", "")).partition(";")[2].strip()
    is_soft = kind == "failed" and (status.startswith("4.") or status in FULL)
    said = " ".join(f"{status} {str(block.get('Diagnostic-Code', '')).partition(';')[2]}".split())
    return News(
        kind="soft" if is_soft else kind,
        ref=_ref(own, kind, recipient),
        at=at,
        key=key,
        suppress="hard_bounce" if kind == "failed" and status in DEAD else "",
        said=said[:500],
    )


def _complaints(mail: EmailMessage, key: UUID, own: str, at: datetime) -> Iterator[News]:
    for part in mail.walk():
        if part.get_content_type() != "message/feedback-report":
            continue
        report = part.get_payload()
        block = report[0] if isinstance(report, list) and report else Parser(policy=compat32).parsestr(str(report))
        kind = str(block.get("Feedback-Type", "")).strip().lower()  # type: ignore[union-attr]
        if kind in ("abuse", "fraud", "opt-out", "opt-out-list"):
            agent = str(block.get("User-Agent", ""))[:100]  # type: ignore[union-attr]
            suppress = "complaint" if kind in ("abuse", "fraud") else ""
            what = "complained" if suppress else "unsubscribed"
            yield News(what, _ref(own, kind, ""), at, key, suppress=suppress, said=f"{kind} {agent}".strip())


def _key(mail: EmailMessage) -> UUID | None:
    """Our key out of the headers of the message that came back."""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            returned = inner[0] if isinstance(inner, list) and inner else None
        elif kind in ("text/rfc822-headers", "message/rfc822-headers"):
            text = part.get_payload(decode=True)
            returned = (
                BytesParser(policy=compat32).parsebytes(text, headersonly=True) if isinstance(text, bytes) else None
            )
        else:
            continue
        try:
            told = str(returned.get("Message-ID", "")) if returned is not None else ""  # type: ignore[union-attr]
            return UUID(told.strip().strip("<>").partition("@")[0])
        except ValueError:
            continue
    return None


def _ref(*parts: str) -> str:
    return hashlib.blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=24).hexdigest()
