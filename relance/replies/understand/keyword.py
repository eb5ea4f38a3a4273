"""Turns a reply into the keyword of the automation that it answers: accents, case and politeness do not matter."""

from collections.abc import Sequence

from relance.plan.definition import Keyword
from relance.replies.understand.bare import bare, shortened
from relance.replies.understand.visit import POLITE

MOST_WORDS = 4  # in a longer sentence a keyword is a word like others
NEGATIONS = frozenset("no not don dont never pas ne non nunca ei mitte arge ara".split())  # noqa: SIM905 four languages


def keyword_of(text: str, keywords: Sequence[Keyword]) -> Keyword | None:
    """The keyword that was said; None when there is none, or when there are two."""
    said = shortened(bare(text)).split()
    kept = [word for word in said if word not in POLITE] or said
    whole = " ".join(kept)
    found = [keyword for keyword in keywords if whole in map(bare, keyword.words)]
    if not found and len(kept) <= MOST_WORDS and NEGATIONS.isdisjoint(said):
        found = [keyword for keyword in keywords if not set(map(bare, keyword.words)).isdisjoint(kept)]
    return found[0] if len(found) == 1 else None
