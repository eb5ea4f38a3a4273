"""Turns what the CRM manager and the manager have to look after into one page of honest figures."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
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
# What waits: its figure of the upkeep, its words, and the page that shows those behind the number.
WAITING: tuple[tuple[str, Word, str], ...] = (
    ("open_tasks", _("Open tasks"), "desk-tasks?show=all"),
    ("overdue_tasks", _("Overdue tasks"), "desk-tasks?show=late"),
    ("unsure", _("Unsure messages"), "desk-outbox?state=unsure"),
    ("unanswered", _("Unanswered questions and complaints"), "desk-tasks?show=all"),
    ("failed", _("Messages that failed in 90 days"), "desk-outbox?state=failed"),
    ("opted_out", _("Unsubscribed in 90 days"), ""),
    ("unproven", _("Consents without proof or source"), ""),
)


@desk_page("results")
def quality(desk: Desk) -> HttpResponse:
    """The page comes at once, its figures follow."""
    values: dict[str, Any] = {}
    if is_asked_for(desk):
        found = known(desk, "quality", lambda: _figures(desk))
        values = {**(found.figures or {}), **shown_with(desk, found, "desk/results/_quality.html")}
        if found.figures:
            values["waiting"] = [
                (says, getattr(values["upkeep"], figure), _address(desk, page)) for figure, says, page in WAITING
            ]
            values["ways"] = [(REACHED_BY[way], share) for way, share in values["upkeep"].reach.ways]
    template = "desk/results/_reckoned.html" if desk.is_fragment else "desk/results/quality.html"
    return show(desk, template, values, place="desk-quality")


def _address(desk: Desk, page: str) -> str:
    name, _mark, asked = page.partition("?")
    return f"{reverse(name, kwargs={'slug': desk.dealer.slug})}?{asked}" if name else ""


def _figures(desk: Desk) -> dict[str, Any]:
    at = desk.reader.at
    return {
        "upkeep": upkeep(desk.dealer, at=at),
        "retention": reckoned(desk, "retention", lambda: retention(desk.dealer, at=at)),
        "satisfaction": satisfaction(desk.dealer, at=at),
    }
