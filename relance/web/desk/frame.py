"""Turns a template and its values into a page inside the frame: places, their pages, dealer, search, language, me."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from relance.web.desk.guard import TOLD, Desk
from relance.web.desk.words import Word


@dataclass(frozen=True)
class Page:
    """One page of a place: the name of its address, its words, and the right that it asks for."""

    name: str
    words: Word
    act: str = "look"


@dataclass(frozen=True)
class Place:
    """One place of the rail; it leads to the first of its pages."""

    words: Word
    icon: str
    key: str  # after `g`
    pages: tuple[Page, ...]

    @property
    def home(self) -> str:
        """Where the rail leads."""
        return self.pages[0].name

    def open_to(self, desk: Desk) -> "Place":
        """The place with those of its pages that the reader may open."""
        return replace(self, pages=tuple(page for page in self.pages if desk.may(page.act)))


# A place stands in the rail as soon as one of its pages exists: add the page, and it is there.
PLACES = (
    Place(
        _("Programmes"),
        "programmes",
        "p",
        (
            Page("desk-programmes", _("This month and next")),
            Page("desk-outbox", _("Outbox")),
            Page("desk-print-files", _("Print")),
        ),
    ),
    Place(
        _("Automations"),
        "automations",
        "a",
        (
            Page("desk-automations", _("Automations")),
            Page("desk-library", _("Library")),
            Page("desk-contact-settings", _("Contact settings")),
            Page("desk-campaigns", _("Campaigns")),
        ),
    ),
    Place(
        _("Tasks"),
        "tasks",
        "t",
        (
            Page("desk-tasks", _("Tasks")),
            Page("desk-call-list", _("Call list")),
            Page("desk-lists", _("Lists")),
        ),
    ),
    Place(
        _("Customers"),
        "customers",
        "u",
        (
            Page("desk-customers", _("Customers")),
            Page("desk-doubles", _("Duplicates"), "erase"),
        ),
    ),
    Place(
        _("Results"),
        "results",
        "r",
        (
            Page("desk-results", _("Statistics"), "results"),
            Page("desk-retention", _("Retention"), "results"),
            Page("desk-quality", _("Quality control"), "results"),
            Page("desk-economics", _("Economics"), "results"),
        ),
    ),
    Place(
        _("Settings"),
        "settings",
        "s",
        (
            Page("desk-settings", _("This dealer"), "settings"),
            Page("desk-senders", _("Senders"), "settings"),
            Page("desk-suppressed", _("Addresses not used"), "settings"),
            Page("desk-feeds", _("Feeds"), "imports"),
            Page("desk-schedules", _("Maintenance schedules"), "settings"),
            Page("desk-staff", _("Staff"), "users"),
            Page("desk-people", _("People and roles"), "users"),
            Page("desk-audit", _("Audit log"), "audit"),
        ),
    ),
)  # fmt: skip
SEARCH = "desk-customers"  # where the search of the header leads, with `?q=`


def show(desk: Desk, template: str, values: Mapping[str, Any], *, place: str = "", status: int = 200) -> HttpResponse:
    """A page or fragment of the desk; `place` is the name of the page's address, or of the one that it belongs to."""
    places = [one for every in PLACES if (one := every.open_to(desk)).pages]
    context = {
        "desk": desk,
        "dealer": desk.dealer,
        "reader": desk.reader,
        "places": places,
        "of_place": next((one for one in places if place in {page.name for page in one.pages}), None),
        "place": place,
        "search_at": SEARCH,
        "fragment": desk.is_fragment,
        "just_done": None if desk.is_fragment else desk.request.session.pop(TOLD, None),
        **values,
    }
    return render(desk.request, template, context, status=status)
