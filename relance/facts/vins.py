"""Turns VINs that wait into make, model and year where the feed left them empty: the job that follows an import.

A vehicle waits (`vin_waits`) when its usable VIN has not been asked yet for something that is missing. What the VIN
filled is named in `decoded`; a cell of the feed always wins.
"""

from django.db import models, transaction

from relance.dealers.models import Dealer
from relance.facts.applying.sheet import Row
from relance.facts.applying.tidy import FROM_VIN
from relance.facts.applying.tidy.decoders import Decoded, complete
from relance.facts.models import Vehicle
from relance.facts.next_service import recompute
from relance.lib.fold import fold
from relance.lib.rows import update

CHUNK = 500
FIELDS = ("make", "make_folded", "model", "model_folded", "year", "decoded", "vin_waits")


def decode_waiting(dealer: Dealer) -> int:
    """Ask every VIN that waits; how many vehicles it told something about. Safe to repeat, and by two at once."""
    filled = 0
    last = 0
    while chunk := list(_waiting(dealer).filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = chunk[-1].pk
        for vehicle in chunk:  # the slow part, outside of the transaction: it is remembered
            complete(vehicle.vin or "", Decoded(vehicle.make, vehicle.model, vehicle.year))
        with transaction.atomic():
            held = _waiting(dealer).filter(pk__in=[vehicle.pk for vehicle in chunk]).select_for_update()
            rows = [_decoded(vehicle) for vehicle in held]
            update(Vehicle, rows, FIELDS)
            told = [row["id"] for row in rows if row["is_told"]]
            if told:
                recompute(dealer, told)
        filled += len(told)
    return filled


def _waiting(dealer: Dealer) -> models.QuerySet[Vehicle]:
    return Vehicle.objects.of(dealer).filter(vin_waits__isnull=False)


def _decoded(vehicle: Vehicle) -> Row:
    before = Decoded(vehicle.make, vehicle.model, vehicle.year)
    after = complete(vehicle.vin or "", before)
    told = [name for name in FROM_VIN if getattr(before, name) is None and getattr(after, name) is not None]
    return {
        "id": vehicle.pk,
        "make": after.make,
        "make_folded": after.make and fold(after.make),
        "model": after.model,
        "model_folded": after.model and fold(after.model),
        "year": after.year,
        "decoded": [name for name in FROM_VIN if name in told or name in vehicle.decoded],
        "vin_waits": None,
        "is_told": bool(told),
    }
