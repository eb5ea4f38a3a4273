"""Turns the settings of a dealer into forms made from their types, and a typed form into a new version, or a fault."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from zoneinfo import available_timezones

from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from pydantic import ValidationError

from relance.dealers.house import House, save, stored
from relance.dealers.models import Dealer, SettingsVersion
from relance.facts.models import Appointment, RepairOrder
from relance.lib.moments import WEEKDAYS
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.settings.field import KINDS, kind_of, leaves, may_be_empty, words_allowed
from relance.web.desk.settings.words import OPTIONS, SECTIONS, TITLES, Section
from relance.web.desk.words import Word

LEAVES = leaves(House)
RAW_CODES: dict[str, type[Appointment] | type[RepairOrder]] = {
    "status_map.appointment": Appointment,
    "status_map.repair_order": RepairOrder,
}
MOST_CODES, MOST_VERSIONS = 60, 50


@dataclass(frozen=True)
class Field:
    """One setting as it stands in the form."""

    path: str
    title: Word
    says: str
    kind: str
    shown: Any
    options: list[tuple[Any, Word]]
    may_be_empty: bool
    codes: list[tuple[str, int, str]]  # of a status map: the raw code, how often it was seen, its word
    fault: str

    @property
    def is_group(self) -> bool:
        """Whether it has several fields under one title."""
        return self.kind in ("week", "span", "cap", "choices", "codes")


@desk_page("settings")
def settings_of(desk: Desk, section: str = "dealer") -> HttpResponse:
    """One section."""
    return _page(desk, _section(section), stored(desk.dealer))


@desk_page("settings", changes=True)
def save_settings(desk: Desk, section: str) -> HttpResponse:
    """Save one section, or say what is wrong; what was typed is still there."""
    chosen, posted = _section(section), desk.request.POST
    typed = _merged(stored(desk.dealer), {path: _read(posted, path) for path in chosen.paths})
    try:
        house = House.model_validate(typed)
    except ValidationError as error:
        faults = {_path_of(fault["loc"]): fault for fault in error.errors()}
        return _page(desk, chosen, typed, faults=faults, posted=posted)
    before, after = save(desk.dealer, house, by=str(desk.user), at=desk.reader.at)
    if before or after:
        desk.note("settings", f"section {section}", before=before, after=after)
    here = redirect("desk-settings-of", slug=desk.dealer.slug, section=section)
    here["Location"] += "?saved=1"
    return here


@desk_page("settings")
def settings_versions(desk: Desk) -> HttpResponse:
    """What the settings were, the latest first."""
    rows = list(SettingsVersion.objects.of(desk.dealer).order_by("-number")[: MOST_VERSIONS + 1])
    lines = [(row, list(_differences(earlier.house, row.house))) for row, earlier in pairwise(rows)]
    values = {"versions": lines, "first": rows[-1] if rows else None, "sections": SECTIONS, "section": None}
    return show(desk, "desk/settings/versions.html", values, place="desk-settings")


@desk_page("settings", changes=True)
def bring_back_settings(desk: Desk, number: int) -> HttpResponse:
    """Make the settings what they were before a change."""
    row = SettingsVersion.objects.of(desk.dealer).filter(number=number).first()
    if row is None:
        raise Http404
    before, after = save(desk.dealer, House.model_validate(row.house), by=str(desk.user), at=desk.reader.at)
    desk.note("settings", f"version {number} brought back", before=before, after=after)
    return redirect("desk-settings-versions", slug=desk.dealer.slug)


def _section(name: str) -> Section:
    found = next((section for section in SECTIONS if section.name == name), None)
    if found is None:
        raise Http404
    return found


def _page(
    desk: Desk,
    section: Section,
    values: Mapping[str, Any],
    *,
    faults: Mapping[str, Any] | None = None,
    posted: QueryDict | None = None,
) -> HttpResponse:
    present = House.model_validate(stored(desk.dealer))
    fields = [_field(desk, path, present, faults or {}, posted) for path in section.paths]
    shown = {
        "section": section,
        "sections": SECTIONS,
        "fields": fields,
        "weekdays": [(day, desk.reader.locale.days["stand-alone"]["wide"][at]) for at, day in enumerate(WEEKDAYS)],
        "zones": sorted(available_timezones()) if "timezone" in section.paths else [],
        "is_saved": "saved" in desk.request.GET,
        "is_wrong": bool(faults),
        "whole_fault": _whole(faults or {}, section),
    }
    return show(desk, "desk/settings/house.html", shown, place="desk-settings", status=422 if faults else 200)


def _whole(faults: Mapping[str, Any], section: Section) -> str:
    """A fault that belongs to no field of this section."""
    lost = [str(fault["msg"]) for path, fault in faults.items() if _field_of(path) not in section.paths]
    return "; ".join(text.removeprefix("Value error, ") for text in lost)


def _field(desk: Desk, path: str, present: House, faults: Mapping[str, Any], posted: QueryDict | None) -> Field:
    info = LEAVES[path]
    kind = kind_of(path, info.annotation)
    value: Any = present
    for step in path.split("."):
        value = getattr(value, step)
    shown = KINDS[kind].show(value) if posted is None else _as_typed(posted, path, kind)
    codes = _codes(desk.dealer, path, shown if isinstance(shown, dict) else {}) if path in RAW_CODES else []
    fault = next((one for where, one in faults.items() if _field_of(where) == path), None)
    return Field(
        path=path,
        title=TITLES[path],
        says=_(info.description or ""),
        kind=kind,
        shown=shown,
        options=[(word, OPTIONS.get(f"{path}.{word}", word)) for word in words_allowed(info.annotation)],
        may_be_empty=may_be_empty(info.annotation),
        codes=codes,
        fault=f"{KINDS[kind].write} {_found(fault)}".strip() if fault else "",
    )


def _found(fault: Mapping[str, Any]) -> str:
    """What was found, when it is short enough to be recognised; and what relance's own check says."""
    own = str(fault["msg"]).removeprefix("Value error, ") if fault["type"] == "value_error" else ""
    found = fault["input"]
    return own or (_("Found: %(text)s") % {"text": found} if isinstance(found, (str, int)) and found != "" else "")


def _as_typed(posted: QueryDict, path: str, kind: str) -> Any:
    """What stands in the fields: as it was typed, readable or not."""
    if kind == "week":
        ends = ("opens", "closes")
        days = {day: {end: posted.get(f"{path}.{day}.{end}", "") for end in ends} for day in WEEKDAYS}
        return None if posted.get(f"{path}.always") else days
    if kind == "span":
        return {end: posted.get(f"{path}.{end}", "") for end in ("opens", "closes")}
    if kind == "cap":
        return {name: posted.get(f"{path}.{name}", "") for name in ("messages", "days")}
    if kind in ("tick", "choices", "codes"):
        return KINDS[kind].read(posted, path)
    return posted.get(path, "")


def _read(posted: QueryDict, path: str) -> Any:
    annotation = LEAVES[path].annotation
    value = KINDS[kind_of(path, annotation)].read(posted, path)
    numbers = {str(word): word for word in words_allowed(annotation) if isinstance(word, int)}
    return numbers.get(value, value) if isinstance(value, str) else value


def _merged(values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = {name: dict(value) if isinstance(value, dict) else value for name, value in values.items()}
    for path, value in changes.items():
        name, _dot, inner = path.partition(".")
        if not inner:
            merged[name] = value
            continue
        kept = merged.get(name)
        merged[name] = {**(kept if isinstance(kept, dict) else {}), inner: value}
    return merged


def _path_of(location: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in location)


def _field_of(path: str) -> str:
    """The setting to which a fault belongs: the longest path that begins it."""
    return max((own for own in LEAVES if path == own or path.startswith(f"{own}.")), key=len, default="")


def _codes(dealer: Dealer, path: str, words: Mapping[str, str]) -> list[tuple[str, int, str]]:
    """The raw codes that the data have, the most frequent first; then those that only the map has."""
    rows: QuerySet[Any] = RAW_CODES[path].objects.of(dealer)
    found = rows.exclude(raw_status=None).values_list("raw_status")
    seen = dict(found.annotate(number=Count("pk")).order_by("-number", "raw_status")[:MOST_CODES])
    codes = {**{str(code): number for code, number in seen.items()}, **{c: 0 for c in words if c not in seen}}
    return [(code, number, words.get(code, "")) for code, number in codes.items()]


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[Word, Any, Any]]:
    for path in LEAVES:
        old, new = _at(before, path), _at(after, path)
        if old != new:
            yield TITLES[path], _plain(old), _plain(new)


def _at(values: Mapping[str, Any], path: str) -> Any:
    found: Any = values
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _plain(value: Any) -> str:
    if value is None or value in ({}, []):
        return "–"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_plain(inner)}" for name, inner in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
