"""Turns a text and what it answers into its one meaning, in the contract's order (docs/replies.md).

stop, start, help → a wish to hear no more in own words → the visit → the survey → the automation's keywords → what is
like such a wish → a mood.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from relance.plan.definition import Definition, Keyword
from relance.replies.understand.alike import is_alike
from relance.replies.understand.bare import newly_said
from relance.replies.understand.keyword import keyword_of
from relance.replies.understand.revocation import revocation
from relance.replies.understand.score import Score, score_of
from relance.replies.understand.sentiment import Mood, sentiment_of
from relance.replies.understand.visit import visit_answer
from relance.replies.understand.words import ABOUT_A_VISIT_PERHAPS, word_of

Sense = Literal[
    "stop", "start", "help", "perhaps_stop", "confirm", "cancel", "change", "ambiguous", "score", "keyword", "plain"
]


@dataclass(frozen=True)
class Situation:
    """What is known when a text comes in."""

    is_opted_out: Callable[[], bool] = lambda: False  # START means something only then, so it is asked only then
    definition: Definition | None = None  # the automation that the text answers
    answers_reminder: bool = False
    by_mail: bool = False


@dataclass(frozen=True)
class Meaning:
    """What a text means, and what was found on the way."""

    sense: Sense
    text: str  # what was newly said
    language: str | None = None  # in which it was said, as far as the words tell
    perhaps_the_visit: bool = False  # a stop word that could have meant the visit
    score: Score | None = None
    keyword: Keyword | None = None
    mood: Mood | None = None


def meaning_of(text: str, situation: Situation) -> Meaning:
    """The first that fits."""
    said = newly_said(text) if situation.by_mail else text.strip()
    return (
        _about_consent(said, situation)
        or _about_the_message(said, situation)
        or _perhaps_a_wish(said)
        or Meaning("plain", said, mood=sentiment_of(said))
    )


def _about_consent(said: str, situation: Situation) -> Meaning | None:
    word = word_of(said)
    if word is not None and (word.sense != "start" or situation.is_opted_out()):
        perhaps = situation.answers_reminder and word.word in ABOUT_A_VISIT_PERHAPS
        return Meaning(word.sense, said, word.language, perhaps_the_visit=perhaps)
    wish = revocation(said) if word is None else None
    if wish is None:
        return None
    return Meaning("stop" if wish.answer == "clear" else "perhaps_stop", said, wish.language)


def _about_the_message(said: str, situation: Situation) -> Meaning | None:
    definition = situation.definition
    if definition is None:
        return None
    if situation.answers_reminder and (answer := visit_answer(said)):
        return Meaning(answer, said)
    keyword = keyword_of(said, definition.replies.keywords)
    if definition.programme == "satisfaction" and not _answers_by_number(definition) and (score := score_of(said)):
        return Meaning("score", said, score=score, mood=sentiment_of(said))
    return Meaning("keyword", said, keyword=keyword) if keyword else None


def _perhaps_a_wish(said: str) -> Meaning | None:
    """What nobody understood, and what sounds like a wish to hear no more: a person looks."""
    return Meaning("perhaps_stop", said) if is_alike(said) else None


def _answers_by_number(definition: Definition) -> bool:
    """Whether its own keywords are numbers ("1 if all is well, 2 to be called"): then a number is no score."""
    return any(word.isdigit() for keyword in definition.replies.keywords for word in keyword.words)
