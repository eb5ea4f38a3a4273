"""Turns a forecast into one that need not be made again: it is kept until something changes that it depends on.

A fingerprint is four small questions to the database: of the dealer with the last of everything that only grows, of the
automations, of the staff, and of what stands until somebody takes it back. Each process keeps its own.
"""

from collections import OrderedDict
from datetime import UTC, date, datetime
from threading import Lock
from typing import Any, Generic, Protocol, Self, TypeVar

from django.db.models import Count, DateTimeField, OuterRef, Subquery, Value
from django.db.models.functions import Cast

from relance.dealers.access import DealerRow
from relance.dealers.models import Dealer, Staff
from relance.facts.models import (
    Appointment,
    ConsentEntry,
    Customer,
    DeferredWork,
    RepairOrder,
    Sale,
    Suppression,
    Touch,
    Vehicle,
)
from relance.intake.models import ImportRun
from relance.outbox.models import HoldBack, Message, Task
from relance.plan.models import Automation, MovedRun, PlanMark, Run

MOST = 2_000_000  # people kept in one process, twelve bytes for each: about 24 MB
GROWING = (
    Run, ConsentEntry, Touch, Customer, Vehicle, Appointment, RepairOrder, Sale, DeferredWork, Suppression, ImportRun,
)  # fmt: skip
Span = tuple[date, date]


class Cuttable(Protocol):
    """A forecast, as far as keeping it asks."""

    @property
    def weight(self) -> int: ...

    def part(self, first: date, last: date) -> Self: ...


Of = TypeVar("Of", bound=Cuttable)


def fingerprint(dealer: Dealer, at: datetime) -> tuple[Any, ...]:
    """What a forecast depends on, in short: as long as it stays the same, so does the forecast."""
    now = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    own = ("name", "timezone", "language", "country", "settings")
    last = {f"last_{table._meta.model_name}": _last_of(table) for table in GROWING} | {
        "last_message": _last_of(Message, "moved_at"),
        "last_finished": _last_of(ImportRun, "finished_at", by="pk"),
        "planned_until": _last_of(PlanMark, "planned_until"),
        "suppressions": _number_of(Suppression),
    }
    return (
        now,
        Dealer.objects.filter(pk=dealer.pk).annotate(**last).values_list(*own, *last).get(),
        tuple(
            Automation.objects.of(dealer).order_by("pk").values_list("pk", "version", "status", "paused", "live_from")
        ),
        tuple(
            Staff.objects.of(dealer)
            .order_by("pk")
            .values_list("pk", "ref", "name", "email", "mobile", "roles", "language", "retired_at")
        ),
        _standing(dealer),
    )


def _standing(dealer: Dealer) -> frozenset[tuple[Any, ...]]:
    """What holds until somebody takes it back: hold-backs, complaints, moved runs with the moment they moved to."""
    nothing = Cast(Value(None), DateTimeField())  # PostgreSQL wants the same kinds in every part
    held = HoldBack.objects.of(dealer).filter(undone_at=None).order_by()
    complaints = Task.objects.of(dealer).filter(kind="complaint", state="open").order_by()
    moved = MovedRun.objects.of(dealer).order_by()
    return frozenset(
        held.values_list(Value("held"), "pk", nothing).union(
            complaints.values_list(Value("complaint"), "pk", nothing),
            moved.values_list(Value("moved"), "pk", "moved_to"),
            all=True,
        )
    )


def _last_of(table: type[DealerRow], field: str = "pk", *, by: str = "") -> Subquery:
    """The latest of a dealer's rows, inside a question about the dealer."""
    rows = table.objects.across_dealers("inside a question about one dealer")
    return Subquery(rows.filter(dealer=OuterRef("pk")).order_by(f"-{by or field}").values(field)[:1])


def _number_of(table: type[DealerRow]) -> Subquery:
    """How many rows a dealer has, inside a question about the dealer."""
    rows = table.objects.across_dealers("inside a question about one dealer").filter(dealer=OuterRef("pk"))
    return Subquery(rows.order_by().values("dealer").annotate(n=Count("pk")).values("n"))


class Kept(Generic[Of]):
    """What was made lately, by dealer, fingerprint and span of days; the oldest goes first. Safe between threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._made: OrderedDict[tuple[int, Span], tuple[tuple[Any, ...], Of]] = OrderedDict()

    def find(self, dealer: int, seen: tuple[Any, ...], first: date, last: date) -> Of | None:
        """What is still true of these days, also as part of a longer span."""
        with self._lock:
            for key, (was, made) in list(self._made.items()):
                if key[0] != dealer:
                    continue
                if was != seen:
                    del self._made[key]
                elif key[1][0] <= first and last <= key[1][1]:
                    self._made.move_to_end(key)
                    return made if key[1] == (first, last) else made.part(first, last)
        return None

    def keep(self, dealer: int, seen: tuple[Any, ...], span: Span, made: Of) -> None:
        """Keep it; what is larger than the room for all is not kept."""
        if made.weight > MOST:
            return
        with self._lock:
            self._made[dealer, span] = (seen, made)
            while sum(each.weight for _, each in self._made.values()) > MOST:
                self._made.popitem(last=False)

    def forget(self, dealer: int | None = None) -> None:
        """Drop what is kept of a dealer, or everything."""
        with self._lock:
            for key in [key for key in self._made if dealer in (None, key[0])]:
                del self._made[key]
