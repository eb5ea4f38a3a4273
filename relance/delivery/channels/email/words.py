"""The few words that relance itself puts under an e-mail, in the customer's language."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What stands under the text; `{name}` is the dealer's."""

    why: str
    stop: str


WORDS = {
    "en": Words("You receive this e-mail because you are a customer of {name}.", "Unsubscribe"),
    "fr": Words("Vous recevez ce courriel parce que vous êtes client de {name}.", "Se désabonner"),
    "es": Words("Recibe este correo porque es cliente de {name}.", "Cancelar la suscripción"),
    "et": Words("Saate selle e-kirja, sest olete ettevõtte {name} klient.", "Loobu kirjadest"),
}


def words_in(language: str | None) -> Words:
    """The words of a language, English when we have none."""
    return WORDS.get(language or "en", WORDS["en"])


@dataclass(frozen=True)
class ListWords:
    """What stands around a list for the staff; `{n}` is how many are on it."""

    count: str
    open: str


LIST_WORDS = {
    "en": ListWords("On this list: {n}", "Open"),
    "fr": ListWords("Sur cette liste\N{NO-BREAK SPACE}: {n}", "Ouvrir"),
    "es": ListWords("En esta lista: {n}", "Abrir"),
    "et": ListWords("Selles nimekirjas: {n}", "Ava"),
}


def list_words_in(language: str | None) -> ListWords:
    """The words of a language, English when we have none."""
    return LIST_WORDS.get(language or "en", LIST_WORDS["en"])
