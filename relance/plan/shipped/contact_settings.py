"""Turns the C_… automations of a dealer into sixteen numbers, and sixteen numbers back into those automations.

There is no second mechanism: a number stands in the automation's own rule, 0 means that the automation is off, and
saving goes through plan/apply, which keeps every earlier version. A rule that the dealer wrote himself has no number.
"""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from relance.dealers.models import Dealer
from relance.lib.errors import BadInput, unknown_word
from relance.plan.apply import SWITCHED_ON, Applied, apply_definitions
from relance.plan.definition import read_definition
from relance.plan.models import Automation
from relance.plan.shipped import PARAMETER, Entry, definition_of, entry_of
from relance.plan.wording_check import check

Word = str | Promise


class Setting(NamedTuple):
    """One of the eight numbers: where it stands, and what it usually is."""

    name: str
    code: str  # the library's entry; the postcard's ends with _P
    parameter: str
    usual: int
    most: int
    label: Word
    unit: Word


class Column(NamedTuple):
    """One of the two columns."""

    name: str
    ending: str
    label: Word


SETTINGS = (
    Setting("reminder_1", "C_REM1", "days", 14, 365, _("Reminder 1"), _("days before the next visit")),
    Setting("reminder_2", "C_REM2", "days", 7, 365, _("Reminder 2"), _("days before the next visit")),
    Setting("no_show", "C_NOSHOW", "days", 1, 60, _("No-show"), _("days after the missed visit")),
    Setting("thanks", "C_THANKS", "days", 2, 60, _("Thank you"), _("days after the visit is complete")),
    Setting("deferred", "C_DEFER", "days", 30, 365, _("Deferred work"), _("days after the last visit")),
    Setting("inactive", "C_INACT", "inactive", 90, 1830, _("Inactive"), _("days without a visit")),
    Setting("interval", "C_INACT", "interval", 90, 1830, _("Interval"), _("days between two such messages")),
    Setting("dead", "C_INACT", "dead", 365, 3660, _("Dead"), _("days after which we stop writing")),
)
COLUMNS = (Column("email", "", _("E-mail")), Column("postcard", "_P", _("Postcard")))
OF_SETTING = {setting.name: setting for setting in SETTINGS}
OF_COLUMN = {column.name: column for column in COLUMNS}
CODES = tuple(dict.fromkeys(s.code + column.ending for column in COLUMNS for s in SETTINGS))
SWITCHES = "inactive"  # of the three numbers of C_INACT the one that switches it

Numbers = Mapping[str, int | None]  # by the setting's name; None: the dealer wrote a rule of his own
Audience = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class ContactSettings:
    """Eight numbers for e-mail and eight for postcards."""

    email: Numbers
    postcard: Numbers

    def column(self, name: str) -> Numbers:
        """The numbers of a column."""
        return {"email": self.email, "postcard": self.postcard}[name]

    def changed(self, **numbers: int | None) -> "ContactSettings":
        """The same with some numbers changed: `email_reminder_1=14`."""
        columns = {name: dict(self.column(name)) for name in OF_COLUMN}
        for key, number in numbers.items():
            column, _mark, name = key.partition("_")
            columns[column][name] = number
        return ContactSettings(**columns)

    def as_json(self) -> dict[str, dict[str, int | None]]:
        """As `relance contact-settings --json` prints it."""
        return {name: dict(self.column(name)) for name in OF_COLUMN}


USUAL = ContactSettings(*({s.name: s.usual for s in SETTINGS} for _column in COLUMNS))


class Place(NamedTuple):
    """Where a number stands in a rule: the rule, the key in its value (None: the value itself), the parameter."""

    rule: dict[str, Any]
    key: str | None
    parameter: str

    @property
    def number(self) -> Any:
        """What stands there."""
        return self.rule["value"] if self.key is None else self.rule["value"].get(self.key)

    def put(self, number: int) -> None:
        """Write another number there."""
        if self.key is None:
            self.rule["value"] = number
        else:
            self.rule["value"] = {**self.rule["value"], self.key: number}


def setting_named(path: str) -> tuple[Column, Setting]:
    """`email.reminder_1` as its column and setting; BadInput offers the nearest."""
    column, _dot, name = path.strip().lower().replace("-", "_").partition(".")
    if column not in OF_COLUMN:
        raise BadInput(f"{path}: {unknown_word(gettext('column'), column, OF_COLUMN)}")
    if name not in OF_SETTING:
        raise BadInput(f"{path}: {unknown_word(gettext('setting'), name, OF_SETTING)}")
    return OF_COLUMN[column], OF_SETTING[name]


def read(dealer: Dealer) -> ContactSettings:
    """The numbers as they stand in the dealer's automations; what is off, or not there yet, is 0."""
    rows = _rows(dealer)
    return ContactSettings(**{column.name: _numbers(column, rows) for column in COLUMNS})


def _rows(dealer: Dealer) -> dict[str, Automation]:
    return {row.code: row for row in Automation.objects.of(dealer).filter(code__in=CODES)}


def _numbers(column: Column, rows: Mapping[str, Automation]) -> Numbers:
    found: dict[str, int | None] = {}
    for setting in SETTINGS:
        row = rows.get(setting.code + column.ending)
        switches = setting.parameter in ("days", SWITCHES)
        if row is None:
            found[setting.name] = 0 if switches else setting.usual
        elif switches and row.status not in SWITCHED_ON:
            found[setting.name] = 0
        else:
            found[setting.name] = _stands(row.code, row.definition["audience"]).get(setting.parameter)
    return found


def _stands(code: str, audience: Audience) -> dict[str, int]:
    """The numbers that stand in these rules, by parameter; one that reads differently in two places is left out."""
    found: dict[str, set[Any]] = {}
    for place in _places(entry_of(code), audience):
        found.setdefault(place.parameter, set()).add(place.number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1 and None not in numbers}


def _places(entry: Entry, audience: Audience) -> list[Place]:
    """The places of the library's parameters in rules that may be the dealer's own."""
    rules = list(_flat(audience))
    places = []
    for written in _flat(entry.audience):
        named = list(_named(written.get("value")))
        rule = next((r for r in rules if named and _same(r, written)), None)
        if rule is not None:
            places += [Place(rule, key, parameter) for key, parameter in named if key is None or _has(rule, key)]
    return places


def _named(value: Any) -> Iterator[tuple[str | None, str]]:
    """The parameters in a value of the library: (key inside a mapping, parameter)."""
    inside = value.items() if isinstance(value, dict) else [(None, value)]
    for key, text in inside:
        found = PARAMETER.fullmatch(text) if isinstance(text, str) else None
        if found:
            yield key, found.group(1)


def _has(rule: Mapping[str, Any], key: str) -> bool:
    return isinstance(rule["value"], dict) and key in rule["value"]


def _same(rule: Mapping[str, Any], written: Mapping[str, Any]) -> bool:
    return all(rule.get(part) == written.get(part) for part in ("category", "attribute", "operator"))


def _flat(audience: Audience) -> Iterator[dict[str, Any]]:
    for rule in audience:
        for group in ("any", "all"):
            yield from _flat(rule.get(group, ()))
        if "attribute" in rule:
            yield rule  # type: ignore[misc]


def save(dealer: Dealer, settings: ContactSettings, *, by: str, at: datetime) -> Applied:
    """Write what differs into the automations: all of it or nothing. BadInput says what does not go together."""
    told = faults(settings)
    if told:
        raise BadInput("; ".join(f"{fault.column}.{fault.setting}: {fault.says}" for fault in told))
    with transaction.atomic():
        rows, entries = _rows(dealer), []
        for column in COLUMNS:
            for code in dict.fromkeys(setting.code for setting in SETTINGS):
                entry = _entry(dealer, code + column.ending, rows, _of_code(code, settings.column(column.name)))
                if entry is not None:
                    entries.append(entry)
        return apply_definitions(dealer, entries, at=at, by=by)


def _of_code(code: str, numbers: Numbers) -> dict[str, int | None]:
    return {s.parameter: numbers[s.name] for s in SETTINGS if s.code == code}


def _entry(
    dealer: Dealer, code: str, rows: Mapping[str, Automation], wanted: Mapping[str, int | None]
) -> dict[str, Any] | None:
    """The automation's file form with these numbers; None when nothing changes."""
    row = rows.get(code)
    switch = wanted[SWITCHES] if SWITCHES in wanted else wanted["days"]
    if row is None and not switch:
        return None
    before = row.definition if row is not None else definition_of(code, language=dealer.language)
    entry = deepcopy(before)
    if not _put(code, entry, wanted):
        entry["audience"] = definition_of(code)["audience"]  # a number was typed over a rule of his own
        _put(code, entry, wanted)
    if switch == 0:
        entry["status"] = "off"
    elif entry["status"] not in SWITCHED_ON and switch is not None:
        entry["status"] = "on"
        _may_be_switched_on(dealer, code, entry)
    return None if row is not None and entry == before else entry


def _put(code: str, entry: dict[str, Any], wanted: Mapping[str, int | None]) -> bool:
    """Write the numbers where they stand; False when one of them has no place."""
    places = _places(entry_of(code), entry["audience"])
    numbers: dict[str, int] = {
        name: n for name, n in wanted.items() if n or (n == 0 and name not in ("days", SWITCHES))
    }
    for place in places:
        if place.parameter in numbers:
            place.put(numbers[place.parameter])
    return numbers.keys() <= {place.parameter for place in places}


def _may_be_switched_on(dealer: Dealer, code: str, entry: dict[str, Any]) -> None:
    """The desk and the library switch nothing on that still needs something (docs/plan.md)."""
    findings = check(read_definition(entry, code), dealer)
    spoken = set(entry["channels"])
    stands = [f.text for f in findings if f.severity == "refuse_on_switch" and f.path.split(".")[0] in {*spoken, ""}]
    if stands:
        raise BadInput(gettext("{code} cannot be switched on yet: {reason}").format(code=code, reason=stands[0]))


class Fault(NamedTuple):
    """What does not go together: in which column, at which number, in words."""

    column: str
    setting: str
    says: Word


def faults(settings: ContactSettings) -> list[Fault]:
    """What a person must put right before the numbers can be saved."""
    found = []
    for column in COLUMNS:
        numbers = settings.column(column.name)
        for setting in SETTINGS:
            number = numbers[setting.name]
            if number is not None and not 0 <= number <= setting.most:
                says = _("from 0 to %(most)s days (found %(number)s)") % {"most": setting.most, "number": number}
                found.append(Fault(column.name, setting.name, says))
        found += [Fault(column.name, name, says) for name, says in _together(numbers)]
    return found


def _together(numbers: Numbers) -> Iterator[tuple[str, Word]]:
    first, second = numbers["reminder_1"], numbers["reminder_2"]
    if first and second and second >= first:
        yield (
            "reminder_2",
            _("the second reminder comes after the first: fewer than %(days)s days before the visit") % {"days": first},
        )
    inactive, dead = numbers["inactive"], numbers["dead"]
    if inactive and dead and dead <= inactive:
        says = _(
            "dead after %(dead)s days would silence the first message on day %(inactive)s: choose more, or 0 for never"
        )
        yield "dead", says % {"dead": dead, "inactive": inactive}
