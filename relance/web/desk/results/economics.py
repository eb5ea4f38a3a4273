"""Turns assumptions that anybody may change into what retention is worth, beside the dealer's own measured year."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.measures.economics import Assumptions, measured, reckon
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.results.reckoned import is_part_asked_for, known, shown_with
from relance.web.desk.words import Word

MOST = Decimal(10**12)
LABELS: Mapping[str, Word] = {
    "vehicles": gettext_lazy("Vehicles in the database"),
    "price": gettext_lazy("Price per vehicle and month"),
    "revenue": gettext_lazy("Revenue of the dealership in a year"),
    "service_share": gettext_lazy("Share of the service department, per cent"),
    "retention_now": gettext_lazy("Service retention today, per cent"),
    "retention_then": gettext_lazy("Service retention aimed at, per cent"),
    "visit_hours": gettext_lazy("Hours of work in a visit"),
    "hourly_rate": gettext_lazy("Hourly rate"),
    "wages": gettext_lazy("Wages for a visit"),
    "parts_cost": gettext_lazy("Cost of parts, per cent of their price"),
    "bookings": gettext_lazy("Bookings on the web"),
    "prize": gettext_lazy("Prize drawn among them"),
}


@dataclass(frozen=True)
class AssumptionField:
    """One assumption as it stands in its field."""

    name: str
    label: Word
    text: str
    fault: str


@desk_page("results")
def economics(desk: Desk) -> HttpResponse:
    """The calculator; what is typed stands in the address, so that it can be sent to a colleague. Measured follows."""
    usual = Assumptions(price=Decimal(str(desk.dealer.preferences.price_per_vehicle)))
    given, lines = _read(desk.request.GET, usual)
    values: dict[str, Any] = {
        "fields": lines,
        "reckoned": reckon(given),
        "given": given,
    }
    if is_part_asked_for(desk, "own"):
        found = known(desk, "economics", lambda: measured(desk.dealer, at=desk.reader.at))
        values |= {"measured": found.figures, **shown_with(desk, found, "desk/results/_own_year.html")}
        if desk.is_fragment and "part" in desk.request.GET:
            return show(desk, "desk/results/_reckoned.html", values)
    return show(desk, "desk/results/economics.html", values, place="desk-economics")


def _read(asked: Mapping[str, str], usual: Assumptions) -> tuple[Assumptions, list[AssumptionField]]:
    """The assumptions; what cannot be read counts as usual and is marked."""
    numbers: dict[str, Any] = {}
    lines = []
    for field in fields(Assumptions):
        before = getattr(usual, field.name)
        text = str(asked.get(field.name, before)).strip()[:20]
        number = _number(text)
        numbers[field.name] = before if number is None else type(before)(number)
        fault = _("A number from 0 up.") if number is None else ""
        lines.append(AssumptionField(field.name, LABELS[field.name], text, fault))
    return Assumptions(**numbers), lines


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number <= MOST else None
