"""Turns parcels whose answer was lost into what Twilio's log of messages says of them.

Twilio keeps no reference of ours, so a message is known by its recipient, its text and its time. What another message
of ours has already as its provider's reference is not taken for this one. Something in the log that fits but for its
text (Twilio may change signs in it) makes the answer "cannot tell", never "never had it".
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

from relance.delivery.channel import Accepted, Busy, Parcel, Refused, Result
from relance.delivery.channels.sms.codes import code_of
from relance.lib.http import HttpFault, Line
from relance.outbox.models import Message

PAGE, PAGES = 200, 10  # messages of a page, and pages read of one recipient's log
BEFORE = timedelta(minutes=5)  # clocks differ
GIVEN_UP = ("failed", "undelivered", "canceled")


@dataclass(frozen=True)
class Logged:
    """One message of the log."""

    sid: str
    text: str
    status: str
    code: object
    created_at: datetime


def look_up(line: Line, target: str, parcels: Iterable[Parcel]) -> Iterator[tuple[Parcel, Result | None]]:
    """See the contract of channels."""
    taken: set[str] = set()
    for parcel in parcels:
        try:
            found = list(_logged(line, target, parcel.message.address or "", parcel.at - BEFORE))
        except (HttpFault, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            yield parcel, None  # not heard, or not as Twilio speaks
            continue
        yield parcel, _judged(parcel, found, taken)


def _judged(parcel: Parcel, found: list[Logged], taken: set[str]) -> Result | None:
    others = Message.objects.of(parcel.dealer).filter(provider_ref__in=[m.sid for m in found])
    known = taken | set(others.exclude(pk=parcel.message.pk).values_list("provider_ref", flat=True))
    free = [logged for logged in found if logged.sid not in known]
    text = "\n\n".join(parcel.texts)
    ours = next((logged for logged in reversed(free) if logged.text == text), None)
    if ours is None:
        return None if free else Busy("Twilio has no such message in its log")
    taken.add(ours.sid)
    if ours.status in GIVEN_UP:
        code = code_of(ours.code)
        reason = code.meaning.suppress if code else None
        said = f"{ours.status}: {code.says if code else ours.code}"
        return Refused(said, suppress_address=reason is not None, because=reason or "")
    return Accepted(ours.sid[:200], f"{ours.status} (asked afterwards)")


def _logged(line: Line, target: str, number: str, since: datetime) -> Iterator[Logged]:
    """What was sent to a number since a moment. A day is no help: what is queued has no day of sending yet."""
    page: str | None = f"{target}?{urlencode({'To': number, 'PageSize': PAGE})}"
    for _ in range(PAGES):
        if page is None:
            return
        reply = line.ask("GET", page)
        if reply.status != 200:
            raise ValueError(reply.status)
        content = json.loads(reply.body)
        read = [_read(row) for row in content["messages"] if str(row["direction"]).startswith("outbound")]
        yield from (logged for logged in read if logged.created_at >= since)
        page = content.get("next_page_uri")
        if page is not None and not str(page).startswith("/"):
            raise ValueError(page)
        if read and all(logged.created_at < since for logged in read):
            return
    if page is not None:
        raise ValueError("the log is longer than what we read")


def _read(row: dict[str, Any]) -> Logged:
    created = parsedate_to_datetime(str(row["date_created"]))
    return Logged(str(row["sid"]), str(row["body"]), str(row["status"]), row.get("error_code"), created)
