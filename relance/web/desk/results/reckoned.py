"""Turns figures that take a moment into ones that are reckoned once in ten minutes and follow as a fragment."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import cache

from relance.web.desk.guard import Desk

KEPT_SECONDS = 600
Of = TypeVar("Of")


def is_asked_for(desk: Desk) -> bool:
    """Whether the figures are asked for: by the fragment, or by `?full=1` where nothing runs in the browser."""
    return desk.is_fragment or "full" in desk.request.GET


def is_part_asked_for(desk: Desk, part: str) -> bool:
    """The same where a page has fragments of other kinds: `?part=NAME`."""
    return desk.request.GET.get("part") == part or "full" in desk.request.GET


def reckoned(desk: Desk, name: str, reckon: Callable[[], Of]) -> Of:
    """The figures of this dealer, kept for ten minutes; `?anew=1` reckons them again."""
    key = f"results:{desk.dealer.pk}:{name}"
    found: Any = None if "anew" in desk.request.GET else cache.get(key)
    if found is None:
        found = reckon()
        cache.set(key, found, KEPT_SECONDS)
    return found  # type: ignore[no-any-return]
