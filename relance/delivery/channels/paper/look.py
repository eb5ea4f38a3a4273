"""Turns a dealer's settings into the look of his paper: sheet, colour, letterhead, the place of the window.

A look is plain data. It is kept with every print file, so that the file can be made again as it was, whatever the
settings have become.
"""

import hashlib
import logging
from pathlib import Path
from typing import Any

from django.conf import settings

from relance.dealers.models import Dealer
from relance.delivery.channels.brand import logo_path, on_colour
from relance.delivery.channels.file.folder import write_whole
from relance.delivery.channels.paper import press
from relance.lib.addresses import said_number
from relance.lib.language import LANGUAGES
from relance.plan.saying.legal_lines import print_foot

log = logging.getLogger(__name__)
LETTER_PAPER = frozenset({"CA", "US", "MX", "PR", "CO", "CL", "PH"})  # where letters are 8.5 × 11 inches
WINDOW_RIGHT = frozenset({"FR", "BE", "LU", "IT", "GB", "IE", "NO", "SE", "DK"})
SIZES = {"letter": (8.5, 11.0), "a4": (8.268, 11.693), "tabloid": (17.0, 11.0), "a3": (16.535, 11.693)}
LARGE = {"letter": "tabloid", "a4": "a3"}
ALONE = (7.0, 5.0)  # one card with its marks


def look_of(dealer: Dealer, channel: str, *, title: str = "") -> dict[str, Any]:
    """The look of one channel of a dealer."""
    own = dealer.preferences
    reach = [said_number(own.phone, dealer.country) if own.phone else "", _short(own.website)]
    return {
        "layout": press.NEWEST,
        "name": own.legal_name or dealer.name,
        "title": title or dealer.name,
        "address": [line.strip() for line in (own.address or "").splitlines() if line.strip()],
        "reach": [part for part in reach if part],
        "colour": own.paper.colour,
        "on_colour": on_colour(own.paper.colour),
        "logo": _logo(dealer),
        "postage": own.paper.postage.splitlines() if own.paper.postage else None,
        "stops": {language: print_foot(dealer, language, purpose="marketing").stop for language in LANGUAGES},
        "sheet": _sheet(dealer, channel),
    }


def _sheet(dealer: Dealer, channel: str) -> dict[str, Any]:
    own = dealer.preferences.paper
    size = own.size or ("letter" if dealer.country in LETTER_PAPER else "a4")
    width, height = SIZES[size]
    if channel == "postcard":
        if own.cards_on_a_sheet == 1:
            width, height = ALONE
        elif own.cards_on_a_sheet == 4:
            width, height = SIZES[LARGE[size]]
        columns = 2 if own.cards_on_a_sheet == 4 else 1
        return {"width": width, "height": height, "columns": columns, "rows": 1 if own.cards_on_a_sheet == 1 else 2}
    window = own.window or ("right" if dealer.country in WINDOW_RIGHT else "left")
    return {"width": width, "height": height, **WINDOWS[size, window]}


# Inches from the sheet's upper left corner to where the address begins, where the text begins, and where to fold.
_US = {"window_y": 2.15, "body_y": 3.65, "folds": [3.667, 7.333]}
_EU = {"window_y": 1.95, "body_y": 3.85, "folds": [4.134, 8.268]}
WINDOWS: dict[tuple[str, str], dict[str, Any]] = {
    ("letter", "left"): {"window_x": 1.0, **_US},
    ("letter", "right"): {"window_x": 4.4, **_US},
    ("a4", "left"): {"window_x": 0.984, **_EU},
    ("a4", "right"): {"window_x": 4.4, **_EU},
}


def _logo(dealer: Dealer) -> str | None:
    """The name of a copy that stays as it is, so that an old file can be made again with the logo of its day."""
    path = logo_path(dealer.slug)
    if path is None:
        return None
    content = path.read_bytes()
    kept = f"{hashlib.sha256(content).hexdigest()[:20]}{path.suffix}"
    if not (_kept() / kept).is_file():
        write_whole(_kept() / kept, content)
    return kept


def _kept() -> Path:
    return Path(settings.HOME) / "logos" / "kept"


def opened(look: dict[str, Any]) -> dict[str, Any]:
    """A look with its logo as the press wants it: an SVG as text, pixels as numbers."""
    if look["logo"] is None:
        return look
    path = _kept() / Path(look["logo"]).name
    try:
        content = path.read_bytes()
    except OSError:
        log.warning("the logo %s is no longer there: the name stands in its place", path)
        return {**look, "logo": None}
    vector = path.suffix == ".svg"
    data = content.decode("utf-8", "replace") if vector else list(content)
    return {**look, "logo": {"format": path.suffix[1:], "data": data}}


def _short(website: str | None) -> str:
    return (website or "").split("://")[-1].removeprefix("www.").rstrip("/")
