"""Turns a template and its values into a page inside the frame: places, dealer, language, me."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from relance.web.desk.guard import Desk

# A place stands here as soon as its page exists: url name, words, icon, key after `g`.
PLACES = (
    ("desk-programmes", _("Programmes"), "programmes", "p"),
    ("desk-outbox", _("Outbox"), "outbox", "o"),
    ("desk-lists", _("Lists"), "lists", "l"),
    ("desk-contact-settings", _("Contact"), "contact", "c"),
)


def show(desk: Desk, template: str, values: Mapping[str, Any], *, place: str = "", status: int = 200) -> HttpResponse:
    """A page or fragment of the desk."""
    context = {
        "desk": desk,
        "dealer": desk.dealer,
        "reader": desk.reader,
        "places": PLACES,
        "place": place,
        "fragment": desk.is_fragment,
        **values,
    }
    return render(desk.request, template, context, status=status)
