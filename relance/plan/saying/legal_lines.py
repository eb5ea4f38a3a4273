"""Turns a dealer, a language and a channel into the lines that relance itself puts around a text: who, and how to stop.

This is the one place where a text and its lines are put together: gate, previews, files and channels ask here.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from relance.dealers.models import Dealer
from relance.lib.addresses import said_number
from relance.lib.language import with_colon
from relance.plan.saying.legal_elements import wanted

STOP_WORD = "STOP"  # the word that every carrier acts on, in every country; our own words for it are understood as well
SMS_STOPS = {
    "en": "Reply STOP to opt out.",
    "fr": "STOP pour vous désabonner.",
    "es": "STOP para darse de baja.",
    "et": "Loobumiseks vastake STOP.",
}
PRINTED = ("postcard", "letter")
MAIL_STOPS = {
    "en": "Unsubscribe",
    "fr": "Se désabonner",
    "es": "Cancelar la suscripción",
    "et": "Loobu kirjadest",
}
MAIL_WHY = {
    "en": "You receive this e-mail because you are a customer of {name}.",
    "fr": "Vous recevez ce courriel parce que vous êtes client de {name}.",
    "es": "Recibe este correo porque es cliente de {name}.",
    "et": "Saate selle e-kirja, sest olete ettevõtte {name} klient.",
}
MAIL_ADVERTISES = {
    "en": "This e-mail is an advertisement.",
    "fr": "Ce courriel est une publicité.",
    "es": "Este correo es publicidad.",
    "et": "See e-kiri on reklaam.",
}
PRINT_STOPS = {
    "en": "No more mail from us? Tell us: {contact}.",
    "fr": "Vous ne voulez plus de courrier de notre part? Dites-le-nous : {contact}.",
    "es": "¿No desea recibir más correo nuestro? Avísenos: {contact}.",
    "et": "Kui Te ei soovi meilt enam posti saada, andke teada: {contact}.",
}


class Said(Protocol):
    """A text with the lines around it, as a message or a draft has them."""

    @property
    def opening(self) -> str: ...
    @property
    def body(self) -> str | None: ...
    @property
    def closing(self) -> str: ...


class Around(NamedTuple):
    """What relance puts before and behind a text."""

    opening: str = ""
    closing: str = ""


@dataclass(frozen=True)
class Foot:
    """What stands under an e-mail or a printed page: who writes, why, and how to stop."""

    identity: tuple[str, ...]
    why: str
    stop: str


def composed_sms(said: Said) -> str:
    """The exact text of an SMS, as it is counted, shown and handed over."""
    return f"{said.opening}{said.body or ''}{said.closing}"


def sms_lines(dealer: Dealer, language: str, body: str) -> Around:
    """Who writes, unless the text says it already, and how to stop."""
    opening = "" if names(dealer, body) else f"{dealer.name}{' : ' if language == 'fr' else ': '}"
    return Around(opening, f"\n{in_language(SMS_STOPS, language)}")


def whole_sms(dealer: Dealer, language: str, body: str) -> str:
    """A text as an SMS that has these lines."""
    opening, closing = sms_lines(dealer, language, body)
    return f"{opening}{body}{closing}"


def mail_foot(dealer: Dealer, language: str, *, purpose: str) -> Foot:
    """The foot of an e-mail to a customer; where the law wants it, by its newest rule, with what it is."""
    why = in_language(MAIL_WHY, language).format(name=dealer.name)
    if "advertisement" in wanted(dealer.regime, "email", purpose, date.max).elements:
        why = f"{in_language(MAIL_ADVERTISES, language)} {why}"
    return Foot(tuple(identity(dealer)), why, in_language(MAIL_STOPS, language))


def print_foot(dealer: Dealer, language: str, *, purpose: str) -> Foot:
    """The foot of a postcard or a letter: the return address; in marketing also how to say no to the next one."""
    contact = next(iter(contacts(dealer)), "") if purpose == "marketing" else ""
    stop = in_language(PRINT_STOPS, language).format(contact=contact) if contact else ""
    return Foot(tuple(identity(dealer)), "", stop)


def foot_of(dealer: Dealer, language: str, *, channel: str, purpose: str) -> Foot | None:
    """What stands under a text of this channel to a customer; None where nothing does."""
    if channel == "email":
        return mail_foot(dealer, language, purpose=purpose)
    return print_foot(dealer, language, purpose=purpose) if channel in PRINTED else None


def foot_text(foot: Foot, link: str = "", language: str | None = None) -> str:
    """A foot as plain text; of an e-mail with the link behind its word."""
    stop = [with_colon(foot.stop, language), link] if link else [foot.stop] if foot.stop else []
    return "\n".join([*foot.identity, *(["", foot.why] if foot.why else [""] if stop else []), *stop])


def identity(dealer: Dealer) -> list[str]:
    """Who writes: name, postal address, telephone, as the law wants it under every message (K7, K29)."""
    own = dealer.preferences
    phone = said_number(own.phone, dealer.country) if own.phone else ""
    lines = [own.legal_name or dealer.name, *(own.address or "").splitlines(), phone, own.website or ""]
    return [line.strip() for line in lines if line.strip()]


def contacts(dealer: Dealer) -> list[str]:
    """By what a customer reaches the dealer without a visit; the telephone first, as it is said and as it is typed."""
    own = dealer.preferences
    said = said_number(own.phone, dealer.country) if own.phone else None
    return list(dict.fromkeys(filter(None, (said, own.phone, own.email, own.website))))


def names(dealer: Dealer, text: str) -> bool:
    """Whether a text says whose it is."""
    folded, legal = text.casefold(), dealer.preferences.legal_name
    return dealer.name.casefold() in folded or bool(legal and legal.casefold() in folded)


def in_language(words: dict[str, str], language: str) -> str:
    """The words of a language, English when we have none."""
    return words.get(language, words["en"])
