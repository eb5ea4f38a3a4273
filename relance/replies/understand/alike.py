"""Turns a text into whether it is more like the wishes to hear no more that we know than like everyday answers.

Learned from the examples beside it, by words, pairs of words and parts of words, so that a wish in words that no table
has is not lost. It only ever makes somebody look (`doubtful`); nobody is opted out by it.
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from relance.replies.understand.bare import bare, shortened

EXAMPLES = Path(__file__).with_name("wishes") / "examples"
ASKS, ORDINARY = "+ ", "- "  # how a line of an example begins
ALIKE = 0.6  # from here on a person looks: one in thirty everyday answers that hold such words, hardly any other
FEWEST = 3  # words: of fewer nothing can be said
PART = 4  # letters of a part of a word, its ends included
ROUNDS, STEP, SLOWER, FORGETS, OVERALL = 12, 0.2, 0.2, 1e-4, 0.1

Weights = tuple[dict[str, float], float]


def is_alike(text: str) -> bool:
    """Whether a person should look: it may be a wish to hear no more."""
    return len(bare(text).split()) >= FEWEST and likeness(text) >= ALIKE


@lru_cache(maxsize=5_000)
def likeness(text: str) -> float:
    """How much it is like a wish; below nought it is more like an everyday answer."""
    weights, bias = _learned()
    signs = _signs(text)
    return bias + sum(weights.get(sign, 0.0) for sign in signs) / math.sqrt(len(signs) or 1)


def examples() -> Iterator[tuple[str, bool]]:
    """What people wrote, and whether they asked to hear no more."""
    for file in sorted(EXAMPLES.glob("*.txt")):
        for line in file.read_text("utf-8").splitlines():
            if line.startswith((ASKS, ORDINARY)):
                yield line[2:], line.startswith(ASKS)


@lru_cache(maxsize=1)
def _learned() -> Weights:
    """Logistic regression over the examples: some 1,000 short lines, less than half a second, once in a process."""
    known = [(_signs(text), 1.0 if asks else 0.0) for text, asks in examples()]
    weights: dict[str, float] = defaultdict(float)
    bias, order = 0.0, random.Random(61)  # the same order always: the same words are judged alike everywhere
    for round_ in range(ROUNDS):
        order.shuffle(known)
        step = STEP / (1 + round_ * SLOWER)
        for signs, wanted in known:
            size = math.sqrt(len(signs) or 1)
            said = bias + sum(weights[sign] for sign in signs) / size
            wrong = (wanted - 1 / (1 + math.exp(-max(-30.0, min(30.0, said))))) * step
            for sign in signs:
                weights[sign] += wrong / size - step * FORGETS * weights[sign]
            bias += wrong * OVERALL
    return dict(weights), bias


def _signs(text: str) -> list[str]:
    """Words, pairs of words and parts of words, each once and always in the same order."""
    words = shortened(bare(text[:600])).split()
    pairs = [f"{first} {second}" for first, second in zip(["^", *words], [*words, "$"], strict=True)]
    parts = [f"#{word[at : at + PART]}" for word in (f"_{w}_" for w in words) for at in range(len(word) - PART + 1)]
    return list(dict.fromkeys([*words, *pairs, *parts]))
