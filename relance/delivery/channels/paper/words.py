"""The word that relance itself puts on paper beside the legal lines, in the customer's language."""

PAGE = {"en": "Page {n}", "fr": "Page {n}", "es": "Página {n}", "et": "Lk {n}"}


def page_words(language: str) -> str:
    """What stands under the second page of a letter and the following ones."""
    return PAGE.get(language, PAGE["en"])
