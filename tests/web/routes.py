"""Turns the resolver into every route there is: its name, its parts, the page behind it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

VALUES = {
    "code": "J_CSI",
    "group": 1,
    "name": "J_CSI",
    "form": "csv",
    "number": 7_000_001,
    "section": "dealer",
    "channel": "email",
    "token": "nobody-s-token",
    "who": "1",
    "ref": "C1",
    "day": date(2026, 5, 4),
    "month": date(2026, 5, 1),
    "side": 0,
    "key": UUID("0e9c1c3f-98c1-4f7a-9d63-5b1a1f6f3a11"),
}


@dataclass(frozen=True)
class Route:
    """One address."""

    name: str
    path: str
    parts: tuple[str, ...]
    page: Callable[..., Any]

    @property
    def is_of_a_dealer(self) -> bool:
        """Whether it belongs to one dealer's desk."""
        return self.path.startswith("d/<slug:slug>/")

    def values(self) -> dict[str, object]:
        """Something for each of its parts but the dealer; a part without an example fails here."""
        return {part: VALUES[part] for part in self.parts if part != "slug"}


def routes() -> list[Route]:
    """Every route of the resolver, however deep it lies."""
    return list(_walk(get_resolver().url_patterns, "", ()))


def _walk(patterns: list[Any], before: str, parts: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        inner = (*parts, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path, inner)
        elif isinstance(pattern, URLPattern):
            yield Route(pattern.name or "", path, inner, pattern.callback)


def desk_routes() -> list[Route]:
    """The routes of the desk."""
    return [route for route in routes() if route.is_of_a_dealer]
