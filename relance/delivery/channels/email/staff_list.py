"""Turns what one run has for one person on the staff into one list: a line per customer, with links."""

from collections.abc import Iterator
from html import escape

from relance.delivery.channel import Parcel
from relance.delivery.channels.email.body import html_of, text_of
from relance.delivery.channels.email.words import ListWords, list_words_in
from relance.delivery.links import desk_url
from relance.delivery.staff.list_lines import link_of, parts_of
from relance.outbox.models import Message

TO_USER = "user"  # to a person who signs in, about nobody: there is no message to open on the desk
TABLE = "width: 100%; border-collapse: collapse;"
LINK = "color: #1f5fa8;"
CELL = "padding: 12px 0; border-top: 1px solid #e4e7ec; vertical-align: top;"
QUIET = "color: #566173;"


def list_text(parcel: Parcel) -> str:
    """The list as plain text."""
    words = list_words_in(parcel.message.language)
    lines = [f"{words.count.format(n=len(parcel.messages))}", ""] if len(parcel.messages) > 1 else []
    for message, markdown in zip(parcel.messages, parcel.markdown, strict=True):
        parts = parts_of(message.body or "", message.spans)
        said = text_of(markdown, message.language) if len(parts) == 1 else parts[0]
        lines += [said, *(f"  {part}" for part in parts[1:])]
        lines += ["" if message.recipient == TO_USER else f"  {desk_url(parcel.dealer, message)}", ""]
    return "\n".join(lines).strip()


def list_html(parcel: Parcel) -> str:
    """The list as a table that every mail program draws."""
    words = list_words_in(parcel.message.language)
    many = len(parcel.messages) > 1
    head = f'<p style="margin: 0 0 12px; {QUIET}">{escape(words.count.format(n=len(parcel.messages)))}</p>\n'
    rows = "\n".join(_row(parcel, at, words) for at in range(len(parcel.messages)))
    return f'{head if many else ""}<table role="presentation" style="{TABLE}">\n{rows}\n</table>'


def _row(parcel: Parcel, at: int, words: ListWords) -> str:
    message = parcel.messages[at]
    said = "\n".join(_said(message, parcel.markdown[at]))
    if message.recipient == TO_USER:
        return f'<tr><td style="{CELL}">{said}</td></tr>'
    url = escape(desk_url(parcel.dealer, message))
    opens = f'<a href="{url}" style="{LINK}">{escape(words.open)}</a>'
    return (
        f'<tr><td style="{CELL}">{said}</td><td style="{CELL} padding-left: 16px; text-align: right;">{opens}</td></tr>'
    )


def _said(message: Message, markdown: str) -> Iterator[str]:
    parts = parts_of(message.body or "", message.spans)
    if len(parts) == 1:
        yield html_of(markdown)
        return
    yield f"<strong>{escape(parts[0])}</strong>"
    for part in parts[1:]:
        link = link_of(part)
        shown = escape(part) if link is None else f'<a href="{escape(link)}" style="{LINK}">{escape(part)}</a>'
        yield f'<br><span style="{QUIET}">{shown}</span>'
