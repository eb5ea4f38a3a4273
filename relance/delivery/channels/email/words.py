"""The few words that stand around a list for the staff, in the reader's language."""

from dataclasses import dataclass


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
