"""Turns the answer to a survey question into a score from 1 to 10, or into yes or no."""

import re
from functools import lru_cache
from typing import NamedTuple

from relance.replies.understand.bare import bare

BEST, WORST = 10, 1
LOW = 6  # up to here somebody calls back the same minute
NUMBERS = {
    word: number
    for words in (
        "one two three four five six seven eight nine ten",
        "un deux trois quatre cinq six sept huit neuf dix",
        "uno dos tres cuatro cinco seis siete ocho nueve diez",
        "uks kaks kolm neli viis kuus seitse kaheksa uheksa kumme",
    )
    for number, word in enumerate(words.split(), start=1)
}
YES = frozenset("yes yep yeah yup oui ouais si claro jah jaa".split())  # noqa: SIM905 four languages
NO = frozenset("no nope non ei".split())  # noqa: SIM905
TEN = "out of 10|on 10|of 10|sur 10|de 10|sobre 10|10st|out of ten|of ten|sur dix|de diez|sobre diez|kumnest"
OUT_OF_TEN = re.compile(rf"\b(?:(10|[1-9]) ?10|(10|[1-9]|{'|'.join(NUMBERS)}) ?(?:{TEN}))\b")
LEADS = (
    r"(?:(?:i|we|je|nous|le|les|un|a|it|is|was|give|donne|mets|doy|pongo|annan|panen|ma|you|of|score|note|nota|hinne|"
    r"solid|about|maybe) )"
)
FIRST = re.compile(rf"^{LEADS}*(10|[1-9])\b(?! (?:or|ou|o|voi|to|a|kuni|and|et|y|ja) (?:10|[1-9])\b)")
THANKS = "thank thanks you merci beaucoup gracias muchas aitah tanan please svp so very much".replace(" ", "|")
# A number in letters is one only by itself: "très bien" has no three in it, and "one of the best" no one.
IN_LETTERS = re.compile(rf"^{LEADS}*?({'|'.join(NUMBERS)})(?: (?:{THANKS}))*$")
NOT_A_SCORE = re.compile(
    r"^(?:10|[1-9]) (?:min\w*|hour\w*|heure\w*|hora\w*|tund\w*|h|day\w*|jour\w*|dia\w*|paev\w*|pm|am|k?m|x|times?|"
    r"fois|veces|korda|week\w*|semaine\w*|tire\w*|pneu\w*|people|personnes?|dollars?|euro\w*)\b"
)
LIKES = re.compile("👍|❤|😍|🥰|💯")
DISLIKES = re.compile("👎|😡|😠|🤬")


class Score(NamedTuple):
    """An answer as a number; yes is 10, no is 1."""

    value: int

    @property
    def is_low(self) -> bool:
        """Whether somebody should call."""
        return self.value <= LOW


@lru_cache(maxsize=2_000)
def score_of(text: str) -> Score | None:
    """The score; None when there is none, or when it could be two."""
    said = bare(text)
    if not said:
        return _sign(text)
    if of_ten := {_number(digits or word) for digits, word in OUT_OF_TEN.findall(said)}:
        return Score(of_ten.pop()) if len(of_ten) == 1 else None
    if found := FIRST.match(said):
        return None if NOT_A_SCORE.match(said) else Score(int(found.group(1)))
    if found := IN_LETTERS.match(said):
        return Score(_number(found.group(1)))
    first = said.split()[0]
    if first in YES or first in NO:
        return Score(BEST if first in YES else WORST) if len(said.split()) <= 3 else None
    return None


def _number(word: str) -> int:
    return NUMBERS.get(word) or int(word)


def _sign(text: str) -> Score | None:
    likes, dislikes = bool(LIKES.search(text)), bool(DISLIKES.search(text))
    return None if likes == dislikes else Score(BEST if likes else WORST)
