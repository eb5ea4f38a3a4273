"""Turns a file of automations into rows and rows back into a file: all of it or nothing."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from relance.dealers.hours import Calendar
from relance.dealers.models import Dealer
from relance.lib.errors import BadInput, unknown_word
from relance.lib.moments import day_of
from relance.lib.yaml_file import read_yaml, write_yaml
from relance.plan.definition import Definition, read_definition, read_live_from
from relance.plan.models import Automation, AutomationVersion
from relance.plan.schedule import check_holiday
from relance.plan.switching.better_form import hints
from relance.plan.wording_check import check

SWITCHED_ON = ("on", "approval")


@dataclass
class Applied:
    """What became of a file: codes by what happened to them, and what a person should look at."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_file(path: Path) -> list[dict[str, Any]]:
    """The automations of a YAML file as mappings; BadInput when it is none."""
    return read_automations(read_yaml(path), str(path))


def read_automations(content: Any, path: str) -> list[dict[str, Any]]:
    """The automations of a file that was read; BadInput when it has none."""
    if not isinstance(content, dict) or "automations" not in content:
        raise BadInput(f"{path}: " + gettext("must begin with `automations:` and a list"))
    for key in content:
        if key != "automations":
            raise BadInput(f"{path}: {unknown_word(gettext('key'), key, ['automations'])}")
    entries = content["automations"]
    if not isinstance(entries, list):
        raise BadInput(f"{path}: automations: " + gettext("must be a list"))
    return entries


def apply_definitions(dealer: Dealer, entries: Sequence[Any], *, at: datetime, by: str) -> Applied:
    """Add or change the dealer's automations; one fault anywhere and nothing is changed. What is left out stays."""
    definitions = [read_definition(entry, _path(i, entry)) for i, entry in enumerate(entries)]
    _refuse_doubles(definitions)
    applied = Applied()
    with transaction.atomic():
        for i, (entry, definition) in enumerate(zip(entries, definitions, strict=True)):
            path = _path(i, entry)
            _check_holiday(definition, dealer, path, at)
            findings = check(definition, dealer)
            faults = [f"{f.path}: {f.says}" for f in findings if f.severity == "fault"]
            if faults:
                raise BadInput(f"{path}: {'; '.join(faults)}")
            applied.warnings += [f"{definition.code}: {f.path}: {f.says}" for f in findings]
            applied.warnings += [f"{definition.code}: audience: {hint}" for hint in hints(definition)]
            _apply_one(dealer, definition, plain(entry), _Change(at, by, path, applied))
    return applied


def _check_holiday(definition: Definition, dealer: Dealer, path: str, at: datetime) -> None:
    try:
        check_holiday(definition.schedule, Calendar(dealer), year=day_of(at, dealer.zone).year)
    except BadInput as fault:
        raise BadInput(f"{path}.{fault}") from None


def _path(index: int, entry: Any) -> str:
    code = entry.get("code") if isinstance(entry, Mapping) else None
    return f"automations[{index}]" + (f" ({code})" if code else "")


def _refuse_doubles(definitions: Sequence[Definition]) -> None:
    seen: set[str] = set()
    for i, definition in enumerate(definitions):
        if definition.code in seen:
            told = gettext("{code} stands twice in this file").format(code=definition.code)
            raise BadInput(f"automations[{i}].code: {told}")
        seen.add(definition.code)


@dataclass(frozen=True)
class _Change:
    at: datetime
    by: str
    path: str
    applied: Applied


def _apply_one(dealer: Dealer, definition: Definition, entry: dict[str, Any], change: _Change) -> None:
    row = Automation.objects.of(dealer).filter(code=definition.code).first()
    was_on = row is not None and row.status in SWITCHED_ON
    kept = row.live_from if row is not None and was_on else change.at
    live_from = read_live_from(definition, dealer.zone, otherwise=kept, path=change.path)
    if row is None:
        row = Automation(dealer=dealer, code=definition.code, version=0)
        change.applied.added.append(definition.code)
    elif not row.paused and row.definition == entry and (row.live_from == live_from or definition.status == "off"):
        change.applied.unchanged.append(definition.code)
        return
    else:
        change.applied.changed.append(definition.code)
    row.name, row.programme, row.purpose = definition.name, definition.programme, definition.purpose
    row.subject, row.status, row.live_from = definition.subject, definition.status, live_from
    row.definition, row.updated_at, row.paused = entry, change.at, ""
    row.version += 1
    row.save()
    AutomationVersion.objects.create(
        dealer=dealer, automation=row, number=row.version, definition=entry, at=change.at, by=change.by
    )


def plain(value: Any) -> Any:
    """A mapping as JSON can hold it: dates as text, a bare `on` as the word it is."""
    if isinstance(value, Mapping):
        return {str(key): _word(str(key), plain(part)) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def _word(key: str, value: Any) -> Any:
    if key in ("status", "operator") and isinstance(value, bool):
        return "on" if value else "off"
    return value


def export(dealer: Dealer) -> str:
    """Every automation of a dealer as YAML that `apply` reads back."""
    rows = Automation.objects.of(dealer).order_by("code")
    return write_yaml({"automations": [row.definition for row in rows]})


def definition_of(automation: Automation) -> Definition:
    """The typed definition of a row; each stored form is read once."""
    return _definition(json.dumps(automation.definition, sort_keys=True))


@lru_cache(maxsize=2_000)
def _definition(stored: str) -> Definition:
    entry = json.loads(stored)
    return read_definition(entry, str(entry.get("code")))
