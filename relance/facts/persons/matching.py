"""Turns customers into pairs that are probably one person: the same name, and the same e-mail address or mobile number.

Offered, never merged by itself: father and son may share all three.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from django.db.models import Count

from relance.dealers.models import Dealer
from relance.facts.models import Apart, Customer

SAME = ("email_folded", "mobile")  # the columns that make people of one name the same person
CALLED = {"email_folded": "e-mail address", "mobile": "mobile number"}


@dataclass(frozen=True)
class Offer:
    """Two customers who are probably one; the one who came first is offered to be kept."""

    keep: Customer
    gone: Customer
    same: tuple[str, ...]  # columns of SAME

    def because(self) -> str:
        """In words: what they have in common besides the name."""
        return " and ".join(CALLED[name] for name in self.same)


def offers(dealer: Dealer) -> list[Offer]:
    """Every pair that nobody has decided about yet, by name."""
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    for column in SAME:
        for pair in _pairs(dealer, column):
            found[pair].add(column)
    for pair in Apart.objects.of(dealer).values_list("first_id", "second_id"):
        found.pop(pair, None)
    people = Customer.objects.of(dealer).in_bulk({pk for pair in found for pk in pair})
    made = [
        Offer(people[first], people[second], tuple(column for column in SAME if column in same))
        for (first, second), same in found.items()
    ]
    return sorted(made, key=lambda offer: (offer.keep.name_folded or "", offer.keep.pk, offer.gone.pk))


def _pairs(dealer: Dealer, column: str) -> Iterator[tuple[int, int]]:
    usable = {f"{column.removesuffix('_folded')}_usable": True}
    rows = Customer.objects.of(dealer).filter(**usable, name_folded__isnull=False)
    often = rows.values(column).annotate(times=Count("pk")).filter(times__gt=1).values_list(column, flat=True)
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pk, name, address in rows.filter(**{f"{column}__in": often}).values_list("pk", "name_folded", column):
        alike[name, address].append(pk)
    for keys in alike.values():
        yield from combinations(sorted(keys), 2)


def set_apart(dealer: Dealer, one: Customer, other: Customer, *, by: str, at: datetime) -> None:
    """They are two people: not offered again."""
    first, second = sorted((one.pk, other.pk))
    row = Apart(dealer=dealer, first_id=first, second_id=second, by=by, at=at)
    Apart.objects.of(dealer).bulk_create([row], ignore_conflicts=True)
