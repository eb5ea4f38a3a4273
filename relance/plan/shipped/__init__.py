"""Turns the YAML files of `library/` into entries, and an entry with its numbers into an automation's file form.

An entry is an automation with a name per language, and with parameters: `$days` (or `$days-6`) stands where a number
goes that a dealer may set. 0 switches an entry off, unless the parameter says otherwise.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from django.utils.translation import gettext
from pydantic import Field

from relance.dealers.models import Dealer
from relance.lib.errors import BadInput, unknown_word
from relance.lib.schema import Strict, read
from relance.lib.yaml_file import read_yaml
from relance.plan.definition import Channel, Language, Programme, Subject, Words, read_definition
from relance.plan.placeholders import Field as MergeField
from relance.plan.wording import texts_of

FOLDER = Path(__file__).parent / "library"
FAMILIES = ("contact_settings", "sales", "maintenance", "other", "loyalty", "journey", "recipes")
DAILY = {"kind": "daily", "at": "10:00", "closed_day": "next_open_day"}
FRESH_MINUTES = {"realtime": 60}  # how old the facts may be, by kind of schedule
FRESH_OTHERWISE = 26 * 60
QUICKEST_FIRST = ("sms", "email", "postcard", "letter")
PARAMETER = re.compile(r"\$([a-z_]+\d*)(?:([+-])(\d+))?")
# What the sample dealership has switched on: one entry of each theme, none that waits for a page to come.
DEMO = (
    "C_REM1", "C_REM1_P", "C_REM2", "C_REM2_P", "C_DEFER", "C_DEFER_P",
    "J_BOOKED", "J_TOMORROW", "J_MISSED", "J_CSI", "J_SIX", "V03", "V06", "E01",
)  # fmt: skip

Value = int | str | list[str]
Names = dict[Language, str]


class Parameter(Strict):
    """A number or a choice of an entry that a dealer may set."""

    name: str
    label: Names
    kind: Literal["days", "months", "minutes", "words", "text", "accessory", "choice"]
    default: Value
    min: int = 0
    max: int = 3660
    zero: Literal["switches_off", "leaves_out", "counts"] = "switches_off"  # what 0, or nothing, does
    choices: list[str] = Field(default_factory=list)

    def read(self, value: Any, path: str) -> Value:
        """The value, checked; BadInput says what is allowed."""
        if self.kind == "words":
            return [str(word) for word in ([value] if isinstance(value, str) else value)]
        if self.kind == "choice" and value not in self.choices:
            raise BadInput(f"{path}: {unknown_word(gettext('choice'), value, self.choices)}")
        if self.kind in ("text", "accessory", "choice"):
            return str(value)
        if not isinstance(value, int) or isinstance(value, bool):
            told = gettext("a whole number is needed (found {found})").format(found=f"{value!r:.40}")
            raise BadInput(f"{path}: {told}")
        if value != 0 and not self.min <= value <= self.max:
            told = gettext("from {least} to {most}, or 0 (found {found})")
            raise BadInput(f"{path}: " + told.format(least=self.min, most=self.max, found=value))
        return value


class Entry(Strict):
    """One entry of the library; what its file leaves out has the library's own defaults."""

    code: str
    family: str
    name: Names
    programme: Programme
    theme: str
    kind: str = "general"
    purpose: Literal["service", "marketing"]
    subject: Subject
    scope: str = "customer"
    needs: list[str]  # records whose facts must be fresh
    parameters: list[Parameter] = Field(default_factory=list)
    audience: list[Any]
    schedule: dict[str, Any] = Field(default_factory=lambda: dict(DAILY))
    repeat: Any = "once"
    recipients: list[str] = Field(default_factory=lambda: ["customer"])
    channels: list[Channel] = Field(default_factory=list)  # empty: every one that is written, the quickest first
    wording: dict[Channel, dict[Language, Words]]
    in_quebec: dict[Channel, dict[Language, Words]] = Field(default_factory=dict)  # beside the French one, nothing else
    replies: dict[str, Any] | None = None
    better: str | None = None  # of another system's recipe: the entry that says the same more simply

    @property
    def spoken_on(self) -> list[str]:
        """The channels, in the order in which they are tried."""
        written: list[str] = [channel for channel in QUICKEST_FIRST if channel in self.wording]
        named: list[str] = [*self.channels]
        return named or written or ["staff"]

    @property
    def fresh_within(self) -> dict[str, int]:
        """How many minutes old the facts of each needed record may be."""
        return dict.fromkeys(self.needs, FRESH_MINUTES.get(self.schedule["kind"], FRESH_OTHERWISE))

    @property
    def languages(self) -> list[str]:
        """The languages in which every channel is written."""
        return sorted(set.intersection(*(set(map(str, by_language)) for by_language in self.wording.values())))


def entries() -> list[Entry]:
    """Every entry, by family and code; recipes of other systems last."""
    return list(_by_code().values())


def entry_of(code: str) -> Entry:
    """The entry with this code; BadInput offers the nearest one."""
    found = _by_code().get(code.strip().upper())
    if found is None:
        raise BadInput(unknown_word(gettext("library entry"), code, _by_code()))
    return found


def definition_for(dealer: Dealer, code: str, *, status: str = "off", **parameters: Any) -> dict[str, Any]:
    """The automation as this dealer gets it: named in his language, in the wording of his province."""
    definition = definition_of(code, language=dealer.language, status=status, **parameters)
    if dealer.country == "CA" and dealer.preferences.region == "QC":
        for channel, own in entry_of(code).in_quebec.items():
            french = definition["wording"][channel]["fr"]
            definition["wording"][channel] = {"fr": french, **_plain({channel: own})[channel]}
    return definition


def definition_of(code: str, *, language: str = "en", status: str = "off", **parameters: Any) -> dict[str, Any]:
    """The automation in its file form, with these numbers; off when one of them switches it off."""
    entry = entry_of(code)
    values = _values(entry, parameters)
    silent = not _says_something(entry, values)
    if silent:  # the rules keep the entry's own numbers, so that it stays readable and can be switched on again
        values = _values(entry, {})
    return {
        "code": entry.code,
        "name": entry.name.get(language) or entry.name["en"],  # type: ignore[call-overload]
        **{key: getattr(entry, key) for key in ("programme", "kind", "purpose", "subject", "scope")},
        "audience": _audience(entry, values),
        "schedule": _filled(entry.schedule, values),
        "repeat": entry.repeat,
        "recipients": list(entry.recipients),
        "channels": entry.spoken_on,
        "wording": _plain(entry.wording),
        "replies": entry.replies or ({"assign": "reference"} if "customer" in entry.recipients else {}),
        "status": "off" if silent else status,
        "theme": entry.theme,
        "needs": entry.fresh_within,
    }


def _plain(wording: Mapping[Channel, Mapping[Language, Words]]) -> dict[str, dict[str, Any]]:
    return {
        channel: {spoken: words.model_dump(exclude_none=True) for spoken, words in by_language.items()}
        for channel, by_language in wording.items()
    }


def name_in(code: str, name: str, language: str) -> str:
    """The name of an automation in this language while it is the library's own; a name that somebody gave it stays."""
    entry = _by_code().get(code)
    if entry is None or name not in entry.name.values():
        return name
    return entry.name.get(language, name)  # type: ignore[call-overload, no-any-return]


def demo_entries(dealer: Dealer) -> list[dict[str, Any]]:
    """What the sample dealership starts with: one entry of each theme, switched on, named in its language."""
    return [definition_for(dealer, code, status="on") for code in DEMO]


def unavailable(entry: Entry, dealer: Dealer | None = None) -> list[str]:
    """Why this dealer cannot switch the entry on yet: a page that does not exist, a setting that is empty."""
    reasons = (field.unavailable_at(dealer) for field in _relied_on(entry.code))
    return [reason for reason in reasons if reason]


def library_line(entry: Entry) -> dict[str, Any]:
    """An entry as `relance automations library --json` prints it."""
    return {
        **definition_of(entry.code),
        "family": entry.family,
        "name": entry.name,
        "parameters": [parameter.model_dump() for parameter in entry.parameters],
        "languages": entry.languages,
        "waits_for": [field.name for field in _relied_on(entry.code) if not field.available],
        "better": entry.better,
        "in_quebec": _plain(entry.in_quebec),
    }


def _values(entry: Entry, given: Mapping[str, Any]) -> dict[str, Value]:
    known = {parameter.name: parameter for parameter in entry.parameters}
    for name in given:
        if name not in known:
            raise BadInput(f"{entry.code}: {unknown_word(gettext('parameter'), name, known)}")
    return {name: p.read(given.get(name, p.default), f"{entry.code}.{name}") for name, p in known.items()}


def _says_something(entry: Entry, values: Mapping[str, Value]) -> bool:
    """Whether no number switches the entry off, and the numbers do not leave out all of an `any`."""
    if any(not values[p.name] for p in entry.parameters if p.zero == "switches_off"):
        return False
    return all(any(_rules(rule, values) for rule in entry_["any"]) for entry_ in entry.audience if "any" in entry_)


def _audience(entry: Entry, values: Mapping[str, Value]) -> list[Any]:
    audience: list[Any] = []
    for written in entry.audience:
        found = [rule for one in written.get("any", [written]) for rule in _rules(one, values)]
        alone = "any" not in written and (len(found) < 2 or written["operator"].startswith("does_not"))
        audience += found if alone or len(found) == 1 else [{"any": found}]
    return audience


def _rules(rule: Mapping[str, Any], values: Mapping[str, Value]) -> list[dict[str, Any]]:
    """The rule with its numbers: none when its parameter is 0 or empty, one for each word of a list."""
    written = rule.get("value")
    named = PARAMETER.fullmatch(written) if isinstance(written, str) else None
    value = values[named.group(1)] if named else None
    if named and not value:
        return []
    if isinstance(value, list):
        return [_filled({**rule, "value": word}, values) for word in value]
    return [_filled(rule, values)]


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
    return max(0, known + int(f"{sign}{number}")) if sign and isinstance(known, int) else known


@lru_cache(maxsize=1)
def _by_code() -> dict[str, Entry]:
    files = {path: read_yaml(path) for path in sorted(FOLDER.rglob("*.yaml"))}
    written = {one["code"]: one for found in files.values() for one in found}
    read_in: dict[str, Entry] = {}
    for path in sorted(files, key=lambda path: (FAMILIES.index(path.parent.name), path.name)):
        for one in files[path]:
            liked = written.get(one.get("like") or one.get("better") or "", {})
            for entry in _numbered({**liked, "family": path.parent.name, **one}, path.name):
                read_in[entry.code] = entry
    return read_in


def _numbered(written: dict[str, Any], path: str) -> Iterator[Entry]:
    """The entry, and one for each of its further codes (`also`); `$number` counts them."""
    codes = [written["code"], *written.get("also", ())]
    template = {key: value for key, value in written.items() if key not in ("like", "also")}
    for number, code in enumerate(codes, start=1):
        yield read(Entry, {**_counted(template, str(number)), "code": code}, f"{path} {code}")


def _counted(value: Any, number: str) -> Any:
    if isinstance(value, dict):
        return {key: _counted(inner, number) for key, inner in value.items()}
    if isinstance(value, list):
        return [_counted(inner, number) for inner in value]
    return value.replace("$number", number) if isinstance(value, str) else value


@lru_cache(maxsize=200)
def _relied_on(code: str) -> tuple[MergeField, ...]:
    """The merge fields that the wording cannot do without: no fallback stands beside them."""
    definition = read_definition(definition_of(code), f"library {code}")
    slots = (slot for text in texts_of(definition) for slot in text.slots)
    return tuple(dict.fromkeys(slot.field for slot in slots if slot.fallback is None))
