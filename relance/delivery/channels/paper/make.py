"""Turns the messages of one run into a print file: pressed, counted, with its manifest; and makes an old one again."""

import hashlib
import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from relance.delivery.channels.file.folder import write_whole
from relance.delivery.channels.paper import press
from relance.delivery.channels.paper.items import items_of
from relance.delivery.channels.paper.ledger import Printing, Sheets, full_path, messages_of
from relance.delivery.channels.paper.look import opened
from relance.delivery.models import PrintedMessage, PrintFile
from relance.outbox.models import Message

log = logging.getLogger(__name__)
PAGE = re.compile(rb"/Type\s*/Page\b")


@dataclass(frozen=True)
class Pressed:
    """A file's bytes, and what is to be said of them."""

    content: bytes
    sheets: Sheets


def pressed(printing: Printing, messages: Sequence[Message]) -> Pressed:
    """The file of these messages. press.NoRoom or press.Unprintable when one of them is at fault."""
    channel, look = messages[0].channel or "", printing.look
    items = items_of(printing.dealer, messages, look, at=printing.at)
    content = press.pdf_of(channel, opened(look), items)
    total = len(PAGE.findall(content)) or 1
    pages = CARDS_AND_LETTERS[channel](look, items, total)
    if pages is None:  # a letter that looked short was not: count them all
        items = [{**item, "size": None} for item in items]
        content = press.pdf_of(channel, opened(look), items)
        total = len(PAGE.findall(content))
        pages = _letter_pages(look, items, total) or []
    return Pressed(content, Sheets(hashlib.sha256(content).hexdigest(), pages, total))


def _card_pages(look: dict[str, Any], items: list[dict[str, Any]], total: int) -> list[tuple[int, int]] | None:
    """Text sides on odd pages, the address sides behind them."""
    up = look["sheet"]["columns"] * look["sheet"]["rows"]
    return [(n // up * 2 + 1, n // up * 2 + 2) for n in range(len(items))]


def _letter_pages(look: dict[str, Any], items: list[dict[str, Any]], total: int) -> list[tuple[int, int]] | None:
    """Where each letter begins and ends; None when the pages do not add up."""
    ends = dict(press.ends_of_long_ones()) if any(item["size"] is None for item in items) else {}
    pages, begin = [], 1
    for item in items:
        last = ends.get(item["n"], begin)
        pages.append((begin, last))
        begin = last + 1
    return pages if begin == total + 1 else None


CARDS_AND_LETTERS = {"postcard": _card_pages, "letter": _letter_pages}


def manifest_of(row: PrintFile) -> bytes:
    """What is in a file: each message's key, the person's name, the pages; and the file's checksum."""
    lines = PrintedMessage.objects.of(row.dealer).filter(print_file=row).order_by("place")
    said = {
        "file": Path(row.path).name,
        "sha256": row.sha256,
        "dealer": row.dealer.slug,
        "channel": row.channel,
        "run": row.run_id,
        "made_at": row.made_at.astimezone(row.dealer.zone).isoformat(),
        "people": row.people,
        "pages": row.pages,
        "messages": [
            {
                "key": str(line.message.key),
                "name": (line.message.address or "").split("\n")[0],
                "pages": list(range(line.first_page, line.last_page + 1)),
            }
            for line in lines.select_related("message")
        ],
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def put(row: PrintFile, content: bytes) -> None:
    """Give file and manifest their names, whole or not at all. Safe to repeat."""
    path = full_path(row)
    write_whole(path.with_suffix(".json"), manifest_of(row))
    write_whole(path, content)


def made_again(row: PrintFile) -> bytes:
    """The file from its rows; the same bytes as the first time, unless the press itself is another."""
    printing = Printing(row.dealer, "", row.look, row.made_at)
    content = pressed(printing, messages_of(row)).content
    if hashlib.sha256(content).hexdigest() != row.sha256:
        log.warning("print file %s: made again it differs from the first one (another version of the press?)", row.path)
    return content


def content_of(row: PrintFile) -> bytes:
    """The file as it lies there; made again when it is missing."""
    path = full_path(row)
    if not path.is_file():
        put(row, made_again(row))
    return path.read_bytes()
