"""Turns a period into what was planned, refused, sent, answered, and what came of it beside those who were held out."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relance.lib.fold import fold
from relance.measures.results.attribution import Outcome, outcomes
from relance.measures.results.funnel import Counts, Period, by_automation, by_channel, by_day, total
from relance.measures.words import CHANNELS
from relance.plan.models import Automation
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.results.reckoned import is_asked_for, known, reckoned, shown_with
from relance.web.desk.taken import number_in
from relance.web.desk.words import Word, name_of, reason_of, word
from relance.web.lists.listing import Column, Listing
from relance.web.lists.memory import Memory, as_they_are
from relance.web.lists.order import Key

PLACE = "desk-results"
PERIODS = (30, 90, 365)  # days
LONGEST = 731
PER_PAGE = 500  # automations


@dataclass(frozen=True)
class Line:
    """One automation."""

    automation: Automation
    counts: Counts
    outcome: Outcome


@dataclass(frozen=True)
class Statistics:
    """Everything of the page."""

    lines: list[Line]
    all: Counts
    outcome: Outcome
    channels: list[tuple[Word, Counts]]
    reasons: list[tuple[Word, int]]
    days: list[tuple[date, int, int]]  # day, sent, refused


@desk_page("results")
def results(desk: Desk) -> HttpResponse:
    """The page comes at once, its figures follow."""
    period, fault = _period(desk)
    values: dict[str, Any] = {
        "period": period,
        "fault": fault,
        "periods": PERIODS,
        "window": desk.dealer.preferences.attribution_days,
        "query": desk.request.GET.urlencode(),
    }
    if is_asked_for(desk):
        found = known(desk, _name(period), lambda: statistics(desk, period))
        if found.figures:
            figures: Statistics = found.figures
            values["by_automation"] = by_automation_of(lambda _desk: figures.lines).page(desk)
        values |= {"found": found.figures, **shown_with(desk, found, "desk/results/_statistics.html")}
    template = "desk/results/_reckoned.html" if desk.is_fragment else "desk/results/statistics.html"
    return show(desk, template, values, place=PLACE)


def _period(desk: Desk) -> tuple[Period, str]:
    """The last 30 days, `?days=90`, or `?from=…&to=…`; what cannot be read is said."""
    asked, today = desk.request.GET, desk.reader.today
    days = min(number_in(asked.get("days")) or PERIODS[0], LONGEST)
    usual = Period(today - timedelta(days=days - 1), today)
    if not asked.get("from") and not asked.get("to"):
        return usual, ""
    try:
        chosen = Period(date.fromisoformat(asked.get("from", "")), date.fromisoformat(asked.get("to", "")))
    except ValueError:
        return usual, gettext("Choose both days.")
    if not 0 <= (chosen.last - chosen.first).days <= LONGEST:
        return usual, gettext("The first day comes first, and a period has at most two years.")
    return chosen, ""


def _name(period: Period) -> str:
    return f"statistics:{period.first}:{period.last}"


def statistics(desk: Desk, period: Period) -> Statistics:
    """The figures of a period."""
    dealer = desk.dealer
    counts = by_automation(dealer, period)
    came = outcomes(dealer, period, window=timedelta(days=dealer.preferences.attribution_days))
    automations = Automation.objects.of(dealer).in_bulk(list(counts))
    lines = [Line(automations[pk], one, came.get(pk, Outcome())) for pk, one in counts.items()]
    lines.sort(key=lambda line: (-line.counts.sent, line.automation.code))
    everything = total(counts.values())
    reasons = Counter({reason: n for reason, n in everything.refused_by.items() if reason != "holdout"})
    return Statistics(
        lines,
        everything,
        _sum(line.outcome for line in lines),
        [(word(CHANNELS, channel), one) for channel, one in by_channel(dealer, period).items() if channel],
        [(reason_of(reason, None)[0], n) for reason, n in reasons.most_common()],
        [(day, one.sent, one.refused) for day, one in by_day(dealer, period).items()],
    )


def _sum(outcomes_: Any) -> Outcome:
    whole = Outcome()
    for one in outcomes_:
        for mine, other in ((whole.treated, one.treated), (whole.held_out, one.held_out)):
            mine.people += other.people
            mine.came += other.came
        whole.booked += one.booked
        whole.opted_out += one.opted_out
        whole.orders += one.orders
        whole.revenue += one.revenue
    return whole


def _columns(_desk: Desk) -> list[Column[Line]]:
    return [
        Column("automation", _("Automation"), lambda line: line.automation.code),
        Column("name", _("Name"), lambda line: name_of(line.automation)),
        *(Column(name, words, value) for name, words, value in FIGURES),
    ]


def _number(value: Callable[[Line], Any]) -> Callable[[Line], float | None]:
    def number(line: Line) -> float | None:
        found = value(line)
        return None if found is None else float(found)

    return number


# name, head, and figure: of the table and of the file
FIGURES: tuple[tuple[str, Word, Callable[[Line], Any]], ...] = (
    ("planned", _("Planned"), lambda line: line.counts.planned),
    ("refused", _("Refused"), lambda line: line.counts.refused),
    ("sent", _("Sent"), lambda line: line.counts.sent),
    ("opened", _("Opened"), lambda line: line.counts.answers["opened"]),
    ("clicked", _("Clicked"), lambda line: line.counts.answers["clicked"]),
    ("answered", _("Answered"), lambda line: line.counts.answers["answered"]),
    ("opted_out", _("Opted out"), lambda line: line.outcome.opted_out),
    ("booked", _("Booked"), lambda line: line.outcome.booked),
    ("came", _("Visited"), lambda line: line.outcome.treated.came),
    ("held_out", _("Held out"), lambda line: line.outcome.held_out.people),
    ("held_out_came", _("Held out and visited"), lambda line: line.outcome.held_out.came),
    ("orders", _("Repair orders"), lambda line: line.outcome.orders),
    ("revenue", _("Revenue"), lambda line: line.outcome.revenue),
)
# What the table shows as a share is sorted as one.
SHARES: tuple[tuple[str, Word, Callable[[Line], float | None]], ...] = (
    ("came", _("Visited"), lambda line: _share(line.outcome.treated)),
    ("held_out", _("Control group"), lambda line: _share(line.outcome.held_out)),
    ("difference", _("Difference"), lambda line: apart.value if (apart := line.outcome.difference) else None),
)
SORTED_BY = {
    name: Key(name, words, _number(value), down=True, may_lack=True) for name, words, value in (*FIGURES, *SHARES)
}


def _share(group: Any) -> float | None:
    return group.share.value if group.share else None


def by_automation_of(lines: Callable[[Desk], Sequence[Line]]) -> Listing[Line]:
    """The table of these lines."""
    by_name = Key[Callable[[Line], Any]]("name", _("Automation"), lambda line: fold(name_of(line.automation)))
    keys = [SORTED_BY["sent"], by_name, *(key for name, key in SORTED_BY.items() if name != "sent")]
    return Listing(
        name="statistics",
        place=PLACE,
        title=_("Statistics"),
        act="results",
        source=Memory(keys=keys, rows=lines, whole=as_they_are, tie=lambda line: line.automation.code),
        columns=_columns,
        per_page=PER_PAGE,
    )


def _lines(desk: Desk) -> list[Line]:
    period, _fault = _period(desk)
    return reckoned(desk, _name(period), lambda: statistics(desk, period)).lines


STATISTICS = by_automation_of(_lines)
