"""Turns a period into what was planned, refused, sent, answered, and what came of it beside those who were held out."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from relance.exports.lists.cells import Column, Sheet
from relance.measures.results.attribution import Outcome, outcomes
from relance.measures.results.funnel import Counts, Period, by_automation, by_channel, by_day, total
from relance.measures.words import CHANNELS
from relance.plan.models import Automation
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.results.reckoned import is_asked_for, known, reckoned, shown_with
from relance.web.desk.taken import number_in, sheet_file
from relance.web.desk.words import Word, reason_of, word
from relance.web.templatetags.wording import automation_name

PLACE = "desk-results"
PERIODS = (30, 90, 365)  # days
LONGEST = 731


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
        values |= {"found": found.figures, **shown_with(desk, found, "desk/results/_statistics.html")}
    template = "desk/results/_reckoned.html" if desk.is_fragment else "desk/results/statistics.html"
    return show(desk, template, values, place=PLACE)


@desk_page("export")
def results_file(desk: Desk, form: str) -> HttpResponse:
    """The table as CSV or as an Excel workbook."""
    period, _fault = _period(desk)
    sheet = _sheet(desk, reckoned(desk, _name(period), lambda: statistics(desk, period)))
    answer = sheet_file(sheet, f"{desk.dealer.slug}-{period.first}-{period.last}", form)
    desk.note("export", f"statistics {period.first} {period.last}")
    return answer


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
        return usual, _("Choose both days.")
    if not 0 <= (chosen.last - chosen.first).days <= LONGEST:
        return usual, _("The first day comes first, and a period has at most two years.")
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


def _sheet(desk: Desk, found: Statistics) -> Sheet:
    names = (
        ("automation", _("Automation")), ("name", _("Name")), ("planned", _("Planned")), ("refused", _("Refused")),
        ("sent", _("Sent")), ("opened", _("Opened")), ("clicked", _("Clicked")), ("answered", _("Answered")),
        ("opted_out", _("Opted out")), ("booked", _("Booked")), ("came", _("Visited")), ("held_out", _("Held out")),
        ("held_out_came", _("Held out and visited")), ("orders", _("Repair orders")), ("revenue", _("Revenue")),
    )  # fmt: skip
    rows = [
        (
            line.automation.code, str(automation_name(line.automation)), line.counts.planned, line.counts.refused,
            line.counts.sent, line.counts.answers["opened"], line.counts.answers["clicked"],
            line.counts.answers["answered"], line.outcome.opted_out, line.outcome.booked, line.outcome.treated.came,
            line.outcome.held_out.people, line.outcome.held_out.came, line.outcome.orders, line.outcome.revenue,
        )
        for line in found.lines
    ]  # fmt: skip
    return Sheet(_("Statistics"), [Column(name, label) for name, label in names], rows)
