"""Turns everything known of a customer into one line of time, the latest first: visits, messages, answers, consents."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from relance.dealers.models import Dealer
from relance.facts.models import Appointment, ConsentEntry, Customer, RepairOrder, Sale, Touch
from relance.lib.moments import day_start
from relance.outbox.models import Message

AT_ONCE = 60


@dataclass(frozen=True)
class Happened:
    """One thing: its kind, its moment, the row, and what it is about in a few words."""

    kind: str  # appointment | repair_order | sale | message | received | survey | opened | clicked | consent
    at: datetime
    row: Any
    about: str = ""


def timeline(dealer: Dealer, customer: Customer, *, before: datetime | None = None) -> list[Happened]:
    """The latest things, sixty at most; `before`: those that happened earlier than that."""
    found: list[Happened] = []
    for source in SOURCES:
        found += source(dealer, customer, before)
    return sorted(found, key=lambda one: (one.at, one.kind), reverse=True)[:AT_ONCE]


def _latest(rows: QuerySet[Any], column: str, before: Any) -> QuerySet[Any]:
    rows = rows.exclude(**{column: None})
    if before is not None:
        rows = rows.filter(**{f"{column}__lt": before})
    return rows.order_by(f"-{column}", "-pk")[:AT_ONCE]


def _of(model: type[Model], dealer: Dealer, customer: Customer) -> QuerySet[Any]:
    return model.objects.of(dealer).filter(customer=customer)  # type: ignore[attr-defined,no-any-return]


def _appointments(dealer: Dealer, customer: Customer, before: datetime | None) -> Iterator[Happened]:
    rows = _of(Appointment, dealer, customer).select_related("vehicle")
    for row in _latest(rows, "start_at", before):
        yield Happened("appointment", row.start_at, row, row.requested_work or "")


def _orders(dealer: Dealer, customer: Customer, before: datetime | None) -> Iterator[Happened]:
    for row in _latest(_of(RepairOrder, dealer, customer).select_related("vehicle"), "opened_at", before):
        yield Happened("repair_order", row.opened_at, row, ", ".join(row.packages or ()))


def _sales(dealer: Dealer, customer: Customer, before: datetime | None) -> Iterator[Happened]:
    until = before.astimezone(dealer.zone).date() if before else None
    for row in _latest(_of(Sale, dealer, customer).select_related("vehicle"), "delivered_on", until):
        yield Happened("sale", day_start(row.delivered_on, dealer.zone), row)


def _messages(dealer: Dealer, customer: Customer, before: datetime | None) -> Iterator[Happened]:
    rows = _of(Message, dealer, customer).filter(recipient="customer").select_related("automation")
    for row in _latest(rows, "moved_at", before):
        yield Happened("message", row.moved_at, row, row.subject_line or row.body or "")


def _touches(dealer: Dealer, customer: Customer, before: datetime | None) -> Iterator[Happened]:
    rows = _of(Touch, dealer, customer).filter(kind__in=("received", "survey", "opened", "clicked"))
    for row in _latest(rows, "happened_at", before):
        yield Happened(row.kind, row.happened_at, row, row.text or "")


def _consents(dealer: Dealer, customer: Customer, before: datetime | None) -> Iterator[Happened]:
    for row in _latest(_of(ConsentEntry, dealer, customer), "at", before):
        yield Happened("consent", row.at, row, row.source or "")


SOURCES: tuple[Callable[[Dealer, Customer, datetime | None], Iterator[Happened]], ...] = (
    _appointments, _orders, _sales, _messages, _touches, _consents,
)  # fmt: skip
