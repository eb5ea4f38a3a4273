"""Turns the language of a person as a business system writes it into two letters: fr-CA, French, Français → fr."""

import re
from functools import lru_cache

from relance.lib.fold import fold

TAG = re.compile(r"([a-z]{2})(?:[-_].*)?")
WORDS = {
    "en": "english anglais ingles inglise e eng a",
    "fr": "french francais frances prantsuse f fre fra",
    "es": "spanish espagnol espanol castellano hispaania s spa esp",
    "et": "estonian estonien estonio eesti est",
}
LANGUAGE = {word: letters for letters, words in WORDS.items() for word in words.split()}


@lru_cache(maxsize=1_000)
def two_letters(text: str) -> str | None:
    """The language's two letters, or None when the word is not one we know."""
    folded = fold(text)
    if folded in LANGUAGE:
        return LANGUAGE[folded]
    tag = TAG.fullmatch(folded)
    return tag.group(1) if tag else None
