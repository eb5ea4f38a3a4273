"""Turns a composed message into what the law still misses in it: who writes, from where, how to reach him and to stop.

It reads the text as it leaves, with the lines and the foot that relance adds: before switching on with samples in its
fields, and in the tests the very bytes that were sent.
"""

import re
from collections.abc import Callable
from datetime import date

from relance.dealers.models import Dealer
from relance.lib.fold import fold
from relance.plan.saying.legal_elements import Element, wanted
from relance.plan.saying.legal_lines import (
    MAIL_ADVERTISES,
    MAIL_STOPS,
    PRINT_STOPS,
    STOP_WORD,
    contacts,
    foot_of,
    foot_text,
    names,
    whole_sms,
)

STOP_LINK = "https://server.example/u/token"  # stands in a sample for the one-click link
LINK_TO_STOP = re.compile(r"https?://\S+/u/[\w.~-]+")
STOP_ANSWER = re.compile(rf"\b{STOP_WORD}\b")


def composed(dealer: Dealer, language: str, *, channel: str, purpose: str, body: str) -> str:
    """A text as it would leave to a customer, with the lines and the foot that relance adds."""
    if channel == "sms":
        return whole_sms(dealer, language, body)
    foot = foot_of(dealer, language, channel=channel, purpose=purpose)
    return f"{body}\n\n{foot_text(foot, STOP_LINK if channel == 'email' else '')}" if foot else body


def missing(dealer: Dealer, text: str, *, channel: str, purpose: str, on: date) -> list[Element]:
    """The elements that the law of the place wants in such a message and that this text lacks."""
    asked = wanted(dealer.regime, channel, purpose, on).elements
    return [element for element in asked if not STANDS_IN[element](dealer, channel, text)]


def _names_sender(dealer: Dealer, _channel: str, text: str) -> bool:
    return names(dealer, text)


def _has_address(dealer: Dealer, _channel: str, text: str) -> bool:
    lines = [line.strip() for line in (dealer.preferences.address or "").splitlines() if line.strip()]
    return bool(lines) and all(line in text for line in lines)


def _has_contact(dealer: Dealer, _channel: str, text: str) -> bool:
    return any(contact in text for contact in contacts(dealer))


def _says_how_to_stop(_dealer: Dealer, channel: str, text: str) -> bool:
    if channel == "sms":
        return bool(STOP_ANSWER.search(text))
    if channel == "email":
        return bool(LINK_TO_STOP.search(text)) and any(word in text for word in MAIL_STOPS.values())
    return any(fold(line.partition("{")[0].strip(" :")) in fold(text) for line in PRINT_STOPS.values())


def _says_what_it_is(_dealer: Dealer, _channel: str, text: str) -> bool:
    return any(words in text for words in MAIL_ADVERTISES.values())


STANDS_IN: dict[Element, Callable[[Dealer, str, str], bool]] = {
    "sender": _names_sender,
    "postal_address": _has_address,
    "contact": _has_contact,
    "stop": _says_how_to_stop,
    "advertisement": _says_what_it_is,
}
