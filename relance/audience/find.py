"""Turns a few words into the attributes that they may mean: by their labels, and by what other systems call them.

What others call it stands in `called.yaml`; a new word is a word more there.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from relance.audience.fields import CATEGORIES, Attribute, Category
from relance.lib.fold import fold
from relance.lib.yaml_file import read_yaml

MOST = 12
WHOLE_PART = 4  # letters from which on a word may also stand inside another (`number` in `telefoninumber`)
Found = tuple[Category, Attribute]
SIGNS = re.compile(r"[^0-9a-z]+")


def find(words: str) -> list[Found]:
    """The attributes that a few words may mean in the language that is active, the nearest first."""
    asked = _plain(words)
    if not asked:
        return []
    scored = [(score, number, found) for number, found in enumerate(_all()) if (score := _score(asked, *found))]
    return [found for _, _, found in sorted(scored, key=lambda one: (-one[0], one[1]))][:MOST]


@cache
def called() -> Mapping[str, tuple[str, ...]]:
    """Path → the words of other systems for it, folded."""
    table = read_yaml(Path(__file__).parent / "called.yaml")
    return {path: tuple(_plain(word) for word in words) for path, words in table.items()}


def _plain(words: str) -> str:
    return SIGNS.sub(" ", fold(words)).strip()


def _all() -> Iterator[Found]:
    for category in CATEGORIES.values():
        for attribute in category.attributes.values():
            yield category, attribute


def _score(asked: str, category: Category, attribute: Attribute) -> int:
    """How near: the label itself, another system's name for it, the beginning of either, words of it."""
    path, label = f"{category.name}.{attribute.name}", _plain(str(attribute.label))
    names = called().get(path, ())
    if asked == label:
        return 7 if asked in names else 6
    if asked in names:
        return 5
    if any(name.startswith(asked) for name in names):
        return 4
    if any(f" {name} " in f" {asked} " for name in names):
        return 3
    whole = _plain(f"{category.label} {attribute.label} {path}")
    if not all(_is_in(word, whole) for word in asked.split()):
        return 0
    return 2 if all(_is_in(word, label) for word in asked.split()) else 1


def _is_in(word: str, text: str) -> bool:
    """Whether a word of the text begins like this; a long one may stand within a word."""
    return f" {word}" in f" {text}" or (len(word) >= WHOLE_PART and word in text)
