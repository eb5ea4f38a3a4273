"""Turns what went wrong into the one line that a person reads: `BadInput` (exit 2) or `Failure` (exit 1)."""

from collections.abc import Iterable
from difflib import get_close_matches


class Told(Exception):
    """Something went wrong that we can say in one line; `str(error)` is that line."""


class BadInput(Told):
    """What was handed in cannot be used: the line says what is wrong, where, and what to do. Nothing has changed."""


class Failure(Told):
    """What was asked was right but could not be done (a full disk, a server that does not answer)."""


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that looks most like `word`, or None when none is close."""
    words = {other.lower(): other for other in allowed}
    found = get_close_matches(word.lower(), words, n=1, cutoff=0.5)
    return words[found[0]] if found else None


def unknown_word(what: str, word: object, allowed: Iterable[str]) -> str:
    """`unknown operator 'exactly_day_ago', did you mean 'exactly_days_ago'?`, or all words when none is close."""
    words = sorted(allowed)
    close = nearest(str(word), words)
    hint = f"did you mean '{close}'?" if close else f"allowed: {', '.join(words)}"
    return f"unknown {what} '{word}', {hint}"
