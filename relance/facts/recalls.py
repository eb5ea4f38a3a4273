"""Turns a dealer's recalls into those that are open: no repair order of the vehicle names their campaign."""

from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Concat

from relance.dealers.models import Dealer
from relance.facts.models import Recall, RepairOrder


def open_recalls(dealer: Dealer, *, vehicle: str = "pk", vin: str = "vin_folded") -> QuerySet[Recall]:
    """The open recalls of one vehicle; `vehicle` and `vin` as they are called in the query around."""
    done = RepairOrder.objects.of(dealer).filter(
        vehicle=OuterRef(OuterRef(vehicle)), packages_folded__contains=OuterRef("campaign_folded")
    )
    return Recall.objects.of(dealer).filter(vin_folded=OuterRef(vin)).exclude(Exists(done))


def recall_key(dealer: Dealer) -> Concat:
    """Of a query of vehicles: the name of the open recall that was learned last, `recall:17`; `recall:` without one."""
    last = open_recalls(dealer).order_by("-pk").values("pk")[:1]
    return Concat(Value("recall:"), Cast(Subquery(last), CharField()), output_field=CharField())
