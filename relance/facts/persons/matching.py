"""Turns customers into pairs that are probably one person: the same name, and the same e-mail address or mobile number.

Offered, never merged by itself: father and son may share all three.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from django.db.models import Count, Max, Min

from relance.dealers.models import Dealer
from relance.facts.models import Apart, Customer

SAME = ("email_folded", "mobile")  # the columns that make people of one name the same person
CHUNK = 500
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


@dataclass(frozen=True)
class Alike:
    """The keys of two customers who are probably one."""

    name: str
    first: int
    second: int
    same: tuple[str, ...]


def alike(dealer: Dealer) -> list[Alike]:
    """Every pair that nobody has decided about yet, by name."""
    found: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for column in SAME:
        for pair in _pairs(dealer, column):
            found[pair].append(column)
    apart = set(Apart.objects.of(dealer).values_list("first_id", "second_id"))
    return [Alike(*pair, tuple(same)) for pair, same in sorted(found.items()) if pair[1:] not in apart]


def offers(dealer: Dealer, pairs: Sequence[Alike] | None = None) -> list[Offer]:
    """These pairs, or all, with everything that is known of both; without those of whom one is gone meanwhile."""
    pairs = alike(dealer) if pairs is None else pairs
    people = Customer.objects.of(dealer).in_bulk({pk for pair in pairs for pk in (pair.first, pair.second)})
    return [
        Offer(people[pair.first], people[pair.second], pair.same)
        for pair in pairs
        if pair.first in people and pair.second in people
    ]


def _pairs(dealer: Dealer, column: str) -> Iterator[tuple[str, int, int]]:
    usable = {f"{column.removesuffix('_folded')}_usable": True}
    rows = Customer.objects.of(dealer).filter(**usable, name_folded__isnull=False, **{f"{column}__isnull": False})
    groups = rows.order_by().values(column, "name_folded").annotate(first=Min("pk"), last=Max("pk"), times=Count("pk"))
    several: dict[tuple[str, str], list[int]] = {}
    for group in groups.filter(times__gt=1).iterator(chunk_size=CHUNK):
        if group["times"] == 2:
            yield group["name_folded"], group["first"], group["last"]
        else:
            several[group["name_folded"], group[column]] = []
    names = sorted({name for name, _ in several})
    for begin in range(0, len(names), CHUNK):
        theirs = rows.filter(name_folded__in=names[begin : begin + CHUNK]).values_list("name_folded", column, "pk")
        for name, address, pk in theirs:
            if (name, address) in several:
                several[name, address].append(pk)
    for (name, _), keys in several.items():
        yield from ((name, one, other) for one, other in combinations(sorted(keys), 2))


def set_apart(dealer: Dealer, one: Customer, other: Customer, *, by: str, at: datetime) -> None:
    """They are two people: not offered again."""
    first, second = sorted((one.pk, other.pk))
    row = Apart(dealer=dealer, first_id=first, second_id=second, by=by, at=at)
    Apart.objects.of(dealer).bulk_create([row], ignore_conflicts=True)


def offer_again(dealer: Dealer, one: Customer, other: Customer) -> None:
    """Perhaps they are one after all: offered again as long as they look alike."""
    first, second = sorted((one.pk, other.pk))
    Apart.objects.of(dealer).filter(first_id=first, second_id=second).delete()
