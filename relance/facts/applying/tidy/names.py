"""Turns a name typed in ALL CAPS or all small letters into name case; any other name stays as it was typed."""

import re
from functools import lru_cache

SMALL = frozenset(
    [
        "de",
        "du",
        "des",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "das",
        "van",
        "von",
        "der",
        "den",
        "ter",
        "ten",
        "y",
        "zu",
        "af",
        "av",
    ]
)
AFTER_SMALL = frozenset({"la", "las", "le", "los", "el", "het"})  # small only behind another small word: de la
ROMAN = frozenset({"ii", "iii", "iv", "vi", "vii", "viii"})
INITIALS = re.compile(r"[bcdfghjklmnpqrstvwxz]{2}")  # JP, MJ: two consonants are initials
APOSTROPHES = frozenset({"o", "d", "l", "m", "n"})
# What follows Mac in a Scottish name; Machado and Macias are none.
MAC = re.compile(
    r"mac(donald|dougall?|gregor|kenzie|intosh|intyre|leod|lean|lellan|pherson|kay|arthur|millan|neil|farlane|callum|"
    r"innis|kinnon|phee|aulay|ewan|eachern|askill|culloch|namara|lachlan|lennan|kinlay|master|alister|innes)"
)
WORD = re.compile(r"[^\s\-]+|[\s\-]+")


@lru_cache(maxsize=50_000)
def name_case(name: str) -> str:
    """`MARIE-EVE` → `Marie-Eve`, `o'neil` → `O'Neil`, `ANA DE LA CRUZ` → `Ana de la Cruz`."""
    if not (name.isupper() or name.islower()) or len(name) < 2:
        return name
    parts = WORD.findall(name.lower())
    words = len([part for part in parts if part.strip(" -\t")])
    cased: list[str] = []
    before = ""
    for at, part in enumerate(parts):
        if part.strip(" -\t"):
            alone = words == 1 or at == len(parts) - 1
            cased.append(_word(part, before, alone=alone))
            before = part
        else:
            cased.append(part)
    return "".join(cased)


def _word(word: str, before: str, *, alone: bool) -> str:
    if not alone and (word in SMALL or (word in AFTER_SMALL and before in SMALL)):
        return word
    if word in ROMAN and before:
        return word.upper()
    if INITIALS.fullmatch(word) and not before:
        return word.upper()
    head, mark, rest = word.partition("'") if "'" in word else word.partition("’")
    if mark and rest and head in APOSTROPHES:
        return head.upper() + mark + _capital(rest)
    return ".".join(map(_capital, word.split(".")))


def _capital(word: str) -> str:
    if word.startswith("mc") and len(word) > 4:
        return "Mc" + word[2:].capitalize()
    if MAC.match(word):
        return "Mac" + word[3:].capitalize()
    return word[:1].upper() + word[1:]
