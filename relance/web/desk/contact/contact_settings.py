"""Turns the contact settings into one page: two columns of numbers, what each means, its message, what was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from relance.dealers.audit import changed
from relance.facts.models import Customer
from relance.lib.errors import BadInput
from relance.lib.fold import fold
from relance.measures.contact_statistics import MonthSent, codes_by_setting, contact_statistics
from relance.plan.shipped.contact_settings import (
    CODES,
    COLUMNS,
    OF_COLUMN,
    SETTINGS,
    USUAL,
    Column,
    ContactSettings,
    Setting,
    Word,
    faults,
    read,
    save,
)
from relance.plan.shipped.contact_words import means, preview
from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.results.reckoned import is_part_asked_for, reckoned

MONTHS = 6
PLACE = "desk-contact-settings"


@dataclass(frozen=True)
class Typed:
    """What stands in the fields: the numbers that could be read, the texts as they were typed, what is wrong."""

    settings: ContactSettings
    texts: Mapping[str, str]
    faults: Mapping[str, Word]


@dataclass(frozen=True)
class Field:
    """One number of the page."""

    column: Column
    name: str
    text: str
    is_own_rule: bool
    means: str
    fault: Word | None
    code: str | None  # whose message can be looked at


@dataclass(frozen=True)
class Line:
    """One setting with its two numbers."""

    setting: Setting
    fields: list[Field]


@desk_page()
def contact_settings(desk: Desk) -> HttpResponse:
    """The page; with numbers in the address it says what they would mean, before anything is saved."""
    stored, asked = read(desk.dealer), desk.request.GET
    if desk.is_fragment and "part" in asked:
        return show(desk, "desk/contact/_what_was_sent.html", _statistics(desk))
    if "usual" in asked:
        return _page(desk, _as_typed(USUAL), stored)
    if any(_field(column, setting) in asked for column in COLUMNS for setting in SETTINGS):
        return _page(desk, _typed(asked, stored), stored)
    return _page(desk, _as_typed(stored), stored)


@desk_page("automations", changes=True)
def save_contact_settings(desk: Desk) -> HttpResponse:
    """Save all sixteen, or none and say why."""
    stored = read(desk.dealer)
    typed = _typed(desk.request.POST, stored)
    told = ""
    if not typed.faults:
        try:
            save(desk.dealer, typed.settings, by=str(desk.user), at=desk.reader.at)
        except BadInput as error:
            told = str(error)
        else:
            before, after = changed(stored.as_json(), typed.settings.as_json())
            desk.note("contact_settings", before=before, after=after)
            here = redirect(PLACE, slug=desk.dealer.slug)
            here["Location"] += "?saved=1"
            return here
    return _page(desk, typed, stored, told=told or _("Nothing has been saved yet: correct what is marked."), status=422)


def _page(desk: Desk, typed: Typed, stored: ContactSettings, *, told: str = "", status: int = 200) -> HttpResponse:
    values = {
        "columns": COLUMNS,
        "lines": _lines(typed),
        "told": told,
        "is_saved": "saved" in desk.request.GET,
        "differs": typed.settings != stored,
        "may_change": desk.may("automations"),
        **_statistics(desk),
    }
    return show(desk, "desk/contact/contact_settings.html", values, place=PLACE, status=status)


def _field(column: Column, setting: Setting) -> str:
    return f"{column.name}_{setting.name}"


def _as_typed(settings: ContactSettings) -> Typed:
    texts = {
        _field(column, setting): _text(settings.column(column.name)[setting.name])
        for column in COLUMNS
        for setting in SETTINGS
    }
    return Typed(settings, texts, {})


def _text(number: int | None) -> str:
    return "" if number is None else str(number)


def _typed(asked: Mapping[str, Any], stored: ContactSettings) -> Typed:
    """The numbers as typed; what cannot be read keeps its text, is marked, and counts as it was."""
    texts: dict[str, str] = {}
    wrong: dict[str, Word] = {}
    numbers: dict[str, int] = {}
    for column in COLUMNS:
        for setting in SETTINGS:
            name, before = _field(column, setting), stored.column(column.name)[setting.name]
            text = str(asked.get(name, _text(before))).strip()
            texts[name] = text[:12]
            if text.isdecimal() and len(text) < 10:
                numbers[name] = int(text)
            elif text or before is not None:
                wrong[name] = _("Write a whole number of days, or 0.")
    settings = stored.changed(**numbers)
    wrong |= {f"{fault.column}_{fault.setting}": fault.says for fault in faults(settings)}
    return Typed(settings, texts, wrong)


def _lines(typed: Typed) -> list[Line]:
    lines = []
    for setting in SETTINGS:
        fields = []
        for column in COLUMNS:
            numbers, name = typed.settings.column(column.name), _field(column, setting)
            fields.append(
                Field(
                    column=column,
                    name=name,
                    text=typed.texts[name],
                    is_own_rule=numbers[setting.name] is None,
                    means=means(setting.name, numbers),
                    fault=typed.faults.get(name),
                    code=None if setting.name in ("interval", "dead") else setting.code + column.ending,
                )
            )
        lines.append(Line(setting, fields))
    return lines


@dataclass(frozen=True)
class SentLine:
    """What one message has sent: a number per month shown, and the sum."""

    code: str
    label: Word
    column: Word
    numbers: list[tuple[date, int]]
    total: int


def _statistics(desk: Desk) -> dict[str, Any]:
    """What was sent; nothing unless it is asked for: it follows the page."""
    if not is_part_asked_for(desk, "sent"):
        return {}
    at = desk.reader.at
    months = reckoned(desk, "contact", lambda: contact_statistics(desk.dealer, at=at, months=MONTHS))
    labels = {setting.code: setting.label for setting in reversed(SETTINGS)}
    lines = [
        SentLine(code, labels[code.removesuffix("_P")], OF_COLUMN[column].label, *_sums(code, months))
        for code, column in codes_by_setting()
    ]
    return {"months": months, "sent_lines": [line for line in lines if line.total]}


def _sums(code: str, months: list[MonthSent]) -> tuple[list[tuple[date, int]], int]:
    numbers = [(month.month, month.sent.get(code, 0)) for month in months]
    return numbers, sum(number for _month, number in numbers)


@desk_page()
def preview_of(desk: Desk, code: str) -> HttpResponse:
    """The message of one setting in every language, for a made-up customer or a real one."""
    if code not in CODES:
        raise Http404
    search, told, customer = desk.request.GET.get("customer", "").strip()[:80], "", None
    if search:
        customer = _customer(desk, search)
        told = "" if customer else _("Nobody with this name or number. Shown for a made-up customer.")
    try:
        previews = preview(desk.dealer, code, at=desk.reader.at, customer=customer)
    except BadInput as error:
        told, customer = str(error), None
        previews = preview(desk.dealer, code, at=desk.reader.at)
    setting = next(s for s in SETTINGS if s.code == code.removesuffix("_P"))
    column = COLUMNS[code.endswith("_P")]
    values = {
        "code": code, "setting": setting, "column": column, "previews": previews,
        "for_whom": customer, "asked_for": search, "note": told,
    }  # fmt: skip
    if desk.is_fragment:
        return show(desk, "desk/contact/_contact_preview.html", values)
    stored = read(desk.dealer)
    page = {
        "columns": COLUMNS,
        "lines": _lines(_as_typed(stored)),
        "may_change": desk.may("automations"),
        **_statistics(desk),
        "panel": "desk/contact/_contact_preview.html",
    }
    return show(desk, "desk/contact/contact_settings.html", {**page, **values}, place=PLACE)


def _customer(desk: Desk, search: str) -> Customer | None:
    """The customer of this reference, else the first whose name contains it."""
    rows = desk.customers()
    return (
        rows.filter(ref=search).first()
        or rows.filter(name_folded__contains=fold(search)).order_by("name_folded", "pk").first()
    )
