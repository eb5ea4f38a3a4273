"""Turns "who will hear from us, and is that right?" into the home page: the answer as a sentence, then the sheet."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.urls import reverse

from relance.facts.models import Customer
from relance.lib.moments import DAY, day_start
from relance.outbox.forecast import Cell, Forecast, forecast, forecast_of
from relance.outbox.models import Message
from relance.plan.models import Automation
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.programmes.decisions import late_told
from relance.web.desk.programmes.month_sheet import Sheet, SheetDay, Square, bounds, sheet, switched_on
from relance.web.desk.results.reckoned import Known, is_large, known, shown_with

WEEK_DAYS = 7


class Answer(NamedTuple):
    """The sentence at the top."""

    total: int
    sent: int
    waiting: int
    refused: int
    next_day: date | None  # the next day on which somebody hears from us, when nobody does today
    next_total: int


class Ahead(NamedTuple):
    """One day of the list that stands on a phone."""

    on: SheetDay
    squares: list[tuple[Automation, Square]]


@desk_page()
def programmes(desk: Desk) -> HttpResponse:
    """The page comes at once, the forecast follows as a fragment; `?full=1` asks for both."""
    values = _counted(desk) if "full" in desk.request.GET else sheet_values(desk, None)
    return show(desk, "desk/programmes/programmes.html", values, place="desk-programmes")


@desk_page()
def programmes_days(desk: Desk) -> HttpResponse:
    """The sentence and the sheet with every number in; `?part=age`: whether those that are reckoned have come."""
    if desk.request.GET.get("part") != "age":
        return show(desk, "desk/programmes/_sheet.html", _counted(desk))
    found = known_outlook(desk)
    response = show(desk, "desk/results/_age.html", {**shown_with(desk, found, ""), "alone": True})
    if not found.since:
        response["HX-Trigger"] = "sheet-changed"
    return response


def _counted(desk: Desk) -> dict[str, Any]:
    """The sheet with its numbers; with many customers they are reckoned beside the page, and those of before shown."""
    if not is_large(desk.dealer):
        return sheet_values(desk, outlook_of(desk))
    found = known_outlook(desk)
    again = f"{reverse('desk-sheet', kwargs={'slug': desk.dealer.slug})}?part=age"
    return {**sheet_values(desk, found.figures), **shown_with(desk, found, ""), "again": again, "alone": True}


def known_outlook(desk: Desk) -> Known:
    """Its numbers alone: the people behind them are asked for cell by cell."""
    whose = desk.user.pk if desk.sees_own else "all"
    return known(desk, f"sheet:{whose}:{desk.reader.today}", lambda: Forecast(outlook_of(desk).cells, {}))


def sheet_values(desk: Desk, outlook: Forecast | None) -> dict[str, Any]:
    """What the sheet shows; also behind an open panel."""
    automations = switched_on(desk.dealer)
    filled = sheet(desk.dealer, automations, outlook, reader=desk.reader)
    return {
        "sheet": filled,
        "answer": answer(desk, outlook) if outlook else None,
        "late_runs": late_told(desk) if outlook else [],
        "ahead": ahead(filled),
        "has_customers": bool(filled.rows) or Customer.objects.of(desk.dealer).exists(),  # asked when the page is empty
        "off": Automation.objects.of(desk.dealer).filter(status="off").count(),
    }


def outlook_of(desk: Desk, days: tuple[date, date] | None = None) -> Forecast:
    """These days, or this month and the next: of everybody, or of the customers of a reader who has his own."""
    first, last = days or bounds(desk.reader.today)
    if desk.sees_own:
        return forecast_of(desk.dealer, desk.customers(), first=first, last=last, at=desk.reader.at)
    return forecast(desk.dealer, first=first, last=last, at=desk.reader.at)


def answer(desk: Desk, outlook: Forecast) -> Answer:
    """How many today, and what became of them so far."""
    today, zone = desk.reader.today, desk.reader.zone
    ready, refused = _sum(cell for (_, day), cell in outlook.cells.items() if day == today)
    gone = (desk.messages() if desk.sees_own else Message.objects.of(desk.dealer)).filter(
        state__in=("sent", "delivered"), send_at__gte=day_start(today, zone), send_at__lt=day_start(today + DAY, zone)
    )
    sent = min(gone.count(), ready)
    coming = sorted(day for (_, day), cell in outlook.cells.items() if day > today and cell.ready)
    next_day = coming[0] if coming and not ready + refused else None
    next_total = _sum(cell for (_, day), cell in outlook.cells.items() if day == next_day)[0] if next_day else 0
    return Answer(ready + refused, sent, ready - sent, refused, next_day, next_total)


def _sum(cells: Iterable[Cell]) -> tuple[int, int]:
    listed = list(cells)
    return sum(cell.ready for cell in listed), sum(cell.refused for cell in listed)


def ahead(filled: Sheet) -> list[Ahead]:
    """Today, tomorrow and the rest of seven days; days without anybody are left out but today."""
    found = []
    for place, on in enumerate(filled.days):
        if on.is_past:
            continue
        squares = [(row.automation, row.squares[place]) for row in filled.rows if not row.squares[place].is_empty]
        if squares or on.is_today:
            found.append(Ahead(on, squares))
        if len(found) == WEEK_DAYS:
            break
    return found
