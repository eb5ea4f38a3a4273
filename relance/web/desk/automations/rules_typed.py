"""Turns the rule fields of the builder into the `audience` of a file, and an `audience` into rule fields.

A field's name says where it stands: `rule-2-value`, and inside an "or" `rule-2-1-value`. What cannot be read keeps what
was typed, so that nothing is lost; the fault stands beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from relance.audience.fields import ALIASES, CATEGORIES, Attribute, Category
from relance.audience.operators import OPERATORS, Operator
from relance.audience.sentence import sentence
from relance.audience.tree import attribute_of, read_rule
from relance.lib.errors import BadInput

FIRST = {"category": "repair_order_closed", "attribute": "last_time", "operator": "exactly_days_ago", "value": 180}
PAIRS = ("days_pair", "pair")
SERIES = ("first", "every", "before")
MOST_ENTRIES, MOST_INSIDE = 60, 20
Entry = dict[str, Any]


@dataclass(frozen=True)
class RuleField:
    """One rule as it stands in the form."""

    name: str  # rule-2 or rule-2-1
    category: Category
    attribute: Attribute
    operator: Operator
    values: list[str]  # one text per input
    of: str
    fault: str
    says: str

    @property
    def is_begun(self) -> bool:
        """Whether anything was typed; a condition that was just chosen is not faulty yet, only unfinished."""
        return any(self.values)

    @property
    def path(self) -> str:
        """`repair_order_closed.last_time`."""
        return f"{self.category.name}.{self.attribute.name}"

    @property
    def operators(self) -> list[tuple[str, str]]:
        """The operators that this attribute understands, as they read."""
        fitting = [row for row in OPERATORS.values() if self.attribute.kind in row.kinds]
        if self.category.moment_is_day:
            fitting = [row for row in fitting if not row.minutes]
        return [(row.name, str(row.says).replace("{value}", "…")) for row in fitting]

    @property
    def inputs(self) -> list[tuple[str, str]]:
        """(name, text) of each input of the value."""
        names = [f"{self.name}-{key}" for key in SERIES] if self.operator.value == "series" else _numbered(self.name)
        return list(zip(names, self.values, strict=False))


@dataclass(frozen=True)
class EntryField:
    """One entry of the audience: a rule, or several of which one is enough."""

    name: str
    rules: list[RuleField] = field(default_factory=list)

    @property
    def is_any(self) -> bool:
        """Whether one of them is enough."""
        return len(self.rules) > 1


def _numbered(name: str) -> list[str]:
    return [f"{name}-value", f"{name}-value2"]


# From the form.


def read_rules(typed: QueryDict) -> list[Entry]:
    """The `audience` that was typed, fault or not."""
    entries: list[Entry] = []
    for number in range(MOST_ENTRIES):
        inside = [
            rule for other in range(MOST_INSIDE) if (rule := _read_rule(typed, f"rule-{number}-{other}")) is not None
        ]
        if len(inside) == 1:
            entries.append(inside[0])
        elif inside:
            entries.append({"any": inside})
    return entries


def _read_rule(typed: QueryDict, name: str) -> Entry | None:
    path = typed.get(f"{name}-field", "")
    category, _, attribute = path.partition(".")
    if not attribute:
        return None
    rule: Entry = {"category": category, "attribute": attribute, "operator": typed.get(f"{name}-operator", "")}
    value = _read_value(typed, name, rule)
    if (instead := _instead(rule)) is not None:  # another question was chosen: only a word may be meant for it already
        rule["operator"] = instead.name
        value = None if instead.value == "none" else value if isinstance(value, str) else ""
    if value is not None:
        rule["value"] = value
    if of := typed.get(f"{name}-of", "").strip():
        rule["of"] = of
    return rule


def _instead(rule: Entry) -> Operator | None:
    """The operator that stands there instead of one that cannot be asked of this attribute; None when it can."""
    try:
        attribute = attribute_of(CATEGORIES[rule["category"]], rule["attribute"])
    except KeyError:
        return None
    operator = OPERATORS.get(rule["operator"])
    return None if operator is None or attribute.kind in operator.kinds else _first_operator(attribute)


def _read_value(typed: QueryDict, name: str, rule: Entry) -> Any:
    """The value in the form of its operator; without a value what belongs to the operator's kind."""
    operator = OPERATORS.get(rule["operator"])
    kind = operator.value if operator else "text"
    if kind == "none":
        return None
    if kind == "series":
        return {key: _number(typed.get(f"{name}-{key}", "")) for key in SERIES}
    if kind in PAIRS:
        return [_number(typed.get(one, "")) for one in _numbered(name)]
    text = typed.get(f"{name}-value", "").strip()
    if kind == "texts":
        return [word.strip() for word in text.split(";") if word.strip()]
    return _number(text) if kind in ("days", "minutes", "months", "number") else text


def _number(text: str) -> Any:
    text = text.strip().replace(",", ".")
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 12 else text


# Into the form.


def rule_fields(audience: Sequence[Any]) -> list[EntryField]:
    """The entries of an `audience` as fields."""
    fields = []
    for number, entry in enumerate(audience):
        alternatives = entry["any"] if isinstance(entry, Mapping) and "any" in entry else [entry]
        rules = [_rule_field(rule, f"rule-{number}-{other}") for other, rule in enumerate(alternatives)]
        fields.append(EntryField(f"rule-{number}", [rule for rule in rules if rule is not None]))
    return fields


def _rule_field(rule: Mapping[str, Any], name: str) -> RuleField | None:
    category = CATEGORIES.get(ALIASES.get(str(rule.get("category")), str(rule.get("category"))))
    if category is None:
        return None
    try:
        attribute = attribute_of(category, str(rule.get("attribute")))
    except KeyError:
        return None
    fault, says = "", ""
    try:
        read = read_rule(dict(rule), name)
        operator, says = read.does, sentence(read)
    except BadInput as error:
        fault = str(error).partition(": ")[2]
        operator = OPERATORS.get(str(rule.get("operator"))) or _first_operator(attribute)
        if attribute.kind not in operator.kinds:
            operator = _first_operator(attribute)
    values = list(_texts(operator, rule.get("value")))
    return RuleField(name, category, attribute, operator, values, str(rule.get("of") or ""), fault, says)


def _first_operator(attribute: Attribute) -> Operator:
    return next(row for row in OPERATORS.values() if attribute.kind in row.kinds)


def _texts(operator: Operator, value: Any) -> Iterator[str]:
    """The value as it stands in the inputs of its operator, however badly it was typed."""
    if operator.value == "none":
        return
    if operator.value == "series":
        given = value if isinstance(value, Mapping) else {}
        yield from (str(given.get(key, "")) for key in SERIES)
    elif operator.value in PAIRS:
        pair = list(value) if isinstance(value, (list, tuple)) else [value]
        yield from (_text(one) for one in [*pair, "", ""][:2])
    elif isinstance(value, (list, tuple)):
        yield "; ".join(map(str, value))
    else:
        yield _text(value)


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, Mapping) else str(value)


# What a person does with the rules.


def change_rules(audience: list[Entry], act: str, *, path: str = "") -> list[Entry]:
    """The rules after an act: `add`, `or-2`, `remove-2-1`, `up-2`, `down-2`; an act of nobody changes nothing."""
    word, _, place = act.partition("-")
    numbers = [int(part) for part in place.split("-") if part.isdecimal()]
    entries = [entry.get("any", [entry]) for entry in audience]
    if word == "add":
        entries.append([new_rule(path)])
    elif numbers and numbers[0] < len(entries):
        _change_one(entries, word, numbers)
    return [inside[0] if len(inside) == 1 else {"any": inside} for inside in entries if inside]


def _change_one(entries: list[list[Entry]], word: str, numbers: list[int]) -> None:
    place = numbers[0]
    if word == "or":
        entries[place].append(dict(entries[place][-1]))
    elif word == "remove" and len(numbers) > 1 and numbers[1] < len(entries[place]):
        del entries[place][numbers[1]]
    elif word == "up" and place > 0:
        entries.insert(place - 1, entries.pop(place))
    elif word == "down":
        entries.insert(place + 1, entries.pop(place))


def new_rule(path: str = "") -> Entry:
    """A rule to begin with: about `category.attribute`, or the last visit."""
    category, _, name = path.partition(".")
    if category not in CATEGORIES:
        return dict(FIRST)
    try:
        attribute = attribute_of(CATEGORIES[category], name)
    except KeyError:
        return dict(FIRST)
    return {"category": category, "attribute": name, "operator": _first_operator(attribute).name}
