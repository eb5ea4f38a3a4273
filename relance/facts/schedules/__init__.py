"""Turns maintenance schedules (the files beside this one, the dealer's own) into the one that fits a vehicle."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from django.db.models import QuerySet
from pydantic import Field

from relance.dealers.models import Dealer
from relance.facts.models import MaintenanceSchedule
from relance.lib.fold import fold
from relance.lib.schema import Code, Strict, read

HERE = Path(__file__).parent
KM_PER_MILE = 1.609344
Kind = Literal["car", "truck", "motorcycle", "rv", "golf_cart", "other"]
KIND_OF_BUSINESS: dict[str, Kind] = {"rv_dealer": "rv", "golf_carts": "golf_cart", "fleet": "truck"}


class Operation(Strict):
    """Work that comes again after some months or some distance, whichever is first."""

    code: Code
    name: dict[str, str]
    months: int | None = Field(None, ge=1, le=240)
    km: float | None = Field(None, gt=0)
    mi: float | None = Field(None, gt=0)
    hours: float | None = Field(None, gt=0)
    done_by: list[str] = Field(default_factory=list)

    def every(self, unit: str) -> float | None:
        """The distance (or hours) between two, in the unit of the vehicle."""
        if unit == "hours":
            return self.hours
        if unit == "mi":
            return self.mi or (self.km / KM_PER_MILE if self.km else None)
        return self.km or (self.mi * KM_PER_MILE if self.mi else None)


class Schedule(Strict):
    """A maintenance schedule: which vehicles it is for (empty: all), and its operations."""

    schedule: Code
    kind: Kind | None = None
    make: str | None = None
    model: str | None = None
    years: tuple[int, int] | None = None
    operations: list[Operation] = Field(min_length=1)


class Plan:
    """A schedule made ready: what it matches, and which operations a package title does."""

    def __init__(self, schedule: Schedule, *, own: bool) -> None:
        self.schedule = schedule
        self.own = own
        self.operations = schedule.operations
        self._words = [(operation.code, _begins([operation.code, *operation.done_by])) for operation in self.operations]
        self.done_in = lru_cache(maxsize=20_000)(self._done_in)
        self.intervals = lru_cache(maxsize=10)(self._intervals)

    def fit(self, *, kind: str, make: str | None, model: str | None, year: int | None) -> tuple[int, ...] | None:
        """How well it fits (the greater the better), or None when it is for other vehicles."""
        ours = self.schedule
        points = (
            (ours.model, ours.model is not None and fold(ours.model) == model),
            (ours.make, ours.make is not None and fold(ours.make) == make),
            (ours.years, ours.years is not None and year is not None and ours.years[0] <= year <= ours.years[1]),
            (ours.kind, ours.kind == kind),
        )
        if any(asked is not None and not met for asked, met in points):
            return None
        met_ones = tuple(int(met) for _, met in points)
        return (int(self.own), sum(met_ones), *met_ones)

    def _intervals(self, unit: str) -> list[tuple[str, int | None, float | None]]:
        """(code, months, distance or hours) of every operation for vehicles whose odometer counts in `unit`."""
        return [(operation.code, operation.months, operation.every(unit)) for operation in self.operations]

    def _done_in(self, packages: str) -> frozenset[str]:
        """The operations that these folded package titles do."""
        return frozenset(code for code, words in self._words if words.search(packages))


class Plans:
    """Every schedule of a dealer; the best one of a vehicle is remembered by what it was chosen for."""

    def __init__(self, dealer: Dealer) -> None:
        own = standing(dealer).order_by("code").values_list("code", "definition")
        self._plans = [*(Plan(read_schedule(value, code), own=True) for code, value in own), *shipped()]
        self._kind = KIND_OF_BUSINESS.get(dealer.preferences.business, "car")
        self._chosen: dict[tuple[Any, ...], Plan | None] = {}

    def of(self, *, kind: str | None, make: str | None, model: str | None, year: int | None) -> Plan | None:
        """The schedule that fits best; a vehicle of unknown kind is what the business mostly sees."""
        key = (kind or self._kind, make, model, year)
        if key not in self._chosen:
            self._chosen[key] = _best(self._plans, kind=key[0], make=make, model=model, year=year)
        return self._chosen[key]


def standing(dealer: Dealer) -> QuerySet[MaintenanceSchedule]:
    """The dealer's own schedules that vehicles follow."""
    return MaintenanceSchedule.objects.of(dealer).filter(taken_back_at=None)


def _best(plans: Iterable[Plan], **vehicle: Any) -> Plan | None:
    fits = [(fit, plan) for plan in plans if (fit := plan.fit(**vehicle)) is not None]
    return max(fits, key=lambda pair: pair[0])[1] if fits else None


def read_schedule(value: Any, where: str) -> Schedule:
    """A schedule out of what a file says; BadInput with the path to every fault."""
    return read(Schedule, value, where)


@cache
def shipped() -> tuple[Plan, ...]:
    """The schedules that come with relance."""
    files = sorted(HERE.glob("*.yaml"))
    return tuple(Plan(read_schedule(yaml.safe_load(file.read_text("utf-8")), file.stem), own=False) for file in files)


def _begins(words: Iterable[str]) -> re.Pattern[str]:
    """Finds a word that begins with one of these: `oil` is in `engine oil change`, not in `foil`."""
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(fold(word)) for word in words) + ")")
