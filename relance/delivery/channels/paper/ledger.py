"""Turns messages and their file into rows, before the file gets its name: each message is in one print file, for ever.

What makes paper safe (docs/decisions/0090): the file is whole under another name → the rows are committed, if every
message is still ours → the file gets its name. A file that lost its name in between is made again from its rows, byte
for byte; a message without a row was not printed, whatever became of the worker.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from relance.dealers.models import Dealer
from relance.delivery.models import PrintedMessage, PrintFile
from relance.lib.rows import pour
from relance.outbox.models import Message
from relance.plan.models import Run


class NotOurs(Exception):
    """Another worker has one of the messages, or printed it: nothing of this file may be used."""


@dataclass(frozen=True)
class Sheets:
    """A file that is made and not yet kept: its bytes' checksum, and the pages of each message in order."""

    sha256: str
    pages: Sequence[tuple[int, int]]
    total: int


@dataclass(frozen=True)
class Printing:
    """What a print file is made for: a dealer's automation, with this look, at this moment."""

    dealer: Dealer
    code: str
    look: dict[str, Any]
    at: datetime


@transaction.atomic
def keep(printing: Printing, messages: Sequence[Message], sheets: Sheets) -> PrintFile:
    """The rows of a file; NotOurs when a message is no longer in our hands."""
    dealer, first, channel = printing.dealer, messages[0], messages[0].channel or ""
    keys = [message.pk for message in messages]
    Run.objects.of(dealer).select_for_update().get(pk=first.run_id)  # the files of a run are numbered one by one
    if not _are_ours(dealer, keys, first.owner):
        raise NotOurs
    files = PrintFile.objects.of(dealer).filter(run_id=first.run_id, channel=channel)
    number = (files.aggregate(last=Max("number"))["last"] or 0) + 1
    day = printing.at.astimezone(dealer.zone)
    try:
        with transaction.atomic():
            row = PrintFile.objects.create(
                dealer=dealer,
                run_id=first.run_id,
                channel=channel,
                number=number,
                path=f"{dealer.slug}/{day:%Y-%m-%d}/{printing.code}-{channel}-{first.run_id}-{number}.pdf",
                look=printing.look,
                made_at=printing.at,
                people=len(keys),
                pages=sheets.total,
                sha256=sheets.sha256,
            )
            lines = [
                {
                    "dealer": dealer.pk,
                    "print_file": row.pk,
                    "message": pk,
                    "place": place,
                    "first_page": one,
                    "last_page": last,
                }
                for place, (pk, (one, last)) in enumerate(zip(keys, sheets.pages, strict=True))
            ]
            pour(PrintedMessage, lines)
    except IntegrityError:
        raise NotOurs from None
    return row


@transaction.atomic
def forget(row: PrintFile, owner: str) -> bool:
    """The file could not get its name and nobody has seen it: as if it had never been made.

    False when a message is no longer in the hands of its maker: whoever asks the rows after him makes the file by them.
    """
    keys = list(PrintedMessage.objects.of(row.dealer).filter(print_file=row).values_list("message", flat=True))
    if not _are_ours(row.dealer, keys, owner):
        return False
    PrintFile.objects.of(row.dealer).filter(pk=row.pk).delete()
    return True


def _are_ours(dealer: Dealer, keys: Sequence[int], owner: str) -> bool:
    """Whether all messages are still in this worker's hands; they stay so up to the commit."""
    mine = Message.objects.of(dealer).filter(pk__in=keys, state="sending", owner=owner)
    return len(mine.select_for_update().values_list("pk", flat=True)) == len(keys)


def printed_in(dealer: Dealer, messages: Iterable[Message]) -> dict[int, PrintFile]:
    """The file of each message that is on paper, by the message's primary key. The others are on none."""
    rows = PrintedMessage.objects.of(dealer).filter(message_id__in=[m.pk for m in messages])
    return {row.message_id: row.print_file for row in rows.select_related("print_file")}


def messages_of(row: PrintFile) -> list[Message]:
    """The messages of a file, in its order."""
    rows = PrintedMessage.objects.of(row.dealer).filter(print_file=row).order_by("place")
    return [found.message for found in rows.select_related("message")]


def full_path(row: PrintFile) -> Path:
    """Where the file lies."""
    return Path(settings.HOME) / "sent" / row.path
