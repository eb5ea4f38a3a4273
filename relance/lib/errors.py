"""Turns what went wrong into the one line that a person reads: `BadInput` (exit 2) or `Failure` (exit 1)."""

from collections.abc import Iterable
from difflib import get_close_matches

from django.conf import settings
from django.utils.translation import gettext


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
    """`unknown operator 'exactly_day_ago', did you mean 'exactly_days_ago'?`, or all words when none is close.

    `what` comes in the reader's language: `gettext("operator")`.
    """
    words = sorted(allowed)
    close = nearest(str(word), words)
    if not settings.configured:  # the fault is in the settings themselves: there is no language yet
        return f"unknown {what} '{word}', did you mean '{close}'?" if close else f"unknown {what} '{word}'"
    if close:
        return gettext("unknown {what} '{word}', did you mean '{close}'?").format(what=what, word=word, close=close)
    told = gettext("unknown {what} '{word}', allowed: {words}")
    return told.format(what=what, word=word, words=", ".join(words))
