"""Turns messages into what the layouts draw: cards and letters, as plain data."""

import io
import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

import segno

from relance.dealers.models import Dealer
from relance.delivery.channels.markup import LONG_WORD, breakable, first_link, softened, tree_of
from relance.delivery.channels.paper.room import surely_fits
from relance.delivery.channels.paper.words import page_words
from relance.lib.language import Speech, currency_of
from relance.outbox.models import Message
from relance.plan.render import shielded

ROOM = {  # of a text: width and height in inches
    "postcard": {"width": 5.36, "height": 2.54},
    "letter": {"width": 6.2, "height": 5.2},
}
SIZES = {"postcard": (14.0, 12.5, 11.5), "letter": (11.0,)}  # of the type, in points: the largest that has room
ADDRESS_LINES = 5  # of the usual size have room in a window; more, and longer ones, are set smaller
ADDRESS_LETTERS = {"postcard": 34, "letter": 42}  # in a line of an address
ADDRESS_ROOM = {  # of all its lines, in inches: beside the edge of a card, in the window of an envelope
    "postcard": {"width": 2.85, "height": 1.3},
    "letter": {"width": 3.6, "height": 1.0},
}
BESIDE_A_CODE = {"postcard": {"width": 4.14}, "letter": {"height": 3.9}}
# Blanks at which no line ends: in a number, before its unit or month, between day and year, before a French sign.
TOGETHER = re.compile(
    r"(?<=\d) (?=\d{3}(?!\d)|(?:km|mi)\b|[$€])|(?<=\d{3}\)) (?=\d)|(?<=\w \d) (?=[^\W\d_])|(?<=\w \d\d) (?=[^\W\d_])"
    r"|(?<=\w \d[.,]) (?=\w)|(?<=\w \d\d[.,]) (?=\w)|(?<=\S) (?=[:;?!»])|(?<=«) "
)
LONGEST_LINK = 600  # of a QR code that a telephone still reads from an inch of paper


def items_of(
    dealer: Dealer, messages: Sequence[Message], look: dict[str, Any], *, at: datetime
) -> list[dict[str, Any]]:
    """One per message, numbered from 0."""
    return [item_of(dealer, message, look, number=number, at=at) for number, message in enumerate(messages)]


def item_of(dealer: Dealer, message: Message, look: dict[str, Any], *, number: int = 0, at: datetime) -> dict[str, Any]:
    """What stands on one card or letter."""
    text = tree_of(bound(shielded(message.body or "", message.spans)))
    link = first_link(text)
    language = message.language or dealer.language
    has_code = link is not None and len(link) <= LONGEST_LINK
    channel, address = message.channel or "", (message.address or "").splitlines()
    room = ROOM[channel] | (BESIDE_A_CODE[channel] if has_code else {})
    fitting = (size for size in SIZES[channel] if surely_fits(text, message.subject_line, size=size, **room))
    return {
        "n": number,
        "title": message.subject_line or None,
        "text": softened(text) if LONG_WORD.search(message.body or "") else text,
        "size": next(fitting, None),
        "address": address,
        "tight": len(address) > ADDRESS_LINES or any(len(line) > ADDRESS_LETTERS[channel] for line in address),
        "room": ADDRESS_ROOM[channel],
        "qr": qr_of(link) if link and has_code else None,
        "link": link,
        "shown": breakable(link) if link else None,  # in words beside its code
        "stop": look["stops"].get(language) or None if message.purpose == "marketing" else None,
        "page": page_words(language),
        "date": _speech(language, dealer).day(at),
    }


def bound(text: str) -> str:
    """The same text; a date, an amount or a telephone number is not torn at the end of a line."""
    return TOGETHER.sub("\N{NO-BREAK SPACE}", text)


@lru_cache(maxsize=2_000)
def qr_of(link: str) -> str:
    """The link as an SVG drawing."""
    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(
        drawn, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None
    )
    return drawn.getvalue().decode()


def _speech(language: str, dealer: Dealer) -> Speech:
    return Speech(language, dealer.country, dealer.zone, dealer.preferences.currency or currency_of(dealer.country))
