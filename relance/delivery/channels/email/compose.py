"""Turns a parcel into the bytes of an e-mail: plain text and HTML, who writes, how to stop.

Python's email package builds some 800 such messages a second. All but the text and the link is the same for one dealer,
language, purpose and kind of recipient: it is prepared once, encoded, and only what varies is filled in.
"""

import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from html import escape
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import css_inline

from relance.dealers.models import Dealer
from relance.dealers.preferences import Preferences
from relance.delivery.channel import Parcel
from relance.delivery.channels.brand import logo_url, on_colour
from relance.delivery.channels.email.body import both_of
from relance.delivery.channels.email.headers import address_line, header_text, mailbox
from relance.delivery.channels.email.staff_list import list_html, list_text
from relance.delivery.links import unsubscribe_url
from relance.plan.saying.legal_lines import foot_text, mail_foot

FRAME = (Path(__file__).parent / "frame.html").read_text(encoding="utf-8")
NOBODY = "no-reply@localhost.localdomain"  # stands in files, when a dealer has given no address yet
STOP = "@@STOP@@"
LOOKED_AT_AGAIN = 60.0  # seconds after which the logo is looked for anew: it is a file that somebody may put there
_prepared: dict[tuple[object, ...], "Prepared"] = {}


class Kind(NamedTuple):
    """What e-mails of one dealer differ in beside their texts."""

    language: str
    purpose: str
    to_customer: bool


@dataclass(frozen=True)
class Prepared:
    """What the e-mails of one dealer, language, purpose and kind of recipient have in common, encoded."""

    preferences: Preferences  # those it was made from: others make it anew
    made: float  # by the machine's own clock
    head: str
    domain: str
    text_foot: tuple[bytes, bytes]  # before and after the link
    html_head: bytes
    html_foot: tuple[bytes, bytes]


def compose(parcel: Parcel, from_address: str | None = None) -> bytes:
    """The e-mail with CRLF line ends; the same parcel gives the same bytes. ProviderRefused for an unusable address."""
    prepared = _prepared_for(parcel, from_address)
    message = parcel.message
    stop = unsubscribe_url(message) if parcel.to_customer else ""
    boundary = f"=_{parcel.key.hex}"
    lines = [
        f"To: {address_line(message.address)}",
        f"Subject: {header_text(message.subject_line or parcel.dealer.name)}",
        f"Date: {_date(parcel.at)}",
        f"Message-ID: <{parcel.key}@{prepared.domain}>",
    ]
    if stop:
        lines.append(f"List-Unsubscribe: <{stop}>")  # no mailto: nobody but a person reads that mailbox (decision 207)
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    head = f'{prepared.head}{_lines(lines)}Content-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'
    link = f"{stop}\n"
    html_link = f'<a href="{stop}" style="color: #566173;">'
    text, html = _bodies(parcel)
    return b"".join(
        [
            head.encode("ascii"),
            _part(boundary, "plain"),
            _quoted(text.strip() + "\n"),
            prepared.text_foot[0],
            _quoted(link) if stop else b"",
            prepared.text_foot[1],
            _part(boundary, "html"),
            prepared.html_head,
            _quoted(html + "\n"),
            prepared.html_foot[0],
            _quoted(html_link + "\n") if stop else b"",
            prepared.html_foot[1],
            f"\r\n--{boundary}--\r\n".encode(),
        ]
    )


def _bodies(parcel: Parcel) -> tuple[str, str]:
    """What is said, plain and as HTML; the staff read a list."""
    if not parcel.to_customer:
        return list_text(parcel), list_html(parcel)
    parts = [both_of(part, parcel.message.language) for part in parcel.markdown]
    return "\n\n".join(text for text, _ in parts), "\n".join(html for _, html in parts)


def _lines(lines: list[str]) -> str:
    return "\r\n".join(lines) + "\r\n"


def _part(boundary: str, kind: str) -> bytes:
    return (
        f"\r\n--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode()


def _quoted(text: str) -> bytes:
    """Quoted-printable; a text that ends with a line end can be followed by another."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace")
    return binascii.b2a_qp(plain, istext=True).replace(b"\n", b"\r\n")


@lru_cache(maxsize=64)
def _date(at: datetime) -> str:
    return format_datetime(at)


def _prepared_for(parcel: Parcel, from_address: str | None) -> Prepared:
    dealer = parcel.dealer
    kind = Kind(parcel.message.language or dealer.language, parcel.message.purpose, parcel.to_customer)
    key = (dealer.pk, dealer.name, kind, from_address)
    found = _prepared.get(key)
    if found is None or found.preferences is not dealer.preferences or monotonic() - found.made > LOOKED_AT_AGAIN:
        if len(_prepared) > 500:
            _prepared.clear()
        found = _prepared[key] = _prepare(dealer, kind, from_address)
    return found


def _prepare(dealer: Dealer, kind: Kind, from_address: str | None) -> Prepared:
    own = dealer.preferences.email
    sender = address_line(from_address or own or NOBODY)
    lines = [f"From: {mailbox(dealer.name, sender)}"]
    if own:
        lines.append(f"Reply-To: {mailbox(dealer.name, address_line(own))}")
    lines += ["MIME-Version: 1.0", "Auto-Submitted: auto-generated", f"Content-Language: {kind.language}"]
    text_foot, html_foot = (foot(dealer, kind) for foot in FOOTS[kind.to_customer])
    framed = _framed(dealer, kind.language).split("@@BODY@@")
    before, after = framed[0].rstrip() + "\n", framed[1].lstrip().replace("@@FOOT@@", html_foot)
    return Prepared(
        preferences=dealer.preferences,
        made=monotonic(),
        head=_lines(lines),
        domain=sender.rpartition("@")[2],
        text_foot=_halves(text_foot),
        html_head=_quoted(before),
        html_foot=_halves(after),
    )


def _halves(text: str) -> tuple[bytes, bytes]:
    before, _, after = text.partition(STOP)
    return _quoted(before), _quoted(after)


def _framed(dealer: Dealer, language: str) -> str:
    colour, logo = dealer.preferences.paper.colour, logo_url(dealer)
    drawn = {
        "LANGUAGE": language,
        "COLOUR": colour,
        "ON_COLOUR": on_colour(colour),
        "HEAD": "head" if logo is None else "head drawn",
        "SIGN": "@@NAME@@" if logo is None else f'<img class="logo" height="44" src="{escape(logo)}" alt="@@NAME@@">',
        "NAME": escape(dealer.name),
    }
    filled = FRAME
    for place, words in drawn.items():
        filled = filled.replace(f"@@{place}@@", words)
    return css_inline.inline(filled)


def _customer_text(dealer: Dealer, kind: Kind) -> str:
    foot = mail_foot(dealer, kind.language, purpose=kind.purpose)
    return f"\n--\n{foot_text(foot, STOP, kind.language)}"


def _customer_html(dealer: Dealer, kind: Kind) -> str:
    foot = mail_foot(dealer, kind.language, purpose=kind.purpose)
    who = "<br>\n".join(map(escape, foot.identity))
    return f"{who}<br><br>\n{escape(foot.why)}<br>\n{STOP}{escape(foot.stop)}</a>"


def _staff_text(dealer: Dealer, _kind: Kind) -> str:
    return f"\n--\n{dealer.name} · relance\n"


def _staff_html(dealer: Dealer, _kind: Kind) -> str:
    return f"{escape(dealer.name)} · relance"


Foot = Callable[[Dealer, Kind], str]
FOOTS: dict[bool, tuple[Foot, Foot]] = {
    True: (_customer_text, _customer_html),
    False: (_staff_text, _staff_html),
}
