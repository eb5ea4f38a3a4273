"""Turns the audit log into a list: who did what when, by act, person and day."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from relance.dealers.audit import ACTS
from relance.dealers.models import AuditEntry
from relance.lib.moments import DAY, day_start
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.words import Word, word
from relance.web.lists.listing import Column, Listing
from relance.web.lists.order import Key
from relance.web.lists.table import Table, in_order

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
    page = AUDIT.page(desk)
    values = {
        "lines": page.rows,
        "head": page.head,
        "acts": sorted(((act, says) for act, says in ACTS.items()), key=lambda one: str(one[1]).casefold()),
        "people": _people(desk),
        "act": asked.get("act", ""),
        "by": asked.get("by", ""),
        "day": asked.get("day", ""),
    }
    is_more = desk.is_fragment and "cursor" in asked
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


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _whole(desk: Desk, keys: Sequence[int]) -> list[Line]:
    entries = in_order(AuditEntry.objects.of(desk.dealer), keys)
    return [Line(entry, word(ACTS, entry.act), _changes(entry)) for entry in entries]


def _written(values: Mapping[str, Any]) -> str | None:
    return json.dumps(values, ensure_ascii=False) if values else None


def _columns(_desk: Desk) -> list[Column[Line]]:
    return [
        Column("number", _("Entry"), lambda line: line.entry.number),
        Column("at", _("When"), lambda line: line.entry.at),
        Column("by", _("Who"), lambda line: line.entry.by),
        Column("says", _("What"), lambda line: line.says),
        Column("what", _("To what"), lambda line: line.entry.what),
        Column("before", _("Before"), lambda line: _written(line.entry.before)),
        Column("after", _("After"), lambda line: _written(line.entry.after)),
        Column("ip", _("From where"), lambda line: line.entry.ip),
    ]


AUDIT = Listing(
    name="audit",
    place="desk-audit",
    title=_("Audit log"),
    act="audit",
    source=Table(
        keys=(Key("when", _("When"), ("number",), down=True), Key("who", _("Who"), ("by", "number"))),
        rows=_chosen,
        whole=_whole,
    ),
    columns=_columns,
)
