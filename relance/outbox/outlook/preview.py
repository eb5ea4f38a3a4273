"""Turns the old and the new form of an automation into who is gained, lost and kept, before anything is saved."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.lib.moments import day_of
from relance.outbox.outlook.ahead import Outlook
from relance.outbox.outlook.dry_run import as_automation
from relance.plan.definition import Definition
from relance.plan.gather import gather

SHOWN = 20


@dataclass(frozen=True)
class Named:
    """One customer of a group."""

    id: int
    ref: str
    name: str | None


@dataclass(frozen=True)
class Group:
    """How many customers, and the first ones by name."""

    count: int = 0
    first: list[Named] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """What saving would change in the coming days. `known` is False when nobody can say (real time)."""

    gained: Group
    lost: Group
    kept: Group
    known: bool = True
    note: str | None = None


def preview(dealer: Dealer, old: Definition | None, new: Definition, *, at: datetime, days: int = 60) -> Preview:
    """Who would hear from the new form and not from the old one, and the other way round, in the coming days."""
    if new.schedule.kind == "realtime" or (old is not None and old.schedule.kind == "realtime"):
        note = _("Who a real-time automation will reach is not known before it happens. Try a dry run of the past.")
        return Preview(Group(), Group(), Group(), known=False, note=note)
    until = at + timedelta(days=days)
    both_off = new.status == "off" and (old is None or old.status == "off")  # then: as if they were switched on
    before = _reached(dealer, old, at, until) if old and (both_off or old.status != "off") else set()
    after = _reached(dealer, new, at, until) if both_off or new.status != "off" else set()
    return Preview(
        _group(dealer, after - before),
        _group(dealer, before - after),
        _group(dealer, after & before),
        note=_("Until {day}, this automation alone, based on today's data.").format(day=day_of(until, dealer.zone)),
    )


def _reached(dealer: Dealer, definition: Definition, at: datetime, until: datetime) -> set[int]:
    """The customers to or about whom it would speak."""
    outlook = Outlook(dealer, at)
    automation = as_automation(dealer, definition, live_from=at)
    ids = {seen.subject_id for seen in outlook.ahead([automation], after=at, until=until) if seen.reason is None}
    if definition.subject == "customer":
        return ids
    facts = gather(dealer, definition.subject, sorted(ids), frozenset(), at=at)
    return {values["customer.id"] for values in facts.values() if values["customer.id"] is not None}


def _group(dealer: Dealer, ids: Iterable[int]) -> Group:
    found = sorted(ids)
    rows = Customer.objects.of(dealer).filter(pk__in=found[:SHOWN]).order_by("pk").values_list("pk", "ref", "name")
    return Group(len(found), [Named(*row) for row in rows])
