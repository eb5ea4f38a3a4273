"""Turns a dealer's settings and the files of the home into what his paper and his e-mails are known by.

His colour is a setting (`paper.colour`); his logo is the file `logos/SLUG.svg`, `.png` or `.jpg` of the home.
"""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from relance.dealers.models import Dealer
from relance.plan.saying.links import server_url

LOGOS = ("svg", "png", "jpg")
LOGO_BYTES = 200_000
BRIGHT = 0.42  # above this much light black letters read better than white ones
# What mail programs draw, how a file of it begins, and how it is called. They draw no SVG.
DRAWN_IN_MAILS = {"png": (b"\x89PNG\r\n\x1a\n", "image/png"), "jpg": (b"\xff\xd8\xff", "image/jpeg")}


def on_colour(colour: str) -> str:
    """What can be read on a colour: black or white."""
    return "#000000" if _light(colour) > BRIGHT else "#ffffff"


def logo_path(slug: str, endings: Sequence[str] = LOGOS) -> Path | None:
    """A dealer's logo; None without one, or when it is too large."""
    paths = (Path(settings.HOME) / "logos" / f"{slug}.{ending}" for ending in endings)
    return next((path for path in paths if path.is_file() and path.stat().st_size <= LOGO_BYTES), None)


def logo_for_mails(slug: str) -> tuple[bytes, str] | None:
    """The picture and its type; None when there is none, or when the file is not what its name says."""
    path = logo_path(slug, tuple(DRAWN_IN_MAILS))
    if path is None:
        return None
    begins, kind = DRAWN_IN_MAILS[path.suffix[1:]]
    content = path.read_bytes()
    return (content, kind) if content.startswith(begins) else None


def logo_url(dealer: Dealer) -> str | None:
    """Where mail programs fetch the logo (web/hooks/logo.py). It is the same for everybody: it tells of nobody."""
    return f"{server_url()}/logo/{dealer.slug}" if logo_for_mails(dealer.slug) else None


def _light(colour: str) -> float:
    """Relative luminance (WCAG)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
