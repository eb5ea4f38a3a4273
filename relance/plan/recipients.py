"""Turns the recipients of an automation and the facts of a subject into people: the customer, or staff by role."""

from collections.abc import Iterator, Mapping
from typing import Any

from relance.dealers.models import Dealer, Staff
from relance.lib.fold import fold

# The subject's own column that names the person of a role.
OWN_COLUMN = {
    "advisor": ("appointment.advisor", "repair_order.advisor"),
    "salesperson": ("sale.salesperson",),
    "finance_manager": ("sale.finance_manager",),
    "sales_manager": ("sale.sales_manager",),
}
ELSE_OF_CUSTOMER = {"salesperson": "customer.salesperson"}
ONLY_OF_SUBJECT = frozenset({"advisor", "salesperson"})  # other roles are, without a name, everyone who has them
NEEDS = {
    "customer": frozenset({"customer.salesperson"}),
    "vehicle": frozenset({"customer.salesperson"}),
    "appointment": frozenset({"customer.salesperson", "appointment.advisor"}),
    "repair_order": frozenset({"customer.salesperson", "repair_order.advisor"}),
    "deferred_work": frozenset({"customer.salesperson", "repair_order.advisor"}),
    "sale": frozenset({"customer.salesperson", "sale.salesperson", "sale.finance_manager", "sale.sales_manager"}),
}


class Roster:
    """The staff of a dealer, read once."""

    def __init__(self, dealer: Dealer) -> None:
        people = list(Staff.objects.of(dealer).filter(retired_at=None).order_by("ref"))
        self.by_reference = {person.ref_folded: person for person in people}
        self.by_ref = {person.ref: person for person in people}
        self.by_role: dict[str, list[Staff]] = {}
        for person in people:
            for role in person.roles:
                self.by_role.setdefault(role, []).append(person)

    def recipients(self, words: list[str], values: Mapping[str, Any]) -> Iterator[tuple[str, Staff | None]]:
        """(recipient, person) for each word, the same person once; a role that nobody fills is (`role:NAME`, None)."""
        seen: set[str] = set()
        for word in words:
            if word == "customer":
                yield "customer", None
                continue
            people = self.people(word, values)
            if not people:
                yield f"role:{word}", None
            for person in people:
                if person.ref not in seen:
                    seen.add(person.ref)
                    yield f"staff:{person.ref}", person

    def people(self, word: str, values: Mapping[str, Any]) -> list[Staff]:
        """Who fills a role towards a subject."""
        if word.startswith("user:"):
            return self._named(word.removeprefix("user:"))
        named = next((values[key] for key in OWN_COLUMN.get(word, ()) if values.get(key)), None)
        found = self._named(named)
        if not found and word in ELSE_OF_CUSTOMER:
            found = self._named(values.get(ELSE_OF_CUSTOMER[word]))
        if found or named or word in ONLY_OF_SUBJECT:
            return found
        return self.by_role.get(word, [])

    def _named(self, reference: str | None) -> list[Staff]:
        person = self.by_reference.get(fold(reference)) if reference else None
        return [person] if person else []
