"""Turns automations and their forecast into the sheet of this month and the next: a row each, a square a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from math import sqrt

from django.utils.translation import gettext_lazy as _

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer, Staff
from relance.lib.errors import BadInput
from relance.lib.moments import DAY, add_months
from relance.outbox.forecast import Cell, Forecast
from relance.plan.models import Automation
from relance.plan.schedule import Schedule
from relance.plan.switching.moved_runs import Moves, moves_of, next_run_of
from relance.web.desk.reading import Reader
from relance.web.desk.words import PROGRAMMES, RHYTHMS, ROLES, Word, word

TINTS = 5


@dataclass(frozen=True)
class SheetDay:
    """One column."""

    day: date
    closed: str | None  # why
    is_today: bool
    is_past: bool
    starts_week: bool
    starts_month: bool

    @cached_property
    def css(self) -> str:
        """The classes of every square in this column."""
        marks = {
            "is-today": self.is_today,
            "is-past": self.is_past,
            "is-closed": self.closed,
            "starts-week": self.starts_week,
            "starts-month": self.starts_month,
        }
        return " ".join(name for name, is_so in marks.items() if is_so)


@dataclass(frozen=True)
class Square:
    """One automation on one day; `cell` is None where nothing is due."""

    on: SheetDay
    cell: Cell | None
    tint: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to open."""
        return self.cell is None or not (self.cell.ready or self.cell.refused)


@dataclass(frozen=True)
class Total:
    """Due in one month."""

    month: date
    ready: int
    refused: int


@dataclass(frozen=True)
class Row:
    """One automation."""

    automation: Automation
    rhythm: Word
    owner: Word
    squares: tuple[Square, ...]
    totals: tuple[Total, ...]
    next_run_at: datetime | None


@dataclass(frozen=True)
class Programme:
    """A family of automations."""

    code: str
    name: Word
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Sheet:
    """The home page."""

    days: tuple[SheetDay, ...]
    months: tuple[tuple[date, int], ...]  # first day, number of days
    programmes: tuple[Programme, ...]
    is_filled: bool  # whether the forecast is in

    @property
    def rows(self) -> list[Row]:
        """Every automation, in the order of the page."""
        return [row for programme in self.programmes for row in programme.rows]


def bounds(today: date) -> tuple[date, date]:
    """First day of this month, last day of the next."""
    first = today.replace(day=1)
    return first, add_months(first, 2) - DAY


def switched_on(dealer: Dealer) -> list[Automation]:
    """The automations that speak, by programme in the order of words.py."""
    order = {code: place for place, code in enumerate(PROGRAMMES)}
    rows = Automation.objects.of(dealer).exclude(status="off").order_by("code")
    return sorted(rows, key=lambda row: (order.get(row.programme, len(order)), row.programme, row.code))


def sheet(dealer: Dealer, automations: Sequence[Automation], outlook: Forecast | None, *, reader: Reader) -> Sheet:
    """The sheet; without an outlook its squares are still empty."""
    first, last = bounds(reader.today)
    calendar = Calendar(dealer)
    days = _days(first, last, calendar, reader)
    cells = outlook.cells if outlook else {}
    most = max((cell.ready for cell in cells.values()), default=0)
    owners, moves = _staff_named(dealer, automations), moves_of(dealer)
    rows = []
    for automation in automations:
        squares = tuple(_square(day, cells.get((automation.pk, day.day)), most) for day in days)
        rows.append(
            Row(
                automation=automation,
                rhythm=word(RHYTHMS, automation.definition.get("schedule", {}).get("kind")),
                owner=_owner(automation, dealer, owners),
                squares=squares,
                totals=tuple(_total(month, squares) for month in (first, add_months(first, 1))),
                next_run_at=_next_run(automation, calendar, moves, reader.at),
            )
        )
    programmes = tuple(
        Programme(code, word(PROGRAMMES, code), tuple(group))
        for code, group in groupby(rows, key=lambda row: row.automation.programme)
    )
    months = tuple((month, (add_months(month, 1) - month).days) for month in (first, add_months(first, 1)))
    return Sheet(days, months, programmes, outlook is not None)


def _days(first: date, last: date, calendar: Calendar, reader: Reader) -> tuple[SheetDay, ...]:
    return tuple(
        SheetDay(
            day=day,
            closed=calendar.closed_because(day, reader.speech.language),
            is_today=day == reader.today,
            is_past=day < reader.today,
            starts_week=day.weekday() == reader.locale.first_week_day,
            starts_month=day.day == 1,
        )
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
    )


def _square(day: SheetDay, cell: Cell | None, most: int) -> Square:
    """The tint grows with the root of the number: 4 and 12 differ as well as 100 and 300."""
    if cell is None or not cell.ready:
        return Square(day, cell, 0)
    return Square(day, cell, max(1, round(TINTS * sqrt(cell.ready / most))))


def _total(month: date, squares: tuple[Square, ...]) -> Total:
    cells = [s.cell for s in squares if s.cell and s.on.day.replace(day=1) == month]
    return Total(month, sum(cell.ready for cell in cells), sum(cell.refused for cell in cells))


def _next_run(automation: Automation, calendar: Calendar, moves: Moves, at: datetime) -> datetime | None:
    """None for what comes as it happens, by hand, or never again."""
    try:
        schedule = Schedule.model_validate(automation.definition["schedule"])
        if schedule.kind == "realtime":
            return None
        return next_run_of(automation, schedule, calendar, after=at, moves=moves)
    except (BadInput, ValueError, KeyError):  # paused elsewhere, and shown so; the page must still come
        return None


def _staff_named(dealer: Dealer, automations: Sequence[Automation]) -> Mapping[str, str]:
    """The names of those whom automations name; most name nobody, and nobody is asked for."""
    named = {_assigned(automation) for automation in automations} - {None, "reference"}
    return dict(Staff.objects.of(dealer).filter(ref__in=named).values_list("ref", "name")) if named else {}


def _assigned(automation: Automation) -> str | None:
    assign: str | None = automation.definition.get("replies", {}).get("assign")
    return assign


def _owner(automation: Automation, dealer: Dealer, staff: Mapping[str, str]) -> Word:
    """Who answers: the person named for replies, else the role to whom the customer belongs."""
    assign = _assigned(automation)
    if assign == "reference":
        return ROLES["salesperson" if automation.subject in ("sale", "vehicle") else "advisor"]
    if assign and assign in staff:
        return staff[assign]
    return dealer.preferences.owner or _("CRM manager")
