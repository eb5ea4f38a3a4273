"""Turns a dealer's vehicles into how many of them follow each maintenance schedule."""

from collections import Counter

from django.db.models import Count, Q

from relance.dealers.models import Dealer
from relance.facts.models import Vehicle
from relance.facts.schedules import Plans


def covered(dealer: Dealer) -> Counter[tuple[bool, str]]:
    """How many active vehicles follow a schedule, by (the dealer's own, code); one query over all vehicles."""
    plans = Plans(dealer)
    found: Counter[tuple[bool, str]] = Counter()
    active = Vehicle.objects.of(dealer).filter(Q(status=None) | Q(status="active"))
    alike = active.values_list("kind", "make_folded", "model_folded", "year").annotate(number=Count("pk")).order_by()
    for kind, make, model, year, number in alike:
        plan = plans.of(kind=kind, make=make, model=model, year=year)
        if plan is not None:
            found[plan.own, plan.schedule.schedule] += number
    return found
