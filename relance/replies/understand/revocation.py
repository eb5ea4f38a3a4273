"""Turns a message in somebody's own words into `clear`, `doubtful` or nothing: does he want to hear no more from us?

Any reasonable way of saying it counts (K12). One table per language (wishes/), read over bare words (no accents, no
signs). What is clear is done at once; what is doubtful holds marketing until a person has looked (docs/replies.md).
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from relance.replies.understand.bare import bare, shortened
from relance.replies.understand.wishes.english import ENGLISH
from relance.replies.understand.wishes.estonian import ESTONIAN
from relance.replies.understand.wishes.french import FRENCH
from relance.replies.understand.wishes.spanish import SPANISH
from relance.replies.understand.wishes.tongue import Tongue

Answer = Literal["clear", "doubtful"]
LONGEST = 600  # characters looked at: a longer one is a letter, and letters are read by people
CUT = " / "  # where something was cut out: what stands on both sides belongs not together
TONGUES = (ENGLISH, FRENCH, SPANISH, ESTONIAN)


class _Read(NamedTuple):
    """A language with its patterns made ready."""

    tongue: Tongue
    spelled: re.Pattern[str]
    asks: re.Pattern[str]
    unless: re.Pattern[str]
    turns: re.Pattern[str]
    perhaps: re.Pattern[str]
    not_about: re.Pattern[str]


def _ready(tongue: Tongue) -> _Read:
    wide = (*tongue.perhaps, tongue.net)
    asks, perhaps, not_about = (re.compile("|".join(p)) for p in (tongue.asks, wide, tongue.not_about))
    spelled = re.compile(rf"\b(?:{'|'.join(sorted(tongue.spellings, key=len, reverse=True))})\b")
    unless, turns = re.compile(tongue.unless), re.compile(tongue.turns)
    return _Read(tongue, spelled, asks, unless, turns, perhaps, not_about)


READY = tuple(map(_ready, TONGUES))


class Wish(NamedTuple):
    """A wish to hear no more, how sure, and in which language it was said."""

    answer: Answer
    language: str


@lru_cache(maxsize=5_000)
def revocation(text: str) -> Wish | None:
    """Whether this asks us to stop. Two languages may both see it: the surer one is believed."""
    said = shortened(bare(text[:LONGEST]))
    found = [wish for read in READY if (wish := _wish(said, read)) is not None]
    return min(found, key=lambda wish: wish.answer, default=None)  # "clear" sorts before "doubtful"


def _wish(said: str, read: _Read) -> Wish | None:
    spelled = read.spelled.sub(lambda word: read.tongue.spellings[word.group()], said)
    rest = " ".join(read.not_about.sub(CUT, spelled).split())
    if wish := read.asks.search(rest):
        is_clear = read.unless.search(_about(rest, wish, read)) is None
        return Wish("clear" if is_clear else "doubtful", read.tongue.language)
    return Wish("doubtful", read.tongue.language) if read.perhaps.search(rest) else None


def _about(said: str, wish: re.Match[str], read: _Read) -> str:
    """What is said of the wish: "yes on Tuesday, but no more offers" says nothing of Tuesday about the offers."""
    turned = [turn.end() for turn in read.turns.finditer(said, 0, wish.start() + 1)]
    return said[turned[-1] :] if turned else said
