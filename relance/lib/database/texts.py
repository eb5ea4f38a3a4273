"""Turns words of another system into a text that every database keeps and every page shows, whatever was in them.

PostgreSQL keeps no zero byte and no half of a letter; what a server says in its trouble may hold both.
"""

KEPT = frozenset("\n\t")


def legible(text: str) -> str:
    """The text with a blank in the place of every sign that cannot be shown; line ends stay."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in KEPT else " " for sign in text)
