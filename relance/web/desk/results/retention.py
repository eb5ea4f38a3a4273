"""Turns the dealer's retention into a page: who is active, at risk, lost, by model year and by year of purchase."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from relance.measures.retention import Retention, Standing, retention
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.results.reckoned import is_asked_for, known, reckoned, shown_with
from relance.web.desk.words import Word
from relance.web.lists.listing import Column, Listing
from relance.web.lists.memory import Memory, as_they_are
from relance.web.lists.order import Key

PLACE = "desk-retention"
Year = tuple[int | None, Standing]
Groups = Mapping[int | None, Standing]


@desk_page("results")
def retention_page(desk: Desk) -> HttpResponse:
    """The page comes at once, its figures follow."""
    values: dict[str, Any] = {}
    if is_asked_for(desk):
        found = known(desk, "retention", lambda: retention(desk.dealer, at=desk.reader.at))
        values = {"found": found.figures, **shown_with(desk, found, "desk/results/_retention.html")}
        if found.figures:
            figures: Retention = found.figures
            values["by_model_year"] = by_model_year_of(lambda _desk: list(figures.by_model_year.items())).page(desk)
            values["by_cohort"] = by_cohort_of(lambda _desk: list(figures.by_cohort.items())).page(desk)
    template = "desk/results/_reckoned.html" if desk.is_fragment else "desk/results/retention.html"
    return show(desk, template, values, place=PLACE)


def _by_year(name: str, title: Word, years: Callable[[Desk], Sequence[Year]], prefix: str = "") -> Listing[Year]:
    """A table of years: where their vehicles stand."""
    return Listing(
        name=name,
        place=PLACE,
        title=title,
        act="results",
        source=Memory(
            keys=(
                Key("year", title, lambda row: row[0], down=True, may_lack=True),
                Key("active", _("Active"), lambda row: row[1].active, down=True),
                Key("at_risk", _("At risk"), lambda row: row[1].at_risk, down=True),
                Key("lost", _("Lost"), lambda row: row[1].lost, down=True),
                Key("share", _("Share active"), lambda row: row[1].share.value, down=True, may_lack=True),
            ),
            rows=years,
            whole=as_they_are,
            tie=lambda row: row[0] or 0,
        ),
        columns=lambda _desk: [
            Column("year", title, lambda row: row[0]),
            Column("active", _("Active"), lambda row: row[1].active),
            Column("at_risk", _("At risk"), lambda row: row[1].at_risk),
            Column("lost", _("Lost"), lambda row: row[1].lost),
            Column("share", _("Share active"), lambda row: row[1].share.value),
        ],
        per_page=500,
        prefix=prefix,
    )


def by_model_year_of(years: Callable[[Desk], Sequence[Year]]) -> Listing[Year]:
    """The table of the model years."""
    return _by_year("model-years", _("Model year"), years)


def by_cohort_of(years: Callable[[Desk], Sequence[Year]]) -> Listing[Year]:
    """The table of the years in which vehicles came to their owners."""
    return _by_year("years-in-service", _("In service since"), years, prefix="since-")


def _known(desk: Desk, groups: Callable[[Retention], Groups]) -> list[Year]:
    return list(groups(reckoned(desk, "retention", lambda: retention(desk.dealer, at=desk.reader.at))).items())


MODEL_YEARS = by_model_year_of(lambda desk: _known(desk, lambda found: found.by_model_year))
COHORTS = by_cohort_of(lambda desk: _known(desk, lambda found: found.by_cohort))
