"""Finds in a wording the answers that carriers act on, the words that sell, and offers of a warranty."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from relance.lib.fold import fold
from relance.lib.yaml_file import read_yaml

TABLE = Path(__file__).with_name("loaded_words.yaml")
QUOTES = r"[\"'«»“”„‘’(*_:\s]*"
JOINS = r"(?:the word|with|par|con|la palabra|le mot|mot|avec|sonaga)?"
OR = r"(?:\b(?:or|ou|o|voi)\b|[,;/])"
GOES_ON = r"(?=\s*(?:$|[.,;:!?»”\"')/]|(?:to|pour|para|et|or|ou|o|voi|if|si|kui)\b))"
SHOUTED = re.compile(r"\b[^\W\d_]{2,}(?:-[^\W\d_]+)?\b")
PERCENT = re.compile(r"\d+\s*%")


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = read_yaml(TABLE)
    return table


def _one_of(words: list[str]) -> str:
    """Any of these words, whole; `offer*` with any ending. The longest first, so that `opt out` goes before `opt`."""
    ordered = sorted((str(word) for word in words), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\*", r"\w*") for word in ordered)


@cache
def _invitation(kind: str) -> re.Pattern[str]:
    """`reply WORD`, or `reply 1 to confirm or WORD`; the group `plain` is there when a small WORD is meant too."""
    verbs = _one_of([verb for verbs in _table()["invites"].values() for verb in verbs])
    words = _one_of(_table()["answers"][kind])
    direct = rf"{QUOTES}{JOINS}{QUOTES}(?:(?P<plain>{words}){GOES_ON}|(?P<direct>{words})\b)"
    return re.compile(rf"\b(?:{verbs})\b(?:{direct}|[^.!?\n]{{1,60}}?{OR}{QUOTES}(?P<chained>{words})\b)")


@cache
def _any_language(kind: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_one_of([word for words in _table()[kind].values() for word in words])})\b")


@cache
def _harmless() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_one_of(_table()['harmless'])})\b")


def invited(text: str, kind: str) -> list[str]:
    """The words of this kind that the text asks a customer to answer with; inside a sentence only in capitals."""
    shouted = {fold(word) for word in SHOUTED.findall(text) if word.isupper()}
    found = [match.groupdict() for match in _invitation(kind).finditer(fold(text))]
    words = [groups["plain"] or groups["direct"] or groups["chained"] for groups in found]
    meant = [w for w, groups in zip(words, found, strict=True) if groups["plain"] or w in shouted]
    return list(dict.fromkeys(meant))


def is_answer(word: str, kind: str) -> bool:
    """Whether this word, as a whole answer, is one that carriers act on."""
    return fold(word) in _table()["answers"][kind]


def selling(text: str) -> list[str]:
    """The words of the text that sell."""
    folded = _harmless().sub(" ", fold(text))
    return list(dict.fromkeys([*_any_language("selling").findall(folded), *PERCENT.findall(folded)]))


def unexplained_warranty(text: str) -> str | None:
    """The words that offer a further warranty before the legal one is explained; None when there are none (K36)."""
    folded = fold(text)
    offer, legal = _any_language("warranty_offers").search(folded), _any_language("legal_warranty").search(folded)
    return None if offer is None or (legal is not None and legal.start() < offer.start()) else offer.group()
