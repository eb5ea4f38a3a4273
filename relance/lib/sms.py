"""Turns a text into what it costs as an SMS: encoding, parts, room left, and the characters that force UCS-2."""

from dataclasses import dataclass

# GSM 03.38: the default alphabet, and the characters that take two places behind an escape.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€\f")
ROOM = {"GSM-7": (160, 153), "UCS-2": (70, 67)}  # one part, each of several


@dataclass(frozen=True)
class Size:
    """What a text takes as an SMS."""

    encoding: str
    length: int  # in places: septets, or 16-bit units
    parts: int
    left: int  # places left in the last part
    forced_by: tuple[str, ...]  # the characters that GSM-7 lacks, each once, in their order


def size_of(text: str) -> Size:
    """Encoding, parts, room left. A character that takes two places is never cut in two by the end of a part."""
    forced_by = tuple(dict.fromkeys(c for c in text if c not in BASIC and c not in EXTENDED))
    if forced_by:
        encoding, places = "UCS-2", [2 if ord(c) > 0xFFFF else 1 for c in text]
    else:
        encoding, places = "GSM-7", [2 if c in EXTENDED else 1 for c in text]
    alone, each = ROOM[encoding]
    length = sum(places)
    if length <= alone:
        return Size(encoding, length, 1 if text else 0, alone - length, forced_by)
    parts, used = 1, 0
    for size in places:
        if used + size > each:
            parts, used = parts + 1, 0
        used += size
    return Size(encoding, length, parts, each - used, forced_by)
