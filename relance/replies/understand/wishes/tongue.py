"""What a language's table of wishes has: how it says that somebody wants to hear no more, and what sounds like it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

NEVER = r"(?!)"


class Tongue(NamedTuple):
    """How a language says it.

    `spellings`: how thumbs write some words, and how the patterns have them. `asks`: any of these is a wish to hear no
    more. `unless`: said with one of these it is about a time, a place or a way of being reached, and so doubtful.
    `turns`: what joins it to another matter ("yes, but …"); what is said before that is not about the wish. `perhaps`:
    may be meant so. `not_about`: what the same words say of cars, visits and lists of parts; it is cut out before the
    rest is read. `net`: a no near a word for what we send, however it is put; wide, so never more than doubtful.
    """

    language: str
    asks: tuple[str, ...]
    unless: str
    turns: str
    perhaps: tuple[str, ...] = ()
    not_about: tuple[str, ...] = ()
    net: str = NEVER
    spellings: Mapping[str, str] = MappingProxyType({})
