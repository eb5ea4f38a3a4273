"""Turns the YAML files of `library/` into entries, and an entry with its numbers into an automation's definition.

An entry is an automation in its file form with a name per language, and with parameters: `$days` (or `$days-6`) stands
where a number goes that a dealer may set. 0 switches an entry off, unless the parameter says otherwise.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field

from relance.dealers.models import Dealer
from relance.lib.errors import BadInput, unknown_word
from relance.lib.schema import Strict, read
from relance.plan.definition import Channel, Definition, Language, Programme, Subject, Words, read_definition
from relance.plan.placeholders import Field as MergeField
from relance.plan.wording import texts_of

FOLDER = Path(__file__).parent / "library"
DAILY = {"kind": "daily", "at": "10:00", "closed_day": "next_open_day"}
FRESH_MINUTES = {"realtime": 60}  # how old the facts may be, by kind of schedule
FRESH_OTHERWISE = 26 * 60
WRITTEN_FIRST = ("sms", "email", "postcard", "letter")
PARAMETER = re.compile(r"\$(\w+?)(?:([+-])(\d+))?")
# What the sample dealership has switched on: one entry of each theme, none that waits for a page to come.
DEMO = (
    "C_REM1", "C_REM1_P", "C_REM2", "C_REM2_P", "C_DEFER", "C_DEFER_P",
    "J_BOOKED", "J_TOMORROW", "J_MISSED", "J_CSI", "J_SIX", "V03", "V06", "E01",
)  # fmt: skip

Value = int | str | list[str]
Names = dict[Language, str]


class Parameter(Strict):
    """A number or choice of an entry that a dealer may set."""

    name: str
    label: Names
    kind: Literal["days", "months", "minutes", "makes", "accessory", "choice"]
    default: Value
    min: int = 0
    max: int = 3660
    zero: Literal["switches_off", "leaves_out", "counts"] = "switches_off"  # what 0 (or nothing) does
    choices: list[str] = Field(default_factory=list)

    def read(self, value: Any, path: str) -> Value:
        """The value, checked; BadInput says what is allowed."""
        if self.kind in ("days", "months", "minutes"):
            if not isinstance(value, int) or isinstance(value, bool):
                raise BadInput(f"{path}: a whole number is needed (found {value!r:.40})")
            if value != 0 and not self.min <= value <= self.max:
                raise BadInput(f"{path}: from {self.min} to {self.max}, or 0 (found {value})")
            return value
        if self.kind == "makes":
            return [str(word) for word in value] if isinstance(value, (list, tuple)) else [str(value)]
        if self.kind == "choice" and value not in self.choices:
            raise BadInput(f"{path}: {unknown_word('choice', value, self.choices)}")
        return str(value)


class Entry(Strict):
    """One entry of the library, as its file says it; what the file leaves out has the library's own defaults."""

    code: str
    also: list[str] = Field(default_factory=list)  # further codes of the same entry, numbered on: V08, V09 …
    family: str
    name: Names
    programme: Programme
    theme: str
    kind: str = "general"
    purpose: Literal["service", "marketing"]
    subject: Subject
    scope: str = "customer"
    needs: list[str]
    parameters: list[Parameter] = Field(default_factory=list)
    audience: list[Any]
    template_schedule: dict[str, Any] = Field(default=DAILY, alias="schedule")
    repeat: Any = "once"
    recipients: list[str] = Field(default_factory=lambda: ["customer"])
    named_channels: list[Channel] = Field(default_factory=list, alias="channels")
    wording: dict[Channel, dict[Language, Words]]
    replies: dict[str, Any] | None = None
    grace_hours: float | None = None
    better: str | None = None  # a recipe of another system: the entry that says the same more simply

    @property
    def schedule(self) -> dict[str, Any]:
        """When it runs."""
        return self.template_schedule

    @property
    def channels(self) -> list[str]:
        """As named, else every channel that is written, the quickest first."""
        written: list[str] = [channel for channel in WRITTEN_FIRST if channel in self.wording]
        named: list[str] = [*self.named_channels]
        return named or written or ["staff"]

    @property
    def fresh_within(self) -> dict[str, int]:
        """Which records it needs, and how many minutes old they may be."""
        minutes = FRESH_MINUTES.get(self.schedule["kind"], FRESH_OTHERWISE)
        return dict.fromkeys(self.needs, minutes)

    @property
    def waits_for(self) -> list[str]:
        """Merge fields of its wording whose page does not exist yet."""
        return [field.name for field in _fields_of(self.code) if not field.available]


def entries() -> list[Entry]:
    """Every entry, in the order of families and codes; recipes of other systems last."""
    return list(_by_code().values())


def entry_of(code: str) -> Entry:
    """The entry with this code; BadInput offers the nearest one."""
    found = _by_code().get(code.strip().upper())
    if found is None:
        raise BadInput(unknown_word("library entry", code, _by_code()))
    return found


def definition_of(code: str, *, language: str = "en", status: str = "off", **parameters: Any) -> dict[str, Any]:
    """The automation in its file form, with these numbers; off when one of them switches it off."""
    entry = entry_of(code)
    values = _values(entry, parameters)
    audience, is_off = _audience(entry, values)
    definition = {
        "code": entry.code,
        "name": entry.name.get(language) or entry.name["en"],  # type: ignore[call-overload]
        **{key: getattr(entry, key) for key in ("programme", "kind", "purpose", "subject", "scope")},
        "audience": audience,
        "schedule": _filled(entry.schedule, values),
        "repeat": entry.repeat,
        "recipients": list(entry.recipients),
        "channels": entry.channels,
        "wording": {
            channel: {spoken: words.model_dump(exclude_none=True) for spoken, words in by_language.items()}
            for channel, by_language in entry.wording.items()
        },
        "replies": entry.replies or ({"assign": "reference"} if "customer" in entry.recipients else {}),
        "status": "off" if is_off else status,
        "theme": entry.theme,
        "needs": entry.fresh_within,
    }
    if entry.grace_hours is not None:
        definition["grace_hours"] = entry.grace_hours
    return definition


def demo_entries(dealer: Dealer) -> list[dict[str, Any]]:
    """What the sample dealership starts with: one entry of each theme, switched on, named in its language."""
    return [definition_of(code, language=dealer.language, status="on") for code in DEMO]


def unavailable(entry: Entry, dealer: Dealer | None = None) -> list[str]:
    """Why this dealer cannot switch the entry on yet: a page that does not exist, a setting that is empty."""
    reasons = (field.unavailable_at(dealer) for field in _fields_of(entry.code))
    return [reason for reason in reasons if reason]


def library_line(entry: Entry) -> dict[str, Any]:
    """An entry as `relance automations library --json` prints it."""
    line = definition_of(entry.code)
    own = {"family": entry.family, "name": entry.name, "waits_for": entry.waits_for, "better": entry.better}
    parameters = [parameter.model_dump() for parameter in entry.parameters]
    languages = sorted({language for by_language in entry.wording.values() for language in by_language})
    return {**line, **own, "parameters": parameters, "languages": languages}


def _values(entry: Entry, given: Mapping[str, Any]) -> dict[str, Value]:
    known = {parameter.name: parameter for parameter in entry.parameters}
    for name in given:
        if name not in known:
            raise BadInput(f"{entry.code}: {unknown_word('parameter', name, known)}")
    return {
        name: parameter.read(given.get(name, parameter.default), f"{entry.code}.{name}")
        for name, parameter in known.items()
    }


def _audience(entry: Entry, values: Mapping[str, Value]) -> tuple[list[Any], bool]:
    """The rules with their numbers, and whether a number switches the entry off (its rules then keep the default)."""
    zero = {parameter.name: parameter.zero for parameter in entry.parameters}
    is_off = any(not values[name] and zero[name] == "switches_off" for name in values)
    used = {
        p.name: (p.default if not values[p.name] and p.zero == "switches_off" else values[p.name])
        for p in entry.parameters
    }
    left_out = {name for name in used if not used[name] and zero[name] == "leaves_out"}
    rules: list[Any] = []
    for written in entry.audience:
        alternatives = written.get("any", [written])
        filled = [rule for one in alternatives for rule in _rule(one, used, left_out)]
        if "any" in written and not filled:
            return _audience(entry, {p.name: p.default for p in entry.parameters})[0], True
        rules += [{"any": filled}] if len(filled) > 1 else filled
    return rules, is_off


def _rule(rule: Mapping[str, Any], values: Mapping[str, Value], left_out: set[str]) -> Iterator[dict[str, Any]]:
    """The rule with its numbers: none when its parameter leaves it out, one for each make."""
    named = PARAMETER.fullmatch(rule["value"]) if isinstance(rule.get("value"), str) else None
    name = named.group(1) if named else ""
    if name in left_out:
        return
    value = values.get(name)
    for one in value if isinstance(value, list) else [None]:
        yield _filled({**rule, "value": one} if one is not None else dict(rule), values)


def _filled(value: Any, values: Mapping[str, Value]) -> Any:
    """`$days` and `$days-6` replaced, however deep they stand."""
    if isinstance(value, Mapping):
        return {key: _filled(inner, values) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_filled(inner, values) for inner in value]
    found = PARAMETER.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return value
    name, sign, number = found.groups()
    known = values[name]
    if not sign or not isinstance(known, int):
        return known
    return max(0, known + int(f"{sign}{number}"))


@lru_cache(maxsize=1)
def _by_code() -> dict[str, Entry]:
    found = {}
    for path in sorted(FOLDER.rglob("*.yaml"), key=lambda path: (path.parent.name == "recipes", str(path))):
        for written in yaml.safe_load(path.read_text("utf-8")):
            for entry in _numbered({"family": path.parent.name, **written}, str(path.relative_to(FOLDER))):
                found[entry.code] = entry
    return found


def _numbered(written: dict[str, Any], path: str) -> Iterator[Entry]:
    """The entry, and one for each further code; `$number` in names counts them."""
    codes = [written["code"], *written.get("also", ())]
    for number, code in enumerate(codes, start=1):
        names = {language: name.replace("$number", str(number)) for language, name in written["name"].items()}
        yield read(Entry, {**written, "code": code, "name": names}, f"{path} {code}")


@lru_cache(maxsize=200)
def _fields_of(code: str) -> tuple[MergeField, ...]:
    definition: Definition = read_definition(definition_of(code), f"library {code}")
    return tuple(dict.fromkeys(field for text in texts_of(definition) for field in text.fields))
