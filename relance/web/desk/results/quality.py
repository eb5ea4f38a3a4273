"""Turns what the CRM manager and the manager have to look after into one page of honest figures."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from relance.measures.quality import satisfaction, upkeep
from relance.measures.retention import retention
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.results.reckoned import is_asked_for, known, reckoned, shown_with
from relance.web.desk.words import Word

REACHED_BY: dict[str, Word] = {
    "both": _("E-mail and mobile"),
    "email_only": _("E-mail only"),
    "mobile_only": _("Mobile only"),
    "post_only": _("Post only"),
    "nothing": _("Nothing usable"),
}


@desk_page("results")
def quality(desk: Desk) -> HttpResponse:
    """The page comes at once, its figures follow."""
    values: dict[str, Any] = {}
    if is_asked_for(desk):
        found = known(desk, "quality", lambda: _figures(desk))
        values = {**(found.figures or {}), **shown_with(desk, found, "desk/results/_quality.html")}
        if found.figures:
            values["ways"] = [(REACHED_BY[way], share) for way, share in values["upkeep"].reach.ways]
    template = "desk/results/_reckoned.html" if desk.is_fragment else "desk/results/quality.html"
    return show(desk, template, values, place="desk-quality")


def _figures(desk: Desk) -> dict[str, Any]:
    at = desk.reader.at
    return {
        "upkeep": upkeep(desk.dealer, at=at),
        "retention": reckoned(desk, "retention", lambda: retention(desk.dealer, at=at)),
        "satisfaction": satisfaction(desk.dealer, at=at),
    }
