"""Turns a message to the staff into one line of a list: the customer first, then what to know, each part by itself.

A wording for a list is one line whose parts stand between dots: `{ customer.name } · { customer.vehicle } · …`.
"""

import re
from collections.abc import Sequence

DOT = " · "
PHONE = re.compile(r"\+?\d[\d\s().-]{6,}\d")
EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")


def parts_of(body: str, spans: Sequence[Sequence[int]] = ()) -> list[str]:
    """The parts of a line; a dot inside a value (`spans`) parts nothing. A text of several lines is one part."""
    text = body.strip()
    if "\n" in text:
        return [text]
    inside = [range(start, end) for start, end in spans]
    parts, done = [], 0
    for found in re.finditer(re.escape(DOT), body):
        if not any(found.start() in span for span in inside):
            parts.append(body[done : found.start()].strip())
            done = found.end()
    return [*parts, body[done:].strip()]


def link_of(part: str) -> str | None:
    """`tel:` of a telephone number, `mailto:` of an e-mail address; nothing for other words."""
    if EMAIL.fullmatch(part):
        return f"mailto:{part}"
    if PHONE.fullmatch(part):
        return "tel:" + re.sub(r"[^\d+]", "", part)
    return None
