"""Our own answers fit one text message, name the dealer and sell nothing, in every language (K13, K18)."""

from dataclasses import fields

import pytest

from relance.dealers.models import Dealer
from relance.plan.saying.loaded_words import selling
from relance.replies.words import ANSWERS, HELP_IN_BOTH, LONGEST, AnswerWords, filled

NAMES = ("North", "Concessionnaire automobile de la Rive-Sud et de la Montérégie, division véhicules récréatifs")
SAID = [
    (language, field.name, getattr(words, field.name)) for language, words in ANSWERS.items() for field in fields(words)
]


def a_dealer(name: str) -> Dealer:
    settings = {"phone": "+15145550100", "email": "desk@dealer.example", "website": "https://dealer.example"}
    return Dealer(slug="north", name=name, timezone="America/Toronto", country="CA", settings=settings)


@pytest.mark.parametrize("name", NAMES, ids=["short", "long"])
@pytest.mark.parametrize(("language", "what", "pattern"), [*SAID, ("both", "help", HELP_IN_BOTH)])
def test_every_answer_fits_and_says_who_answers(name: str, language: str, what: str, pattern: str) -> None:
    said = filled(pattern, a_dealer(name))
    assert len(said) <= LONGEST == 160
    assert name[:15] in said
    assert selling(said) == []


@pytest.mark.parametrize("language", ANSWERS)
def test_help_says_whom_to_call_and_how_to_stop(language: str) -> None:
    words: AnswerWords = ANSWERS[language]
    said = filled(words.help, a_dealer("North"))
    assert "514" in said and any(word in said for word in ("STOP", "ARRET", "ALTO", "STOPP"))
