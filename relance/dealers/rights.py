"""Turns a role into what it may do, whose customers it sees, and for which subjects it decides: one table.

A right that is taken away counts at the next request: nothing of this is remembered anywhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTS: Mapping[str, Promise] = {
    "look": _("See programmes, automations and messages"),
    "tasks": _("Work through tasks and call lists"),
    "customers": _("Change customers’ preferences, write notes and personal reminders"),
    "hold_back": _("Hold a customer back, cancel a message"),
    "approve": _("Approve runs and messages, send by hand"),
    "results": _("See results, quality and economics"),
    "export": _("Export lists as files"),
    "automations": _("Change automations, wordings, contact settings and campaigns"),
    "imports": _("Import feeds"),
    "erase": _("Merge, export and erase a person’s data"),
    "settings": _("Change settings and senders"),
    "users": _("Invite people and change their roles"),
    "audit": _("Read the audit log"),
}
Reach = Literal["all", "service", "own"]
SERVICE = frozenset({"appointment", "repair_order", "deferred_work", "vehicle", "customer"})
SALES = frozenset({"sale", "vehicle", "customer"})


@dataclass(frozen=True)
class Rights:
    """What a role may do."""

    acts: frozenset[str]
    reach: Reach = "all"  # whose customers: all, who was in the service department, or only one's own
    subjects: frozenset[str] | None = None  # of which subjects he decides (approves, holds back); None: of all

    def may(self, act: str, subject: str | None = None) -> bool:
        """Whether the role may do this; with a subject, to an automation of that subject."""
        if act not in ACTS:
            raise KeyError(act)  # a typing error must not be a right that nobody has
        return act in self.acts and (subject is None or self.subjects is None or subject in self.subjects)


STAFF = frozenset({"look", "tasks", "customers", "hold_back"})
MANAGER = STAFF | {"approve", "results", "export"}
NOTHING = Rights(frozenset())
RIGHTS: Mapping[str, Rights] = {
    "salesperson": Rights(STAFF, "own"),
    "advisor": Rights(STAFF, "service", SERVICE),
    "finance_manager": Rights(MANAGER, "all", SALES),
    "sales_manager": Rights(MANAGER, "all", SALES),
    "renewals_director": Rights(MANAGER, "all", SALES),
    "service_manager": Rights(MANAGER, "all", SERVICE),
    "general_manager": Rights(frozenset({"look", "results", "export", "audit"})),
    "crm_manager": Rights(frozenset(ACTS)),
    "read_only": Rights(frozenset({"look", "results"})),
}


def rights_of(role: str) -> Rights:
    """The rights of a role; a role that is not in the table has none."""
    return RIGHTS.get(role, NOTHING)
