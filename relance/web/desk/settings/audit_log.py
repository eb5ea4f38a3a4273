"""Turns the audit log into a page: who did what when, newest first, by act, person and day."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse

from relance.dealers.audit import ACTS
from relance.dealers.models import AuditEntry
from relance.lib.moments import DAY, day_start
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.words import Word, word

PAGE = 50
PEOPLE = 200  # names that the filter offers


@dataclass(frozen=True)
class Line:
    """One entry, and what changed."""

    entry: AuditEntry
    says: Word
    changes: list[tuple[str, str, str]]  # name, before, after


@desk_page("audit")
def audit_log(desk: Desk) -> HttpResponse:
    """The page; htmx asks for the rows alone."""
    asked = desk.request.GET
    rows = _chosen(desk)
    if asked.get("before", "").isdecimal():
        rows = rows.filter(number__lt=int(asked["before"][:18]))
    found = list(rows.order_by("-number")[: PAGE + 1])
    values = {
        "lines": [Line(entry, word(ACTS, entry.act), _changes(entry)) for entry in found[:PAGE]],
        "next_before": found[PAGE - 1].number if len(found) > PAGE else None,
        "acts": sorted(((act, says) for act, says in ACTS.items()), key=lambda one: str(one[1]).casefold()),
        "people": _people(desk),
        "act": asked.get("act", ""),
        "by": asked.get("by", ""),
        "day": asked.get("day", ""),
        "query": _query(asked),
    }
    is_more = desk.is_fragment and desk.request.headers.get("HX-Target") == "more"
    return show(
        desk, "desk/settings/_audit_rows.html" if is_more else "desk/settings/audit.html", values, place="desk-audit"
    )


def _chosen(desk: Desk) -> QuerySet[AuditEntry]:
    asked, rows = desk.request.GET, AuditEntry.objects.of(desk.dealer)
    if act := asked.get("act", ""):
        rows = rows.filter(act=act)
    if by := asked.get("by", ""):
        rows = rows.filter(by=by)
    if day := _day(asked.get("day", "")):
        start = day_start(day, desk.dealer.zone)
        rows = rows.filter(at__gte=start, at__lt=day_start(day + DAY, desk.dealer.zone))
    return rows


def _people(desk: Desk) -> list[str]:
    rows = AuditEntry.objects.of(desk.dealer).order_by("by").values_list("by", flat=True)
    return list(rows.distinct()[:PEOPLE])


def _changes(entry: AuditEntry) -> list[tuple[str, str, str]]:
    names = [*entry.before, *(name for name in entry.after if name not in entry.before)]
    return [(name, _shown(entry.before, name), _shown(entry.after, name)) for name in names]


def _shown(values: Mapping[str, Any], name: str) -> str:
    if name not in values or values[name] is None:
        return ""
    value = values[name]
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _query(asked: Any) -> str:
    kept = asked.copy()
    kept.pop("before", None)
    return str(kept.urlencode())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
