"""Turns a vehicle's history and its maintenance schedule into its next service, its readings into a line.

All of a chunk's vehicles at once: one query per table, the reckoning in Python, one update of those that changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import Max

from relance.dealers.models import Dealer
from relance.facts.models import Appointment, RepairOrder, Sale, Vehicle
from relance.facts.odometer import EPOCH, Line, Reading, day_number, line_through, unit_of
from relance.facts.schedules import Operation, Plan, Plans
from relance.lib.moments import add_months, day_of, day_start
from relance.lib.rows import update

CHUNK = 5_000
TOGETHER = 30  # days: what falls due so soon after the first operation is done at the same visit
LAST_DAY = date.max.toordinal() - EPOCH
ASKED = (
    "id", "kind", "make_folded", "model_folded", "year", "status", "in_service_on", "odometer", "odometer_unit",
    "odometer_on",
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


@dataclass
class History:
    """What is known of one vehicle's past."""

    readings: list[Reading] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    first: int | None = None  # day of the first visit or sale
    last_seen: datetime | None = None

    def see(self, day: int, moment: datetime) -> None:
        """A visit or a sale."""
        self.first = day if self.first is None else min(self.first, day)
        self.last_seen = moment if self.last_seen is None else max(self.last_seen, moment)


class Due(NamedTuple):
    """When an operation is due, and at which odometer."""

    day: int
    odometer: float | None
    code: str


def recompute(dealer: Dealer, vehicle_ids: list[int] | None = None) -> int:
    """Make odometer line, next service and last visit of these vehicles (or of all) anew; how many changed."""
    plans = Plans(dealer)
    return sum(_recompute(dealer, plans, chunk) for chunk in _chunks(dealer, vehicle_ids))


def _chunks(dealer: Dealer, vehicle_ids: list[int] | None) -> Iterator[list[int]]:
    if vehicle_ids is not None:
        yield from (vehicle_ids[at : at + CHUNK] for at in range(0, len(vehicle_ids), CHUNK))
        return
    last = 0
    rows = Vehicle.objects.of(dealer).order_by("pk")
    while chunk := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield chunk
        last = chunk[-1]


def _recompute(dealer: Dealer, plans: Plans, ids: list[int]) -> int:
    histories = _histories(dealer, ids)
    changed = []
    for vehicle in Vehicle.objects.of(dealer).filter(pk__in=ids).values(*ASKED, *DERIVED):
        fields = _derived(dealer, plans, vehicle, histories[vehicle["id"]])
        if any(vehicle[name] != fields[name] for name in DERIVED):
            changed.append(fields | {"id": vehicle["id"]})
    update(Vehicle, changed, DERIVED)
    return len(changed)


def _histories(dealer: Dealer, ids: list[int]) -> defaultdict[int, History]:
    found: defaultdict[int, History] = defaultdict(History)
    zone = dealer.zone
    orders = RepairOrder.objects.of(dealer).filter(vehicle_id__in=ids)
    for pk, opened, closed, state, odometer, packages in orders.values_list(
        "vehicle_id", "opened_at", "closed_at", "state", "odometer", "packages_folded"
    ):
        history = found[pk]
        day = day_number(day_of(opened, zone))
        history.see(day, closed or opened)
        shown = None if odometer is None else float(odometer)
        if shown is not None:
            history.readings.append(Reading(day, shown))
        if packages and state != "open":
            done = day if closed is None else day_number(day_of(closed, zone))
            history.works.append(Work(done, shown, packages))
    for pk, ordered, delivered in (
        Sale.objects.of(dealer).filter(vehicle_id__in=ids).values_list("vehicle_id", "ordered_at", "delivered_on")
    ):
        moment = day_start(delivered, zone) if delivered else ordered
        if moment is not None:
            found[pk].see(day_number(day_of(moment, zone)), moment)
    visits = Appointment.objects.of(dealer).filter(vehicle_id__in=ids, proposed_by=None).exclude(status="canceled")
    for pk, start in visits.values_list("vehicle_id").annotate(latest=Max("start_at")):
        history = found[pk]
        history.last_seen = start if history.last_seen is None else max(history.last_seen, start)
    return found


def _derived(dealer: Dealer, plans: Plans, vehicle: dict[str, Any], history: History) -> dict[str, Any]:
    unit = unit_of(vehicle["odometer_unit"], vehicle["kind"], dealer.country)
    undated = None
    if vehicle["odometer"] is not None:
        shown = float(vehicle["odometer"])
        if vehicle["odometer_on"]:
            history.readings.append(Reading(day_number(vehicle["odometer_on"]), shown))
        else:
            undated = shown
    line = line_through(history.readings, unit=unit, undated=undated)
    due = _next(plans, vehicle, history, line, unit) if vehicle["status"] in (None, "active") else []
    return {
        "odometer_last": line.last if line else None,
        "odometer_start": line.start if line else None,
        "odometer_per_day": line.per_day if line else None,
        "next_service_on": date.fromordinal(due[0].day + EPOCH) if due else None,
        "next_service_odometer": next(
            (operation.odometer for operation in due if operation.odometer is not None), None
        ),
        "next_service_operations": [operation.code for operation in due],
        "last_seen_at": history.last_seen,
    }


def _next(plans: Plans, vehicle: dict[str, Any], history: History, line: Line | None, unit: str) -> list[Due]:
    """The operations of the next service, the first due one first."""
    plan = plans.of(
        kind=vehicle["kind"], make=vehicle["make_folded"], model=vehicle["model_folded"], year=vehicle["year"]
    )
    if plan is None:
        return []
    last_done = _last_done(plan, history.works)
    start = _start(vehicle["in_service_on"], history, line)
    found = (_due(operation, last_done.get(operation.code) or start, line, unit) for operation in plan.operations)
    due = sorted((one for one in found if one), key=lambda one: one.day)
    return [one for one in due if one.day <= due[0].day + TOGETHER]


def _last_done(plan: Plan, works: Iterable[Work]) -> dict[str, Work]:
    """For every operation the work that did it last."""
    last: dict[str, Work] = {}
    for work in works:
        for code in plan.done_in(work.packages):
            if code not in last or work.day > last[code].day:
                last[code] = work
    return last


def _start(in_service_on: date | None, history: History, line: Line | None) -> Work | None:
    """Where counting begins for an operation that was never done here."""
    if in_service_on is not None:
        return Work(day_number(in_service_on), 0.0, "")
    if history.first is None:
        return None
    return Work(history.first, line.on(history.first) if line else None, "")


@lru_cache(maxsize=200_000)
def months_after(day: int, months: int) -> int:
    """The day so many months later."""
    return day_number(add_months(date.fromordinal(day + EPOCH), months))


def _due(operation: Operation, since: Work | None, line: Line | None, unit: str) -> Due | None:
    if since is None:
        return None
    days = []
    if operation.months is not None:
        days.append(months_after(since.day, operation.months))
    target, every = None, operation.every(unit)
    if every is not None and line is not None:
        shown = since.odometer if since.odometer is not None else line.on(since.day)
        target = round(shown + every, 1)
        reached = line.reaches(target)
        if reached is not None and reached < LAST_DAY:
            days.append(max(reached, since.day))
    return Due(min(days), target, operation.code) if days else None
