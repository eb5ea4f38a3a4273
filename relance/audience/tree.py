"""Turns the `audience` of a file into a checked rule tree: every entry must hold, inside `any` one is enough.

Faults are BadInput with the path and the nearest allowed word. There is no deeper nesting (docs/audience.md).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from relance.audience.fields import ALIASES, CATEGORIES, Attribute, Category, meta
from relance.audience.operators import FARTHEST, MINUTE_SYNONYMS, OF_KIND, OPERATORS, SYNONYMS, Operator
from relance.lib.errors import BadInput, unknown_word
from relance.lib.fold import fold

RULE_KEYS = ("category", "attribute", "operator", "value", "of")
A_RULE = "{category, attribute, operator, value}"
MAX_RULES = 200
BETWEEN_WORDS, APOSTROPHES = re.compile(r"[^0-9a-z]+"), re.compile("['’]")
MOST_FIGURE = 10**9  # amounts and readings are far below; databases refuse numbers that no column can hold


@dataclass(frozen=True)
class Rule:
    """One question about one attribute; `category` keeps the name as written (work_order)."""

    category: str
    attribute: str
    operator: str
    value: Any = None
    of: str | None = None

    @cached_property
    def about(self) -> Category:
        """The row of the category table."""
        return CATEGORIES[ALIASES.get(self.category, self.category)]

    @cached_property
    def asks(self) -> Attribute:
        """The row of the attribute table."""
        return attribute_of(self.about, self.attribute)

    @cached_property
    def does(self) -> Operator:
        """The row of the operator table."""
        return OPERATORS[self.operator]

    @property
    def is_pick(self) -> bool:
        """Whether the rule chooses or counts records instead of describing one."""
        return bool(self.asks.pick)


@dataclass(frozen=True)
class AnyOf:
    """Alternatives: one is enough."""

    rules: tuple[Rule, ...]


Tree = tuple[Rule | AnyOf, ...]


def rules_of(tree: Tree) -> Iterator[Rule]:
    """Every rule, in the order of the file."""
    for entry in tree:
        yield from entry.rules if isinstance(entry, AnyOf) else (entry,)


def attribute_of(category: Category, name: str) -> Attribute:
    """The attribute's row; a `meta_…` name has one of its own making."""
    return meta(name) if name.startswith("meta_") and category.has_meta else category.attributes[name]


def read_tree(entries: Any, *, path: str = "audience") -> Tree:
    """The checked tree; BadInput names the path and the nearest word."""
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        told = gettext("must be a list of rules (found {found})").format(found=f"{entries!r:.60}")
        raise BadInput(f"{path}: {told}")
    tree = tuple(_read_entry(entry, f"{path}[{i}]") for i, entry in enumerate(entries))
    if sum(1 for _ in rules_of(tree)) > MAX_RULES:
        told = gettext("more than {most} rules, which nobody can read: use fewer").format(most=MAX_RULES)
        raise BadInput(f"{path}: {told}")
    return tree


def _read_entry(entry: Any, path: str) -> Rule | AnyOf:
    if not isinstance(entry, Mapping):
        told = gettext("must be a rule {rule} or {alternatives}").format(rule=A_RULE, alternatives="{any: […]}")
        raise BadInput(f"{path}: {told}")
    if "any" not in entry:
        return read_rule(entry, path)
    if set(entry) != {"any"}:
        raise BadInput(f"{path}: " + gettext("`any` stands alone, beside it nothing is allowed"))
    alternatives = entry["any"]
    if not isinstance(alternatives, Sequence) or isinstance(alternatives, str) or not alternatives:
        raise BadInput(f"{path}.any: " + gettext("must be a list of at least one rule"))
    return AnyOf(tuple(read_rule(rule, f"{path}.any[{i}]") for i, rule in enumerate(alternatives)))


def read_rule(entry: Any, path: str) -> Rule:
    """One checked rule."""
    if not isinstance(entry, Mapping):
        raise BadInput(f"{path}: " + gettext("must be a rule {rule}").format(rule=A_RULE))
    for key in entry:
        if key not in RULE_KEYS:
            raise BadInput(f"{path}: {unknown_word(gettext('key'), key, RULE_KEYS)}")
    for key in RULE_KEYS[:3]:
        if key not in entry:
            raise BadInput(f"{path}: " + gettext("`{key}` is missing").format(key=key))
    written = str(entry["category"])
    if written not in CATEGORIES and written not in ALIASES:
        raise BadInput(f"{path}.category: {unknown_word(gettext('category'), written, [*CATEGORIES, *ALIASES])}")
    category = CATEGORIES[ALIASES.get(written, written)]
    name = _attribute_name(str(entry["attribute"]))
    if name not in category.attributes and not (category.has_meta and name.startswith("meta_") and len(name) > 5):
        raise BadInput(f"{path}.attribute: {unknown_word(gettext('attribute'), name, category.attributes)}")
    attribute = attribute_of(category, name)
    operator = _read_operator(entry["operator"], attribute, path)
    if operator.minutes and attribute.pick and category.moment_is_day:
        told = gettext("of a {category} only the day is known, not the minute: ask in days")
        raise BadInput(f"{path}.operator: {told.format(category=category.name)}")
    value = _read_value(operator, entry.get("value"), f"{path}.value")
    of = entry.get("of")
    if of is not None and not category.has_of:
        raise BadInput(f"{path}.of: " + gettext("only message_sent and message_received can name an automation"))
    return Rule(written, name, operator.name, value, None if of is None else str(of))


def _attribute_name(word: str) -> str:
    """As the table has it; a custom column's name is taken in without its case, so it is asked so, too."""
    return word.lower() if word.lower().startswith("meta_") else word


def _read_operator(word: Any, attribute: Attribute, path: str) -> Operator:
    """The operator's row. A bare `on` that YAML read as true is the operator; other systems' words are understood."""
    name = "on" if word is True else BETWEEN_WORDS.sub("_", APOSTROPHES.sub("", fold(str(word)))).strip("_")
    if attribute.name == "time":
        name = MINUTE_SYNONYMS.get(name, name)
    name = OF_KIND.get(attribute.kind, {}).get(name, name)
    operator = OPERATORS.get(name) or OPERATORS.get(SYNONYMS.get(name, ""))
    fitting = [row.name for row in OPERATORS.values() if attribute.kind in row.kinds]
    if operator is None:
        raise BadInput(f"{path}.operator: {unknown_word(gettext('operator'), word, fitting)}")
    if attribute.kind not in operator.kinds:
        told = gettext("`{operator}` cannot be asked of `{attribute}`; allowed: {words}")
        told = told.format(operator=operator.name, attribute=attribute.name, words=", ".join(sorted(fitting)))
        raise BadInput(f"{path}.operator: {told}")
    return operator


def _read_value(operator: Operator, value: Any, path: str) -> Any:
    """The value in the operator's form, hashable; BadInput says which form is expected."""
    try:
        return VALUES[operator.value](value)
    except (TypeError, ValueError, OverflowError, InvalidOperation, KeyError):
        told = gettext("`{operator}` needs {form} (found {found})")
        told = told.format(operator=operator.name, form=gettext(EXPECTED[operator.value]), found=f"{value!r:.60}")
        raise BadInput(f"{path}: {told}") from None


def _none(value: Any) -> None:
    if value is not None:
        raise ValueError


def _whole(value: Any, low: int = 0, high: int = FARTHEST) -> int:
    if isinstance(value, bool) or int(value) != float(value) or not low <= int(value) <= high:
        raise ValueError
    return int(value)


def _pair(value: Any) -> tuple[int, int]:
    first, second = value
    low, high = _whole(first), _whole(second)
    if low > high:
        raise ValueError
    return low, high


def _series(value: Any) -> Any:
    if set(value) - {"first", "every", "before"} or "first" not in value:
        raise ValueError
    return Series(_whole(value["first"]), _whole(value.get("every", 0)), _whole(value.get("before", 0)))


@dataclass(frozen=True)
class Series(Mapping[str, int]):
    """`{first, every, before}`, hashable."""

    first: int
    every: int
    before: int

    def __getitem__(self, key: str) -> int:
        return int(getattr(self, key))

    def __iter__(self) -> Iterator[str]:
        return iter(("first", "every", "before"))

    def __len__(self) -> int:
        return 3


def _day(value: Any) -> date:
    found = value if isinstance(value, date) else date.fromisoformat(str(value))
    return date(found.year, found.month, found.day)


def _text(value: Any) -> str:
    if isinstance(value, (list, dict)) or value is None or str(value).strip() == "":
        raise ValueError
    return str(value)


def _texts(value: Any) -> tuple[str, ...]:
    words = value if isinstance(value, (list, tuple)) else [value]
    if not words:
        raise ValueError
    return tuple(_text(word) for word in words)


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or value is None:
        raise ValueError
    found = Decimal(str(value))
    if not found.is_finite() or abs(found) > MOST_FIGURE:
        raise ValueError
    return found


def _decimals(value: Any) -> tuple[Decimal, Decimal]:
    low, high = (_decimal(part) for part in value)
    if low > high:
        raise ValueError
    return low, high


VALUES: dict[str, Callable[[Any], Any]] = {
    "none": _none,
    "days": _whole,
    "minutes": lambda value: _whole(value, 0, 60 * 24 * 366),
    "months": lambda value: _whole(value, 0, 1200),
    "days_pair": _pair,
    "series": _series,
    "date": _day,
    "text": _text,
    "texts": _texts,
    "number": _decimal,
    "pair": _decimals,
    "code": _text,
}
EXPECTED = {
    "none": _("no value"),
    "days": _("a whole number of days, 0 or more"),
    "minutes": _("a whole number of minutes, 0 or more"),
    "months": _("a whole number of months, 0 or more"),
    "days_pair": _("two whole numbers of days, the smaller first, like [174, 180]"),
    "series": _("{first: days, every: days, before: days}"),
    "date": _("a day like 2026-03-01"),
    "text": _("a text"),
    "texts": _("a list of texts"),
    "number": _("a number of at most nine digits"),
    "pair": _("two numbers like [10, 20], the smaller first"),
    "code": _("an accessory code"),
}
