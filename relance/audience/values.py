"""Turns an attribute into the values that a dealer's own data have for it, with how often: what a picker offers.

At most the latest records are looked at, so that a picker opens at once however large the table is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from relance.audience.fields import Attribute, Category
from relance.audience.operators import ACCESSORY, TEXT, TITLES
from relance.audience.tree import attribute_of
from relance.dealers.models import Dealer
from relance.lib.fold import fold

LOOKED_AT = 10_000
META_LOOKED_AT = 500
MOST = 40
# Words that every dealer's data use, whether or not they were seen yet.
WORDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("customer", "language"): ("en", "fr", "es", "et"),
    ("customer", "kind"): ("customer", "visitor"),
    ("customer", "preferred_channel"): ("sms", "email", "postcard", "letter", "phone"),
    ("vehicle", "kind"): ("car", "truck", "motorcycle", "rv", "golf_cart", "other"),
    ("vehicle", "status"): ("active", "sold", "scrapped"),
    ("appointment", "status"): (
        "proposed", "booked", "confirmed", "rescheduled", "arrived", "completed", "canceled", "no_show",
    ),
    ("repair_order", "state"): ("open", "ready", "closed"),
    ("repair_order", "billing"): ("customer", "warranty", "internal"),
    ("sale", "condition"): ("new", "used"),
    ("sale", "deal"): ("cash", "loan", "lease"),
    ("deferred_work", "status"): ("open", "done", "declined"),
    ("touch", "channel"): ("sms", "email", "postcard", "letter", "phone"),
    ("touch", "sentiment"): ("positive", "neutral", "negative"),
}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """One value, as a person reads it, and how many of the records looked at have it."""

    value: str
    count: int


def values_of(dealer: Dealer, category: Category, name: str, *, typed: str = "") -> list[Seen]:
    """The values of an attribute, the most frequent first; `typed`: only those that contain it."""
    attribute = attribute_of(category, name)
    if attribute.kind == ACCESSORY:
        return [Seen(code, 0) for code in dealer.preferences.accessories]
    if attribute.kind not in (TEXT, TITLES) or not isinstance(_shown(attribute), str):
        return []
    counted = Counter(_texts(dealer, category, attribute))
    counted.update(dict.fromkeys(WORDS.get((category.record, name), ()), 0))
    asked = fold(typed)
    found = [Seen(value, number) for value, number in counted.most_common() if asked in fold(value)]
    return found[:MOST]


def meta_names(dealer: Dealer, category: Category) -> list[str]:
    """The custom columns of the feed that the latest records have: `meta_club`."""
    if not category.has_meta:
        return []
    latest = category.model.objects.of(dealer).order_by("-pk")  # type: ignore[attr-defined]
    names = {name for meta in latest.values_list("meta", flat=True)[:META_LOOKED_AT] for name in meta}
    return sorted(f"meta_{name}" for name in names)


def _shown(attribute: Attribute) -> Any:
    return attribute.shown or attribute.column


def _texts(dealer: Dealer, category: Category, attribute: Attribute) -> Iterator[str]:
    rows = category.model.objects.of(dealer).filter(category.listed)  # type: ignore[attr-defined]
    values: Iterable[Any] = rows.order_by("-pk").values_list(_shown(attribute), flat=True)[:LOOKED_AT]
    for value in values:
        if isinstance(value, dict):
            value = value.get(attribute.name.removeprefix("meta_"))
        yield from (str(one) for one in (value if isinstance(value, list) else [value]) if one not in (None, ""))
