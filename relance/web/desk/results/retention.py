"""Turns the dealer's retention into a page: who is active, at risk, lost, by model year and by year of purchase."""

from typing import Any

from django.http import HttpResponse

from relance.measures.retention import retention
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.results.reckoned import is_asked_for, known, shown_with


@desk_page("results")
def retention_page(desk: Desk) -> HttpResponse:
    """The page comes at once, its figures follow."""
    values: dict[str, Any] = {}
    if is_asked_for(desk):
        found = known(desk, "retention", lambda: retention(desk.dealer, at=desk.reader.at))
        values = {"found": found.figures, **shown_with(desk, found, "desk/results/_retention.html")}
    template = "desk/results/_reckoned.html" if desk.is_fragment else "desk/results/retention.html"
    return show(desk, template, values, place="desk-retention")
