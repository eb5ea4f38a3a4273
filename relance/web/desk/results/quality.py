"""Turns what the CRM manager and the manager have to look after into one page of honest figures."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from relance.lib.fold import fold
from relance.measures.quality import LastRun, satisfaction, upkeep
from relance.measures.retention import retention
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.results.reckoned import is_asked_for, known, reckoned, shown_with
from relance.web.desk.words import Word, name_of
from relance.web.lists.listing import Column, Listing
from relance.web.lists.memory import Memory, as_they_are
from relance.web.lists.order import Key

PLACE = "desk-quality"
PER_PAGE = 500  # automations

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
            runs = found.figures["upkeep"].last_runs
            values["last_runs"] = last_runs_of(lambda _desk: runs).page(desk)
            values["waiting"] = [
                (says, getattr(values["upkeep"], figure), _address(desk, page)) for figure, says, page in WAITING
            ]
            values["ways"] = [(REACHED_BY[way], share) for way, share in values["upkeep"].reach.ways]
    template = "desk/results/_reckoned.html" if desk.is_fragment else "desk/results/quality.html"
    return show(desk, template, values, place=PLACE)


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


def _columns(_desk: Desk) -> list[Column[LastRun]]:
    return [
        Column("automation", _("Automation"), lambda one: one.automation.code),
        Column("name", _("Name"), lambda one: name_of(one.automation)),
        Column("paused", _("Paused because"), lambda one: one.automation.paused),
        Column("last", _("Last run that reached someone"), lambda one: one.run_at),
        Column("messages", _("Messages"), lambda one: one.made),
    ]


def _moment(one: LastRun) -> float:
    """Those that never ran waited longest."""
    return one.run_at.timestamp() if one.run_at else 0.0


def last_runs_of(runs: Callable[[Desk], Sequence[LastRun]]) -> Listing[LastRun]:
    """The table of these runs."""
    return Listing(
        name="last-runs",
        place=PLACE,
        title=_("Last run of each automation"),
        act="results",
        source=Memory(
            keys=(
                Key("last", _("Last run that reached someone"), _moment),
                Key("name", _("Automation"), lambda one: fold(name_of(one.automation))),
                Key("messages", _("Messages"), lambda one: one.made, down=True),
            ),
            rows=runs,
            whole=as_they_are,
            tie=lambda one: one.automation.code,
        ),
        columns=_columns,
        per_page=PER_PAGE,
    )


def _known_runs(desk: Desk) -> list[LastRun]:
    found: list[LastRun] = reckoned(desk, "quality", lambda: _figures(desk))["upkeep"].last_runs
    return found


LAST_RUNS = last_runs_of(_known_runs)
