"""Turns a dealer and a language into the voice in which fields are said: days, amounts, words, his own values."""

from dataclasses import dataclass
from functools import cached_property

from relance.dealers.models import Dealer
from relance.lib.addresses import said_number
from relance.lib.language import Speech, currency_of

WORDS = {
    "new": {"en": "new", "fr": "neuf", "es": "nuevo", "et": "uus"},
    "used": {"en": "used", "fr": "d'occasion", "es": "usado", "et": "kasutatud"},
    "km": {"en": "km", "fr": "km", "es": "km", "et": "km"},
    "mi": {"en": "mi", "fr": "mi", "es": "mi", "et": "mi"},
    "hours": {"en": "h", "fr": "h", "es": "h", "et": "h"},
    "warranty": {
        "en": "manufacturer's warranty",
        "fr": "garantie du constructeur",
        "es": "garantía de fábrica",
        "et": "tehasegarantii",
    },
    "extended_warranty": {
        "en": "extended warranty",
        "fr": "garantie prolongée",
        "es": "garantía extendida",
        "et": "lisagarantii",
    },
}


@dataclass(frozen=True)
class Voice:
    """One dealer speaking one language: made once, used for every message of both."""

    dealer: Dealer
    speech: Speech

    def word(self, word: str) -> str:
        """A stored word in this language; a word without a translation stays."""
        return WORDS.get(word, {}).get(self.speech.language, word)

    def company(self, name: str) -> str | None:
        """`name`, `phone`, `website`, `feedback` … as the dealer typed them; None when he did not."""
        return self._company.get(name) or None

    @cached_property
    def _company(self) -> dict[str, str | None]:
        known = self.dealer.preferences
        return {
            "name": self.dealer.name,
            "owner": known.owner,
            "phone": known.phone and said_number(known.phone, self.dealer.country),
            "email": known.email,
            "address": known.address,
            "website": known.website,
            "feedback": known.feedback,
            "review": next(iter(known.review_links), None),
        }


def voice_of(dealer: Dealer, language: str) -> Voice:
    """The voice of this dealer in this language."""
    currency = dealer.preferences.currency or currency_of(dealer.country)
    return Voice(dealer, Speech(language, dealer.country, dealer.zone, currency))
