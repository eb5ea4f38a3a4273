"""Turns what somebody typed into bare words: small letters without accents, signs, pictures and invisible characters.

`«ARRÊT»` → `arret`, `Don’t text me!! 🙏` → `don t text me`, `S.T.O.P.` → `stop`, `１️⃣` → `1`.
"""

import re
import unicodedata

from relance.lib.fold import fold

LONG_ENOUGH = 3  # letters: `s t o p` is one word, `i m` are two
DRAWN_OUT = re.compile(r"([a-z])\1{2,}")  # stoooop
# Where an answer by e-mail ends and what it answers begins, and what telephones write under a text.
QUOTED = re.compile(
    r"^\s*(>|-{2,}\s*$|_{5,}"
    r"|-+ ?(original message|message d.origine|mensaje original|algne (kiri|s[oõ]num)) ?-*"
    r"|(on|le|el|am)\b.{5,120}\b(wrote|a [eé]crit|escribi[oó]) ?:"
    r"|.{5,120}\bkirjutas ?:"
    r"|(from|de|saatja) ?: "
    r"|(sent|get outlook|envoy[eé]|enviado|saadetud)\b.{0,40}\b(iphone|ipad|android|samsung|outlook|mobile|m[oó]vil|"
    r"mobiil)\w*)",
    re.IGNORECASE,
)


def bare(text: str) -> str:
    """The words, with one blank between them."""
    seen = "".join(_sign(sign) for sign in fold(text))
    words = seen.split()
    if len(words) >= LONG_ENOUGH and all(len(word) == 1 for word in words):
        return "".join(words)
    return " ".join(words)


def _sign(sign: str) -> str:
    """A letter or digit as it is, nothing for what cannot be seen, a blank for every other sign."""
    if sign.isascii():
        return sign if sign.isalnum() else " "
    kind = unicodedata.category(sign)
    if kind == "Cf" or kind.startswith("M"):  # joiners, direction marks, the box around a digit
        return ""
    return sign if kind[0] in "LN" else " "


def shortened(words: str) -> str:
    """Letters that were drawn out, once: `stoooop` → `stop`."""
    return DRAWN_OUT.sub(r"\1", words)


def newly_said(text: str) -> str:
    """The part of an answer that is new: not what it quotes, not what the telephone signs with."""
    lines = text.splitlines()
    ends = next((at for at, line in enumerate(lines) if QUOTED.match(line)), len(lines))
    return "\n".join(lines[:ends]).strip()
