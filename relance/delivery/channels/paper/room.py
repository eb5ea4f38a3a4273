"""Turns a text into whether it surely has room, without setting it: what is surely short is printed twice as fast.

The guess errs towards "perhaps not": then the press measures.
"""

import unicodedata
from functools import lru_cache
from math import ceil

from relance.delivery.channels.markup import Node

LINE = 1.3  # line to line, in sizes of the type
BETWEEN = 0.5  # between two paragraphs, in lines
SMALL, CAPITAL, WIDE = 0.5, 0.68, 1.1  # widths of letters, on the safe side


def surely_fits(blocks: list[Node], title: str | None, *, size: float, width: float, height: float) -> bool:
    """Whether a text in this size (points) surely has room in a box (inches)."""
    letters = width * 72 / size
    lines = ceil(_width(title) * 1.35 / letters) * 1.5 if title else 0.0
    return (lines + sum(_lines(block, letters) for block in blocks)) * LINE * size <= height * 72


def _lines(node: Node, letters: float) -> float:
    if node["k"] == "p":
        parts = _flat(node["c"]).split("\n")
        return sum(max(1, ceil(_width(part) * 1.1 / letters)) for part in parts) + BETWEEN
    return float("inf")  # headings, lists, quotes are measured


def _flat(nodes: list[Node]) -> str:
    return "".join("\n" if n["k"] == "br" else n["t"] if "t" in n else _flat(n.get("c", [])) for n in nodes)


@lru_cache(maxsize=10_000)
def _width(text: str | None) -> float:
    """In sizes of the type."""
    if not text:
        return 0.0
    if text.isascii() and text.islower():
        return len(text) * SMALL
    return sum(_of(sign) for sign in text)


def _of(sign: str) -> float:
    if sign.isupper() or sign in "mwMW@%":
        return CAPITAL
    return WIDE if ord(sign) > 0x2FFF or unicodedata.category(sign) == "So" else SMALL
