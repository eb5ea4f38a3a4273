"""Turns a text into the form in which texts are compared: case, accents and outer blanks do not matter.

Done here and stored, because SQLite and a bare PostgreSQL fold differently or not at all (docs/decisions).
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Letters that have no decomposition into a base letter and an accent.
LETTERS = str.maketrans(
    {"œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "’": "'", "‘": "'"}
)


@lru_cache(maxsize=50_000)
def fold(text: str) -> str:
    """`' Québec '` → `'quebec'`."""
    if text.isascii():  # nothing to take apart: most texts
        return " ".join(text.lower().split())
    plain = unicodedata.normalize("NFKD", text.strip().casefold())
    if not plain.isascii():
        plain = "".join(c for c in plain if not unicodedata.combining(c)).translate(LETTERS)
    return " ".join(plain.split())


def fold_codes(codes: Iterable[str]) -> str:
    """Accessory codes as one text in which `;code;` can be looked for: `['TOW', 'Roof']` → `';tow;roof;'`."""
    return ";" + "".join(f"{fold(code)};" for code in codes)


def fold_titles(titles: Iterable[str]) -> str:
    """Package titles as one text, each between line ends: `['Oil', 'Brakes']` → `'\\noil\\nbrakes\\n'`."""
    return "\n" + "".join(f"{fold(title)}\n" for title in titles)
