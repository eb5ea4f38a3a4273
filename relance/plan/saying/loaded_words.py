"""Finds in a wording the words that carriers act on when they are an answer, and the words that sell."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from relance.lib.fold import fold
from relance.lib.yaml_file import read_yaml

TABLE = Path(__file__).with_name("loaded_words.yaml")
QUOTES = r"[\"'«»“”„‘’(*_:\s]*"
JOINS = r"(?:the word|with|par|con|la palabra|le mot|mot|avec|sonaga|sona|a|or|ou|o|voi)?"
PERCENT = re.compile(r"\d\s*%")


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
    verbs = _one_of([verb for verbs in _table()["invites"].values() for verb in verbs])
    words = _one_of(_table()["answers"][kind])
    chosen = r"(?:[\w-]{1,12}\W{1,4}(?:or|ou|o|voi|to|pour|para|et|kui)\W{1,3}(?:\w+\W{1,3}){0,4})?"
    return re.compile(rf"\b(?:{verbs})\b{QUOTES}{JOINS}{QUOTES}{chosen}\b({words})\b")


@cache
def _selling() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_one_of([word for words in _table()['selling'].values() for word in words])})\b")


@cache
def _harmless() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_one_of(_table()['harmless'])})\b")


def invited(text: str, kind: str) -> list[str]:
    """The words of this kind that the text asks a customer to answer with."""
    return list(dict.fromkeys(_invitation(kind).findall(fold(text))))


def is_answer(word: str, kind: str) -> bool:
    """Whether this word, as a whole answer, is one that carriers act on."""
    return fold(word) in _table()["answers"][kind]


def selling(text: str) -> list[str]:
    """The words of the text that sell."""
    folded = _harmless().sub(" ", fold(text))
    return list(dict.fromkeys([*_selling().findall(folded), *PERCENT.findall(folded)]))
