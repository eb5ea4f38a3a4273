"""Turns a dealer's running promotion into the last paragraph of his marketing; what serves never sells (K35)."""

from datetime import date

from relance.dealers.models import Dealer

CARRIERS = (
    "email",
    "letter",
)  # a text message is too short for it, a card is measured for its own words


def with_promotion(dealer: Dealer, channel: str, language: str, body: str, on: date) -> str:
    """A marketing text with the promotion of that day as its last paragraph, unless it says it already."""
    running = dealer.preferences.promotion
    words = running.words(language, on) if running is not None and channel in CARRIERS else None
    return f"{body.rstrip()}\n\n{words}" if words and words not in body else body
