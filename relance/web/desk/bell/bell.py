"""Turns what waits for a person into one number on every page, and into a list that leads to each of them."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from relance.web.desk.frame import show
from relance.web.desk.guard import Desk, desk_page
from relance.web.desk.words import Word


@dataclass(frozen=True)
class Kind:
    """One kind of what waits: its words, how many there are, and where they stand."""

    says: Word
    icon: str
    count: Callable[[Desk], int]
    place: str
    query: str = ""


@dataclass(frozen=True)
class Waiting:
    """So many of one kind."""

    kind: Kind
    number: int


def _in_state(state: str) -> Callable[[Desk], int]:
    return lambda desk: desk.messages().filter(state=state).count()


# Whatever else waits for a person gets a row here.
KINDS = (
    Kind(
        _("Messages that wait for your approval"), "approval", _in_state("approval"), "desk-outbox", "?state=approval"
    ),
    Kind(
        _("Messages that arrived, or did not: please look"),
        "unsure",
        _in_state("unsure"),
        "desk-outbox",
        "?state=unsure",
    ),
)


def _waiting(desk: Desk) -> list[Waiting]:
    return [Waiting(kind, number) for kind in KINDS if (number := kind.count(desk))]


@desk_page()
def waiting(desk: Desk) -> HttpResponse:
    """The list."""
    return show(desk, "desk/bell/waiting.html", {"waiting": _waiting(desk)}, place="desk-waiting")


@desk_page()
def number(desk: Desk) -> HttpResponse:
    """The number beside the bell, fetched after the page."""
    found = sum(one.number for one in _waiting(desk))
    return show(desk, "desk/bell/_number.html", {"number": found})
