"""Turns subjects into the facts that their wordings and their gate need, a few queries for every 500 of them.

A fact key is `what.column`: `customer.first_name`, `vehicle.make`, `appointment.start_at`, `customer.meta_colour`.
What a subject does not have is None: unknown.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from relance.dealers.access import DealerRow
from relance.dealers.models import Dealer
from relance.facts.models import Appointment, Customer, DeferredWork, RepairOrder, Sale, Vehicle
from relance.lib.rows import Among
from relance.plan.saying.around import SPECIALS, Facts, Question

CHUNK = 500
ALWAYS = ("subject.ref", "customer.id", "customer.ref", "vehicle.id", "vehicle.ref", "vehicle.status")
META = "meta_"


class Reach(NamedTuple):
    """How a subject's row leads to the rows around it."""

    model: type[DealerRow]
    paths: dict[str, str]
    staff: str | None = None  # the column whose reference is the subject's own advisor or salesperson


OWN = {"customer": "customer__", "vehicle": "vehicle__"}
REACH = {
    "customer": Reach(Customer, {"customer": ""}),
    "vehicle": Reach(Vehicle, {"vehicle": "", "customer": "customer__"}),
    "appointment": Reach(Appointment, {"appointment": "", **OWN}, "appointment.advisor_folded"),
    "repair_order": Reach(RepairOrder, {"repair_order": "", **OWN}, "repair_order.advisor_folded"),
    "sale": Reach(Sale, {"sale": "", **OWN}, "sale.salesperson_folded"),
    "deferred_work": Reach(
        DeferredWork, {"deferred_work": "", "repair_order": "repair_order__", **OWN}, "repair_order.advisor_folded"
    ),
}


def gather(
    dealer: Dealer, subject: str, ids: Iterable[int], needs: Collection[str], *, at: datetime
) -> dict[int, Facts]:
    """Per id every fact of `needs`, and those that are always there; an id of nobody is left out."""
    reach = REACH[subject]
    question = Question(dealer, subject, reach.staff, frozenset(needs), at)
    keys = dict.fromkeys([*ALWAYS, *needs])
    specials = [special for prefix, special in SPECIALS.items() if any(key.startswith(prefix) for key in keys)]
    for special in specials:
        keys.update(dict.fromkeys(special.needs(question)))
    wanted = [*ids]
    found: dict[int, Facts] = {}
    for start in range(0, len(wanted), CHUNK):
        chunk = _rows(dealer, reach, wanted[start : start + CHUNK], tuple(keys))
        for special in specials:
            special.fill(question, chunk)
        found.update(chunk)
    return found


def _rows(dealer: Dealer, reach: Reach, ids: Sequence[int], keys: Sequence[str]) -> dict[int, Facts]:
    """The columns of the subjects' own rows and of those they lead to, in one query; the rest None."""
    columns = {key: path for key in keys if (path := _path(reach, key)) is not None}
    meta = [key for key in columns if key.split(".")[1].startswith(META)]
    names = ["subject.id", *columns, *(key for key in keys if key not in columns)]
    unknown = (None,) * (len(names) - len(columns) - 1)
    query = reach.model.objects.of(dealer).filter(Among("pk", ids)).values_list("pk", *columns.values())
    found: dict[int, Facts] = {}
    for row in query:
        found[row[0]] = dict(zip(names, row + unknown, strict=True))
    for key in meta:
        name = key.split(".", 1)[1].removeprefix(META)
        for facts in found.values():
            facts[key] = _meta(facts[key], name)
    return found


def _path(reach: Reach, key: str) -> str | None:
    """Where a fact stands, as the ORM writes it; None when the subject does not lead there."""
    what, column = key.split(".", 1) if "." in key else ("", key)
    if what == "subject":
        return column
    path = reach.paths.get(what)
    if path is None:
        return None
    return path + ("meta" if column.startswith(META) else column)


def _meta(columns: dict[str, Any] | None, name: str) -> Any:
    """A custom column by its name, whatever its case."""
    if not columns:
        return None
    if name in columns:
        return columns[name]
    return next((value for known, value in columns.items() if known.lower() == name), None)
