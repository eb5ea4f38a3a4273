"""Turns the library into a page to choose from, and an entry with its numbers into an automation of the dealer."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from relance.audience.sentence import entry_in_words
from relance.lib.errors import BadInput
from relance.lib.fold import fold
from relance.plan.apply import apply_definitions
from relance.plan.definition import read_definition
from relance.plan.models import Automation
from relance.plan.shipped import Entry, Parameter, definition_for, entries, entry_of, unavailable
from relance.plan.switching.switch import switch
from relance.web.desk.automations.beside import say
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.words import PROGRAMMES, Word, word

PLACE = "desk-library"
FAMILIES = {
    "contact_settings": _("Contact settings"),
    "sales": _("Sales"),
    "maintenance": _("Maintenance"),
    "other": _("Other"),
    "loyalty": _("Loyalty"),
    "journey": _("The visit, step by step"),
    "recipes": _("Recipes as other systems print them"),
}


@dataclass(frozen=True)
class Line:
    """One entry of the page."""

    entry: Entry
    name: str
    programme: Word
    channels: list[str]
    is_there: bool
    status: str


@dataclass(frozen=True)
class ParameterField:
    """One number or choice of an entry, as it stands in its field."""

    parameter: Parameter
    label: str
    text: str


@desk_page()
def library(desk: Desk) -> HttpResponse:
    """Everything there is, by family; `?q=` for some of it."""
    return show(desk, "desk/automations/library.html", _page(desk), place=PLACE)


def _page(desk: Desk) -> dict[str, Any]:
    asked = fold(desk.request.GET.get("q", ""))
    there = dict(Automation.objects.of(desk.dealer).values_list("code", "status"))
    lines = [_line(desk, entry, there) for entry in entries()]
    lines = [line for line in lines if asked in fold(f"{line.entry.code} {line.name} {line.programme}")]
    return {"families": list(_by_family(lines)), "asked": desk.request.GET.get("q", ""), "found": len(lines)}


def _line(desk: Desk, entry: Entry, there: dict[str, str]) -> Line:
    return Line(
        entry,
        _in_language(entry.name, desk),
        word(PROGRAMMES, entry.programme),
        entry.spoken_on,
        entry.code in there,
        there.get(entry.code, ""),
    )


def _in_language(names: Any, desk: Desk) -> str:
    return str(names.get(desk.reader.speech.language) or names["en"])


def _by_family(lines: Iterable[Line]) -> Iterable[tuple[Word, list[Line]]]:
    for family, group in groupby(lines, key=lambda line: line.entry.family):
        yield FAMILIES[family], list(group)


@desk_page()
def entry(desk: Desk, code: str) -> HttpResponse:
    """One entry: whom it speaks to, when, in which words, with which numbers."""
    return _entry(desk, _entry_named(code), {}, told="")


def _entry_named(code: str) -> Entry:
    try:
        return entry_of(code)
    except BadInput:
        raise Http404 from None


def _entry(desk: Desk, found: Entry, typed: dict[str, Any], *, told: str, status: int = 200) -> HttpResponse:
    definition = read_definition(definition_for(desk.dealer, found.code), found.code)
    said = say(desk.dealer, definition, None, at=desk.reader.at)
    language = desk.reader.speech.language
    values = {
        "entry": found,
        "title": _in_language(found.name, desk),
        "rules": [entry_in_words(rule) for rule in definition.tree],
        "schedule": definition.schedule,
        "fields": [_field(desk, parameter, typed) for parameter in found.parameters],
        "said": sorted(said, key=lambda one: one.language != language),
        "waits_for": unavailable(found, desk.dealer),
        "there": Automation.objects.of(desk.dealer).filter(code=found.code).first(),
        "told": told,
        "may_change": desk.may("automations"),
        "panel": "desk/automations/_library_entry.html",
    }
    if desk.is_fragment:
        return show(desk, "desk/automations/_library_entry.html", values, status=status)
    return show(desk, "desk/automations/library.html", {**_page(desk), **values}, place=PLACE, status=status)


def _field(desk: Desk, parameter: Parameter, typed: dict[str, Any]) -> ParameterField:
    value = typed.get(parameter.name, parameter.default)
    text = "; ".join(value) if isinstance(value, list) else str(value)
    return ParameterField(parameter, _in_language(parameter.label, desk), text)


@desk_page("automations", changes=True)
def add(desk: Desk, code: str) -> HttpResponse:
    """Add it with these numbers, off or switched on at once; what stands in the way is said."""
    found = _entry_named(code)
    typed = {p.name: _typed(p, desk.request.POST.get(p.name, "")) for p in found.parameters}
    try:
        written = definition_for(desk.dealer, found.code, **typed)
        apply_definitions(desk.dealer, [written], at=desk.reader.at, by=str(desk.user))
        if desk.request.POST.get("on"):
            automation = Automation.objects.of(desk.dealer).get(code=found.code)
            switch(desk.dealer, automation, "on", by=str(desk.user), at=desk.reader.at)
    except BadInput as error:
        return _entry(desk, found, typed, told=str(error), status=422)
    desk.note("automation", found.code, after=typed)
    where = redirect("desk-automation", slug=desk.dealer.slug, name=found.code)
    return HttpResponse(headers={"HX-Redirect": where["Location"]}) if desk.is_fragment else where


def _typed(parameter: Parameter, text: str) -> Any:
    """What stands in the field, in the form that the entry reads."""
    text = text.strip()
    if parameter.kind == "words":
        return [one.strip() for one in text.split(";") if one.strip()]
    if parameter.kind in ("text", "accessory", "choice"):
        return text
    return int(text) if text.isdecimal() and len(text) < 10 else text
