"""Turns a vehicle's history and its maintenance schedule into its next service, its readings into a line.

All of a chunk's vehicles at once: one query per table, the reckoning in Python, one update of those that changed. Rows
come as the database gives them (days and moments as numbers, amounts as floats), because there are millions of them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from relance.dealers.models import Dealer
from relance.facts.applying.sheet import json_text
from relance.facts.models import Appointment, RepairOrder, Sale, Vehicle
from relance.facts.odometer import EPOCH, Line, Reading, day_number, line_through, unit_of
from relance.facts.schedules import Plan, Plans
from relance.lib import moments
from relance.lib.moments import LocalDays, add_months, day_start
from relance.lib.rows import is_one_of, seconds_of, select, update, utc_text

CHUNK = 4_000
TOGETHER = 30  # days: what falls due so soon after the first operation is done at the same visit
LAST_DAY = date.max.toordinal() - EPOCH
ASKED = (
    "id", "kind", "make_folded", "model_folded", "year", "status", "CAST(in_service_on AS TEXT)",
    "CAST(odometer AS DOUBLE PRECISION)", "odometer_unit", "CAST(odometer_on AS TEXT)",
)  # fmt: skip
DERIVED = (
    "odometer_last", "odometer_start", "odometer_per_day", "next_service_on", "next_service_odometer",
    "next_service_operations", "last_seen_at",
)  # fmt: skip


class Work(NamedTuple):
    """Packages that were done: the day, the odometer when it was read, the folded titles."""

    day: int
    odometer: float | None
    packages: str


@dataclass(slots=True)
class History:
    """What is known of one vehicle's past."""

    readings: list[Reading] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    first: int | None = None  # day of the first visit or sale
    last_seen: int | None = None  # seconds since 1970-01-01

    def see(self, day: int, second: int) -> None:
        """A visit or a sale."""
        if self.first is None or day < self.first:
            self.first = day
        if self.last_seen is None or second > self.last_seen:
            self.last_seen = second


class Vehicles(NamedTuple):
    """A dealer's vehicles that are looked at together."""

    dealer: Dealer
    plans: Plans
    day_of: LocalDays


class Due(NamedTuple):
    """When an operation is due, and at which odometer."""

    day: int
    odometer: float | None
    code: str


def recompute(dealer: Dealer, vehicle_ids: list[int] | None = None) -> int:
    """Make odometer line, next service and last visit of these vehicles (or of all) anew; how many changed."""
    ours = Vehicles(dealer, Plans(dealer), LocalDays(dealer.zone))
    return sum(_recompute(ours, chunk) for chunk in _chunks(dealer, vehicle_ids))


def _chunks(dealer: Dealer, vehicle_ids: list[int] | None) -> Iterator[list[int]]:
    if vehicle_ids is not None:
        yield from (vehicle_ids[at : at + CHUNK] for at in range(0, len(vehicle_ids), CHUNK))
        return
    last = 0
    rows = Vehicle.objects.of(dealer).order_by("pk")
    while chunk := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield chunk
        last = chunk[-1]


def _recompute(ours: Vehicles, ids: list[int]) -> int:
    test, values = is_one_of("id", ids)
    columns = (*ASKED, *DERIVED[:3], "CAST(next_service_on AS TEXT)", *DERIVED[4:6], seconds_of("last_seen_at"))
    vehicles = select(columns, Vehicle, f"dealer_id = %s AND {test}", [ours.dealer.pk, *values])
    histories = _histories(ours, [row[0] for row in vehicles])
    changed = []
    for row in vehicles:
        fields = _derived(ours, row, histories[row[0]])
        if fields != row[len(ASKED) :]:
            seen = fields[-1] and utc_text(moments.EPOCH + timedelta(seconds=fields[-1]))
            changed.append(dict(zip(DERIVED, (*fields[:-1], seen), strict=True)) | {"id": row[0]})
    update(Vehicle, changed, DERIVED, ready=True)
    return len(changed)


def _histories(ours: Vehicles, ids: list[int]) -> defaultdict[int, History]:
    found: defaultdict[int, History] = defaultdict(History)
    if not ids:
        return found
    of_these, values = is_one_of("vehicle_id", ids)
    day_of, zone = ours.day_of, ours.dealer.zone
    for pk, opened, closed, state, odometer, packages in select(
        ("vehicle_id", seconds_of("opened_at"), seconds_of("closed_at"), "state",
         "CAST(odometer AS DOUBLE PRECISION)", "packages_folded"), RepairOrder, of_these, values,
    ):  # fmt: skip
        history = found[pk]
        day = day_of(opened)
        history.see(day, opened if closed is None else closed)
        if odometer is not None:
            history.readings.append(Reading(day, odometer))
        if packages and state != "open":
            history.works.append(Work(day if closed is None else day_of(closed), odometer, packages))
    for pk, ordered, delivered in select(
        ("vehicle_id", seconds_of("ordered_at"), "CAST(delivered_on AS TEXT)"), Sale, of_these, values
    ):
        if delivered is not None:
            begin = day_start(date.fromisoformat(delivered), zone)
            found[pk].see(_number(delivered), int(begin.timestamp()))
        elif ordered is not None:
            found[pk].see(day_of(ordered), ordered)
    visits = f"{of_these} AND proposed_by_id IS NULL AND (status IS NULL OR status <> 'canceled') GROUP BY vehicle_id"
    for pk, start in select(("vehicle_id", seconds_of("MAX(start_at)")), Appointment, visits, values):
        history = found[pk]
        history.last_seen = start if history.last_seen is None else max(history.last_seen, start)
    return found


@lru_cache(maxsize=50_000)
def _number(day: str) -> int:
    return day_number(date.fromisoformat(day))


def _derived(ours: Vehicles, row: tuple[Any, ...], history: History) -> tuple[Any, ...]:
    """The values of DERIVED, as the database gives them."""
    _, kind, make, model, year, status, in_service_on, odometer, shown_unit, odometer_on, *_ = row
    unit = unit_of(shown_unit, kind, ours.dealer.country)
    if odometer is not None and odometer_on is not None:
        history.readings.append(Reading(_number(odometer_on), odometer))
    line = line_through(history.readings, unit=unit, undated=odometer if odometer_on is None else None)
    due: list[Due] = []
    if status is None or status == "active":
        plan = ours.plans.of(kind=kind, make=make, model=model, year=year)
        due = _next(plan, in_service_on, history, line, unit) if plan else []
    return (
        *(line or (None, None, None)),
        date.fromordinal(due[0].day + EPOCH).isoformat() if due else None,
        next((operation.odometer for operation in due if operation.odometer is not None), None),
        json_text(tuple([operation.code for operation in due])),
        history.last_seen,
    )


def _next(plan: Plan, in_service_on: str | None, history: History, line: Line | None, unit: str) -> list[Due]:
    """The operations of the next service, the first due one first."""
    last_done = _last_done(plan, history.works)
    start = _start(in_service_on, history, line)
    due = []
    for code, months, every in plan.intervals(unit):
        since = last_done.get(code) or start
        if since is not None and (found := _due(code, months, every, since, line)):
            due.append(found)
    due.sort(key=_day)
    return [one for one in due if one.day <= due[0].day + TOGETHER]


_day = itemgetter(0)


def _last_done(plan: Plan, works: Iterable[Work]) -> dict[str, Work]:
    """For every operation the work that did it last."""
    last: dict[str, Work] = {}
    for work in works:
        for code in plan.done_in(work.packages):
            if code not in last or work.day > last[code].day:
                last[code] = work
    return last


def _start(in_service_on: str | None, history: History, line: Line | None) -> Work | None:
    """Where counting begins for an operation that was never done here."""
    if in_service_on is not None:
        return Work(_number(in_service_on), 0.0, "")
    if history.first is None:
        return None
    return Work(history.first, line.on(history.first) if line else None, "")


@lru_cache(maxsize=200_000)
def months_after(day: int, months: int) -> int:
    """The day so many months later."""
    return day_number(add_months(date.fromordinal(day + EPOCH), months))


def _due(code: str, months: int | None, every: float | None, since: Work, line: Line | None) -> Due | None:
    day = None if months is None else months_after(since.day, months)
    target = None
    if every is not None and line is not None:
        shown = since.odometer if since.odometer is not None else line.on(since.day)
        target = round(shown + every, 1)
        reached = line.reaches(target)
        if reached is not None and reached < LAST_DAY:
            reached = max(reached, since.day)
            day = reached if day is None else min(day, reached)
    return None if day is None else Due(day, target, code)
