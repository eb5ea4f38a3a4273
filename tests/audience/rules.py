"""Draws rules: every attribute with every operator that it understands, with values that lie near the facts."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from relance.audience.fields import CATEGORIES, Attribute, Category
from relance.audience.operators import OPERATORS, Operator
from relance.audience.tree import AnyOf, Rule, Series, Tree, attribute_of
from tests.audience.worlds import CODES, DISTANCES, MINUTES, MONTHS, STATUSES, WORDS

NAMES = {
    "language": ["en", "fr", "es"], "mobile": ["+15145550001", "+1514"], "phone": ["+15145550003"],
    "preferred_channel": ["sms", "email"], "billing": ["customer", "warranty"], "state": ["open", "ready", "closed"],
    "condition": ["new", "used"], "deal": ["cash", "lease"], "channel": ["sms", "email"], "sentiment": ["good", "bad"],
    "department": ["sales", "service"], "open_recall": ["R10", "R20"], "package": ["Mazda", "r10", "mazda 3", "maz"],
}  # fmt: skip
KINDS = {"customer": ["customer", "visitor"], "vehicle": ["car", "truck"]}
CODES_OF_STATUS = {
    "appointment": STATUSES, "vehicle": ["active", "sold"], "deferred_work": ["open", "done"],
}  # fmt: skip
OFS = [None, None, "J_CSI", "SR180", "NOBODY"]


def attributes(category: Category) -> list[Attribute]:
    """Every attribute of a category, and custom columns where it has them."""
    names = [*category.attributes]
    if category.has_meta:
        names += ["meta_club", "meta_2024", "meta_größe", "meta_a.b-c d's [0]"]
    return [attribute_of(category, name) for name in names]


def pairs(category: Category) -> Iterator[tuple[Attribute, Operator]]:
    """Every attribute with every operator that can be asked of it."""
    for attribute in attributes(category):
        for operator in OPERATORS.values():
            if attribute.kind in operator.kinds and not (
                operator.minutes and attribute.pick and category.moment_is_day
            ):
                yield attribute, operator


PAIRS = {name: list(pairs(category)) for name, category in CATEGORIES.items()}


def a_rule(pick: Random, day: date, category: str | None = None) -> Rule:
    """Any rule."""
    about = category or pick.choice(list(CATEGORIES))
    attribute, operator = pick.choice(PAIRS[about])
    return rule_of(pick, day, about, attribute, operator)


def rule_of(pick: Random, day: date, about: str, attribute: Attribute, operator: Operator) -> Rule:
    """A rule with this attribute and operator, its value drawn."""
    written = pick.choice(["work_order", about]) if about == "repair_order_opened" else about
    of = pick.choice(OFS) if CATEGORIES[about].has_of else None
    return Rule(written, attribute.name, operator.name, a_value(pick, day, about, attribute.name, operator.value), of)


def a_value(pick: Random, day: date, about: str, attribute: str, form: str) -> Any:
    """A value in the operator's form, near what the world holds."""
    words = NAMES.get(attribute, WORDS)
    words = KINDS[about] if attribute == "kind" else words
    words = CODES_OF_STATUS.get(about, WORDS) if attribute == "status" else words
    numbers = [Decimal(n) for n in ("0", "1", "2", "3", "100", "2.5", "-1", "2023", "40000")]
    drawn = {
        "none": lambda: None,
        "days": lambda: pick.choice(DISTANCES),
        "minutes": lambda: pick.choice(MINUTES),
        "months": lambda: pick.choice([0, *MONTHS]),
        "days_pair": lambda: tuple(sorted([pick.choice(DISTANCES), pick.choice(DISTANCES)])),
        "series": lambda: Series(pick.choice([0, 1, 2, 3]), pick.choice([0, 1, 2, 7]), pick.choice([0, 1, 5, 31])),
        "date": lambda: day + timedelta(days=pick.choice([-1, 1]) * pick.choice(DISTANCES)),
        "text": lambda: pick.choice([*words, words[0][:3]]),
        "texts": lambda: tuple(pick.choice(words) for _ in range(pick.choice([1, 2, 3]))),
        "number": lambda: pick.choice(numbers),
        "pair": lambda: tuple(sorted([pick.choice(numbers), pick.choice(numbers)])),
        "code": lambda: pick.choice([*CODES, "tow"]),
    }
    return drawn[form]()


NARROW = [
    (name, attribute, operator)
    for name, pairs_ in PAIRS.items()
    for attribute, operator in pairs_
    if operator.bounded or (attribute.among and operator.name in ("is_true", "is", "starts_with"))
]


def any_of_few(pick: Random, day: date) -> AnyOf:
    """Alternatives, mostly in different tables, that an index finds each; sometimes beside one that it cannot find."""
    some = [rule_of(pick, day, *pick.choice(NARROW)) for _ in range(pick.choice([1, 2, 2, 3]))]
    return AnyOf((*some, a_rule(pick, day)) if pick.random() < 0.2 else tuple(some))


def a_tree(pick: Random, day: date) -> Tree:
    """One to four entries; they often speak of the same category, so that records must agree."""
    favourite = pick.choice(list(CATEGORIES))

    def one() -> Rule:
        return a_rule(pick, day, favourite if pick.random() < 0.6 else None)

    def entry() -> Rule | AnyOf:
        return one() if pick.random() < 0.7 else AnyOf(tuple(one() for _ in range(pick.choice([1, 2, 3]))))

    return tuple(entry() for _ in range(pick.choice([1, 2, 2, 3, 4])))
