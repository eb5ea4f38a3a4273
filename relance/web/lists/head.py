"""Turns the order of a list and the address it was asked by into what stands over it: sorts, files; and the way on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse

from relance.web.desk.guard import Desk
from relance.web.desk.words import Word
from relance.web.lists.order import Key, Order

FORMS = (("xlsx", "Excel"), ("csv", "CSV"))
OF_THE_PAGE = ("part", "anew")  # in the address, but of no meaning for a list


@dataclass(frozen=True)
class Sort:
    """One column to sort by: the address of it, and how it stands."""

    words: Word
    address: str
    is_chosen: bool
    is_down: bool

    @property
    def aria(self) -> str:
        """The word of `aria-sort`."""
        return ("descending" if self.is_down else "ascending") if self.is_chosen else "none"


@dataclass(frozen=True)
class File:
    """One form in which the list can be taken away."""

    form: str
    words: str
    address: str


@dataclass(frozen=True)
class Head:
    """What stands over a list, and where its next page begins."""

    sorts: Mapping[str, Sort]  # by the name of the key
    order: str  # as the address has it; empty for the usual one
    files: list[File]  # none for whoever may not export
    more: str  # the address of the next page; empty after the last


@dataclass(frozen=True)
class Stands:
    """Where a list stands: its name, the address of its page, and what of the page's own address names the list."""

    name: str
    address: str
    own: Mapping[str, str]
    prefix: str  # before `sort` and `cursor`, where a page has several lists


def head_of(desk: Desk, stands: Stands, keys: Sequence[Key[Any]], order: Order[Any], cursor: str | None) -> Head:
    """The head of a list that is sorted so; a cursor when there is more."""
    filters = _filters(desk, stands.prefix)
    sort_by = f"{stands.prefix}sort"
    usual = keys[0].name == order.key.name and keys[0].down == order.down
    sorted_so = {} if usual else {sort_by: order.name}
    sorts = {key.name: _sort(stands, filters, key, order) for key in keys}
    more = _address(stands.address, filters, {**sorted_so, f"{stands.prefix}cursor": cursor}) if cursor else ""
    return Head(sorts, sorted_so.get(sort_by, ""), _files(desk, stands, filters, sorted_so), more)


def _filters(desk: Desk, prefix: str) -> QueryDict:
    """What the address filters by."""
    kept = desk.request.GET.copy()
    of_the_list = (f"{prefix}sort", f"{prefix}cursor", *OF_THE_PAGE)
    for name in [name for name, value in kept.items() if name in of_the_list or not value]:
        del kept[name]
    return kept


def _sort(stands: Stands, filters: QueryDict, key: Key[Any], order: Order[Any]) -> Sort:
    is_chosen = key.name == order.key.name
    next_down = not order.down if is_chosen else key.down
    wanted = {f"{stands.prefix}sort": f"-{key.name}" if next_down else key.name}
    return Sort(key.words, _address(stands.address, filters, wanted), is_chosen, order.down)


def _files(desk: Desk, stands: Stands, filters: QueryDict, sorted_so: Mapping[str, str]) -> list[File]:
    if not desk.may("export"):
        return []
    found = []
    for form, words in FORMS:
        at = reverse("desk-list-file", kwargs={"slug": desk.dealer.slug, "name": stands.name, "form": form})
        found.append(File(form, words, _address(at, filters, {**stands.own, **sorted_so})))
    return found


def _address(path: str, filters: QueryDict, more: Mapping[str, str]) -> str:
    asked = filters.copy()
    for name, value in more.items():
        asked[name] = value
    return f"{path}?{asked.urlencode()}" if asked else path
