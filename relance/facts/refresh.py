"""Turns the vehicles and customers that an import touched into renewed derived facts, a chunk at a time."""

from collections.abc import Callable, Iterator

from django.db import models, transaction

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.facts.models import Appointment, MaintenanceSchedule, RepairOrder, Vehicle
from relance.facts.next_service import recompute
from relance.facts.proposed import propose
from relance.intake.stage import Stage

CHUNK = 2_000


def refresh(dealer: Dealer, stage: Stage, progress: Callable[[str, int], None]) -> None:
    """Make anew what is derived for everything that the stage notes as touched."""
    calendar = Calendar(dealer)
    done = 0
    for chunk in stage.touched("vehicle", CHUNK):
        with transaction.atomic():
            propose(dealer, calendar, vehicle_ids=chunk)
            recompute(dealer, chunk)
        done += len(chunk)
        progress("derived facts", done)
    for chunk in stage.touched("customer", CHUNK):
        with transaction.atomic():
            propose(dealer, calendar, customer_ids=chunk)


def follow_schedules(dealer: Dealer) -> int:
    """Make every next service anew when a maintenance schedule has changed; how many are another now."""
    waiting = list(MaintenanceSchedule.objects.of(dealer).exclude(waits_since=None).values_list("pk", "waits_since"))
    changed = recompute(dealer) if waiting else 0
    for pk, since in waiting:  # one that was changed again meanwhile goes on waiting
        MaintenanceSchedule.objects.of(dealer).filter(pk=pk, waits_since=since).update(waits_since=None)
    return changed


def touch_everything(dealer: Dealer, stage: Stage) -> None:
    """Note every vehicle, and every customer with a visit without a vehicle: the last import was cut off."""
    for ids in _ids(Vehicle.objects.of(dealer), "pk"):
        stage.touch("vehicle", ids)
    for rows in (RepairOrder.objects.of(dealer), Appointment.objects.of(dealer)):
        for ids in _ids(rows.filter(vehicle=None), "customer_id"):
            stage.touch("customer", ids)


def _ids(rows: models.QuerySet[models.Model], name: str) -> Iterator[list[int]]:
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", name)[:CHUNK]):
        yield [key for _, key in chunk]
        last = chunk[-1][0]
