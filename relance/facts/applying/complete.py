"""Turns the absence of a row from a complete feed (`--full`) into a status: vehicles sold, visits canceled.

Customers stay as they are: somebody who left the business system may still own a vehicle of the dealer's.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from relance.dealers.models import Dealer
from relance.facts.models import Appointment, Vehicle
from relance.intake.stage import Stage
from relance.lib.rows import update

CHUNK = 5_000


def _vehicles(dealer: Dealer, at: datetime) -> models.QuerySet[Vehicle]:
    return Vehicle.objects.of(dealer).exclude(status__in=("sold", "scrapped"))


def _appointments(dealer: Dealer, at: datetime) -> models.QuerySet[Appointment]:
    over = ("canceled", "completed", "no_show")
    return Appointment.objects.of(dealer).filter(start_at__gt=at, proposed_by=None).exclude(status__in=over)


# record: (rows that may be retired, the status they get, how the note calls it)
RETIRED: dict[str, tuple[Callable[[Dealer, datetime], models.QuerySet[models.Model]], str, str]] = {
    "vehicles": (_vehicles, "sold", _("{number} vehicles that the complete feed does not have any more are now sold")),
    "appointments": (
        _appointments,
        "canceled",
        _("{number} coming appointments that the complete feed does not have are now canceled"),
    ),
}


def retire_absent(dealer: Dealer, record: str, stage: Stage, *, at: datetime) -> list[str]:
    """Give the rows that the complete feed does not hold their status; what to say about it."""
    if record not in RETIRED:
        return []
    rows, status, says = RETIRED[record]
    retired = 0
    for chunk in _chunks(rows(dealer, at)):
        held = stage.among(record, [ref for _, ref, _ in chunk], seen=True)
        absent = [(pk, vehicle) for pk, ref, vehicle in chunk if ref not in held]
        # The digest goes, so that the same row counts as news when it comes back.
        changes = [{"id": pk, "status": status, "digest": ""} for pk, _ in absent]
        with transaction.atomic():
            update(RETIRED_MODELS[record], changes, ("status", "digest"))
        stage.touch("vehicle", [vehicle for _, vehicle in absent if vehicle])
        retired += len(absent)
    return [gettext(says).format(number=f"{retired:,}")] if retired else []


RETIRED_MODELS: dict[str, type[models.Model]] = {"vehicles": Vehicle, "appointments": Appointment}


def _chunks(rows: models.QuerySet[models.Model]) -> Iterator[list[tuple[int, str, int | None]]]:
    vehicle = "pk" if rows.model is Vehicle else "vehicle_id"
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", "ref", vehicle)[:CHUNK]):
        yield chunk
        last = chunk[-1][0]
