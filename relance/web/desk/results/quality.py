"""Turns what the CRM manager and the manager have to look after into one page of honest figures."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from relance.measures.quality import satisfaction, upkeep
from relance.measures.retention import retention
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.results.reckoned import is_asked_for, reckoned
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
        at = desk.reader.at
        values["upkeep"] = reckoned(desk, "upkeep", lambda: upkeep(desk.dealer, at=at))
        values["ways"] = [(REACHED_BY[way], share) for way, share in values["upkeep"].reach.ways]
        values["retention"] = reckoned(desk, "retention", lambda: retention(desk.dealer, at=at))
        values["satisfaction"] = reckoned(desk, "satisfaction", lambda: satisfaction(desk.dealer, at=at))
    template = "desk/results/_quality.html" if desk.is_fragment else "desk/results/quality.html"
    return show(desk, template, values, place="desk-quality")
