"""Turns a role's reach into the query set of the customers whom its holder may see, in this one place."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from relance.dealers.models import Dealer
from relance.dealers.rights import Reach
from relance.facts.models import Appointment, Customer, RepairOrder, Sale
from relance.lib.fold import fold


def customers_within(dealer: Dealer, reach: Reach, reference: str) -> QuerySet[Customer]:
    """All; those of the service department; or one's own: named by the customer or by one of his sales.

    Whoever sees only his own and has no reference sees nobody.
    """
    rows = Customer.objects.of(dealer)
    if reach == "all":
        return rows
    if reach == "service":
        was_here = RepairOrder.objects.of(dealer).filter(customer=OuterRef("pk"))
        comes = Appointment.objects.of(dealer).filter(customer=OuterRef("pk"))
        return rows.filter(Exists(was_here) | Exists(comes))
    own = fold(reference)
    if not own:
        return rows.none()
    sold = Sale.objects.of(dealer).filter(salesperson_folded=own).values("customer_id")
    return rows.filter(Q(salesperson_folded=own) | Q(pk__in=sold))
