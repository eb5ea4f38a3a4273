"""Turns an automation's wording into the text of one channel in one language, filled in for one draft."""

from functools import lru_cache
from typing import NamedTuple

from relance.plan.definition import Channel, Definition, Language, Words
from relance.plan.render import Text, parse
from relance.plan.saying.legal_lines import composed_sms
from relance.plan.saying.sense import NOTHING_IS_SAID, too_long
from relance.plan.saying.shown import Values
from relance.plan.saying.voice import Voice

STAFF_READS: tuple[Channel, ...] = ("staff", "email", "sms")  # staff read the first of these that is written


class Spoken(NamedTuple):
    """The words as they will arrive, in one language."""

    language: Language
    subject_line: str | None
    body: str
    spans: list[tuple[int, int]]  # where values stand in the body
    opening: str = ""  # what relance puts before and behind an SMS (plan/saying/legal_lines)
    closing: str = ""


def language_for(definition: Definition, channel: Channel, wanted: list[Language]) -> Language | None:
    """The first of the wanted languages in which this channel is written; None when it is in none of them."""
    written = words_of(definition, channel)
    return next((language for language in wanted if language in written), None)


def words_of(definition: Definition, channel: Channel) -> dict[Language, Words]:
    """The wording of a channel by language; for staff the first one that is written for a reader at a desk."""
    if channel != "staff":
        return definition.wording.get(channel, {})
    return next((definition.wording[name] for name in STAFF_READS if definition.wording.get(name)), {})


def speak(definition: Definition, channel: Channel, language: Language, values: Values, voice: Voice) -> Spoken:
    """The words of one draft; render.Hole when a field is empty and has no fallback."""
    words = words_of(definition, channel)[language]
    subject_line = parse(words.subject).render(values, voice) if words.subject else None
    body = parse(words.body).fill(values, voice)
    return Spoken(language, subject_line, body.text, body.spans)


def nonsense(channel: Channel, spoken: Spoken) -> str | None:
    """Why these finished words must not be sent: nothing is said, or more than an SMS should; None: they may."""
    if not spoken.body.strip():
        return NOTHING_IS_SAID
    return too_long(composed_sms(spoken)) if channel == "sms" else None


def texts_of(definition: Definition) -> list[Text]:
    """Every text of an automation, parsed."""
    texts = []
    for by_language in definition.wording.values():
        for words in by_language.values():
            texts += [parse(text) for text in (words.subject, words.body) if text]
    return texts


def needs_of(definition: Definition) -> frozenset[str]:
    """The fact keys that its texts need."""
    return _needs(tuple(text.needs for text in texts_of(definition)))


@lru_cache(maxsize=2_000)
def _needs(needs: tuple[frozenset[str], ...]) -> frozenset[str]:
    return frozenset().union(*needs)
