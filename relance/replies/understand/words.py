"""The dated table of words that carriers and customers agree on: stop, start, help; and which of them a message is.

Whole messages only (docs/replies.md); K-numbers are those of the promises' list of rules. Engineering input, not legal
advice. A word that a carrier drops stays: it has meant stop to somebody. A new one is a new row.
"""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from relance.replies.understand.bare import bare, shortened

Sense = Literal["stop", "start", "help"]
CHECKED = date(2026, 5, 4)  # the day on which the sources below were last looked at


class Word(NamedTuple):
    """One word: bare, its sense, the language that it is answered in (None: every language uses it)."""

    word: str
    sense: Sense
    language: str | None
    source: str
    checked_on: date = CHECKED


CARRIERS = "K17: union of Twilio, AWS, Telnyx and the Canadian short-code rules (CWTA)"
K18 = "K18: Canadian short codes, CWTA 3.9"
OURS = "our own words beside the carriers'"
FCC = "K12: 47 CFR 64.1200(a)(10), per se means of revoking, since 11 April 2025"

# sense, language, source: the words
LISTS: tuple[tuple[Sense, str | None, str, str], ...] = (
    ("stop", None, CARRIERS, "STOP"),
    ("stop", "en", CARRIERS, "STOPALL, STOP ALL, UNSUBSCRIBE, UNSUB, REMOVE, TD"),
    ("stop", "en", FCC, "CANCEL, END, QUIT, REVOKE, OPTOUT, OPT-OUT, OPT OUT"),
    ("stop", "fr", CARRIERS, "ARRÊT, ARRÊTE, ARRÊTT"),
    ("stop", "fr", OURS, "ARRÊTER, DÉSABONNER, FIN"),
    ("stop", "es", OURS, "ALTO, PARAR, BAJA, CANCELAR"),
    ("stop", "et", OURS, "STOPP, LÕPETA, PEATA, LOOBU"),
    ("start", None, CARRIERS, "START"),
    ("start", "en", CARRIERS, "YES, UNSTOP"),
    ("start", "fr", OURS, "REPRENDRE, RÉABONNER"),
    ("start", "es", OURS, "INICIAR, REANUDAR"),
    ("start", "et", OURS, "ALUSTA, JÄTKA"),
    ("help", "en", K18, "HELP, INFO"),
    ("help", "fr", K18, "AIDE"),
    ("help", "es", OURS, "AYUDA"),
    ("help", "et", OURS, "ABI, APPI"),
)
# Opt-outs to every carrier, and everyday answers to a reminder of a visit: then a person asks what was meant.
ABOUT_A_VISIT_PERHAPS = frozenset({"cancel", "end", "cancelar"})


def _rows() -> Iterator[Word]:
    for sense, language, source, listed in LISTS:
        for word in listed.split(", "):
            yield Word(bare(word), sense, language, source)


WORDS: dict[str, Word] = {word.word: word for word in _rows()}


@lru_cache(maxsize=5_000)
def word_of(text: str) -> Word | None:
    """The word that a message consists of, once or repeated; None when it says anything else."""
    said = bare(text)
    return _listed(said) or _listed(shortened(said))


def _listed(said: str) -> Word | None:
    if said in WORDS:
        return WORDS[said]
    found = [WORDS.get(part) for part in said.split()]  # STOP STOP, STOP ARRET
    if not found or found[0] is None or any(word is None or word.sense != found[0].sense for word in found):
        return None
    return next((word for word in found if word is not None and word.language), found[0])
