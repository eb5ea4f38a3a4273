"""Turns a file into a dealer's own maintenance schedules, all or nothing, and back; every next service follows."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext

from relance.dealers.models import Dealer
from relance.facts.models import MaintenanceSchedule
from relance.facts.schedules import Schedule, read_schedule, standing
from relance.lib.errors import BadInput, unknown_word
from relance.lib.yaml_file import read_yaml

HEAD = "schedules"


@dataclass
class Applied:
    """What became of the schedules of a file, by code."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def read_file(path: Path) -> list[Schedule]:
    """The schedules of a file: one schedule, or several below `schedules:`. BadInput names place and fault."""
    value = read_yaml(path)
    several = value.get(HEAD) if isinstance(value, dict) and HEAD in value else [value]
    if not isinstance(several, list) or not several:
        told = gettext("expected a schedule, or `{head}:` with a list of them").format(head=HEAD)
        raise BadInput(f"{path}: {told}")
    found = [
        read_schedule(one, f"{path.name}[{at}]" if len(several) > 1 else path.name) for at, one in enumerate(several)
    ]
    for code, times in Counter(schedule.schedule for schedule in found).items():
        if times > 1:
            told = gettext("the schedule {code} is there {times} times").format(code=code, times=times)
            raise BadInput(f"{path}: {told}")
    for schedule in found:
        _check(schedule, path)
    return found


def _check(schedule: Schedule, path: Path) -> None:
    codes = Counter(operation.code for operation in schedule.operations)
    for operation in schedule.operations:
        where = f"{path}: {schedule.schedule}.operations.{operation.code}"
        if codes[operation.code] > 1:
            told = gettext("is there {times} times").format(times=codes[operation.code])
            raise BadInput(f"{where}: {told}")
        if not (operation.months or operation.km or operation.mi or operation.hours):
            raise BadInput(f"{where}: " + gettext("say how often, in months, km, mi or hours"))
        if not operation.name:
            raise BadInput(f"{where}: " + gettext("it needs a name, for example name: {en: Oil}"))
    if schedule.years and schedule.years[0] > schedule.years[1]:
        told = gettext("years {years}: the first one is the later").format(years=list(schedule.years))
        raise BadInput(f"{path}: {schedule.schedule}: {told}")


@transaction.atomic
def apply(dealer: Dealer, schedules: list[Schedule]) -> Applied:
    """Keep the schedules; those that the file does not name stay. Whoever calls makes the next services anew."""
    applied = Applied()
    rows = {row.code: row for row in MaintenanceSchedule.objects.of(dealer)}
    for schedule in schedules:
        code, definition = schedule.schedule, plain(schedule)
        row = rows.get(code) or MaintenanceSchedule(dealer=dealer, code=code)
        if row.pk is not None and row.taken_back_at is None and row.definition == definition:
            applied.unchanged.append(code)
            continue
        (applied.added if row.pk is None or row.taken_back_at else applied.changed).append(code)
        row.definition, row.taken_back_at = definition, None
        row.save()
    return applied


def take_back(dealer: Dealer, code: str, *, at: datetime) -> None:
    """Let no vehicle follow a schedule: each takes the next best one. BadInput offers the nearest code."""
    rows = standing(dealer)
    if not rows.filter(code=code).update(taken_back_at=at):
        raise BadInput(unknown_word(gettext("schedule"), code, rows.values_list("code", flat=True)))


def export(dealer: Dealer) -> str:
    """A dealer's own schedules as `apply` reads them."""
    rows = standing(dealer).order_by("code").values_list("code", "definition")
    return written(read_schedule(definition, code) for code, definition in rows)


def written(schedules: Iterable[Schedule]) -> str:
    """Schedules as a file has them."""
    kept = [plain(schedule) for schedule in schedules]
    return yaml.safe_dump({HEAD: kept}, allow_unicode=True, sort_keys=False, width=120)


def plain(schedule: Schedule) -> dict[str, Any]:
    """A schedule as its row keeps it."""
    return schedule.model_dump(mode="json", exclude_defaults=True)
