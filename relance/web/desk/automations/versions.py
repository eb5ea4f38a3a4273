"""Turns the earlier forms of an automation into what changed from one to the next, and one of them back into force."""

from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from relance.lib.errors import BadInput
from relance.lib.yaml_file import write_yaml
from relance.plan.apply import apply_definitions
from relance.plan.models import Automation, AutomationVersion
from relance.web.desk.automations.listed import automation_named
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.taken import number_in

SHOWN = 20
KINDS = {"+": "good", "-": "bad"}


@dataclass(frozen=True)
class Version:
    """One form: who saved it when, and the lines by which it differs from the one before."""

    row: AutomationVersion
    lines: list[tuple[str, str]]  # good | bad | "" and the line
    is_now: bool


@desk_page()
def versions(desk: Desk, name: str) -> HttpResponse:
    """Who changed what, the latest first."""
    return _versions(desk, automation_named(desk, name), told="")


def _versions(desk: Desk, automation: Automation, *, told: str, status: int = 200) -> HttpResponse:
    values = {
        "automation": automation,
        "versions": _with_differences(desk, automation),
        "told": told,
        "may_change": desk.may("automations"),
    }
    template = "desk/automations/_versions.html" if desk.is_fragment else "desk/automations/versions.html"
    return show(desk, template, values, place="desk-automations", status=status)


def _with_differences(desk: Desk, automation: Automation) -> list[Version]:
    rows = list(
        AutomationVersion.objects.of(desk.dealer).filter(automation=automation).order_by("-number")[: SHOWN + 1]
    )
    before = [*rows[1:], None][: len(rows)]
    return [
        Version(row, _difference(old.definition if old else {}, row.definition), row.number == automation.version)
        for row, old in zip(rows, before, strict=True)
    ][:SHOWN]


def _difference(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str]]:
    if not old:
        return []
    lines = unified_diff(_yaml(old), _yaml(new), lineterm="", n=1)
    return [(KINDS.get(line[:1], ""), line) for line in lines if not line.startswith(("---", "+++", "@@"))]


def _yaml(entry: dict[str, Any]) -> list[str]:
    return write_yaml(entry).splitlines()


@desk_page("automations", changes=True)
def bring_back(desk: Desk, name: str) -> HttpResponse:
    """Put an earlier form in force again, as a new version; whether it is on stays as it is."""
    automation = automation_named(desk, name)
    rows = AutomationVersion.objects.of(desk.dealer).filter(automation=automation)
    row = rows.filter(number=number_in(desk.request.POST.get("number"))).first()
    if row is None:
        raise Http404
    entry = {**row.definition, "status": automation.status}
    try:
        apply_definitions(desk.dealer, [entry], at=desk.reader.at, by=str(desk.user))
    except BadInput as error:
        return _versions(desk, automation, told=str(error), status=422)
    desk.note("automation", automation.code, after={"brought back": row.number})
    desk.tell(_("Version {n} is in force again, as a new version.").format(n=row.number))
    where = redirect("desk-automation", slug=desk.dealer.slug, name=automation.code)
    return HttpResponse(headers={"HX-Redirect": where["Location"]}) if desk.is_fragment else where
