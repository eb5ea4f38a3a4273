"""Turns a group of customers by rules into a mailing to them, at once or spread over open days.

A mailing is an automation like any other (`schedule: {kind: once, at: …, split_days: 5}`), so that gate, once-keys,
approval and why are the same. It keeps the group's rules as they were when it was made.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from relance.audience.compile import Question, subjects
from relance.audience.tree import read_tree
from relance.dealers.models import Dealer
from relance.lib.errors import BadInput, unknown_word
from relance.plan.apply import plain
from relance.plan.models import CustomerGroup

SUBJECTS = ("customer", "vehicle")  # what a mailing speaks about


def save_group(
    dealer: Dealer, name: str, audience: list[Any], *, subject: str = "customer", at: datetime
) -> CustomerGroup:
    """Keep a group under its name; the rules are checked first, BadInput says where they are wrong."""
    if not name.strip():
        raise BadInput(_("a group needs a name, for example Mazda owners"))
    if subject not in SUBJECTS:
        raise BadInput(unknown_word(_("subject"), subject, SUBJECTS))
    read_tree(audience, path=f"{name}.audience")
    group = CustomerGroup.objects.of(dealer).filter(name=name.strip()).first()
    group = group or CustomerGroup(dealer=dealer, name=name.strip())
    group.subject, group.audience, group.updated_at = subject, plain(audience), at
    group.save()
    return group


def group_of(dealer: Dealer, name: str) -> CustomerGroup:
    """The group of this name; BadInput offers the nearest."""
    found = {group.name: group for group in CustomerGroup.objects.of(dealer)}
    if name not in found:
        raise BadInput(unknown_word(_("group"), name, found))
    return found[name]


def members(group: CustomerGroup, *, at: datetime) -> int:
    """How many belong to it now."""
    tree = read_tree(group.audience, path=f"{group.name}.audience")
    return subjects(Question(group.dealer, tree, group.subject, group.scope, at)).count()


def mailing(group: CustomerGroup, entry: dict[str, Any], *, at: datetime, days: int = 1) -> dict[str, Any]:
    """An automation's file form that speaks once to the group with the words of `entry`, over so many open days.

    To be applied and switched on like any other; `entry` has code, name, purpose, channels and wording.
    """
    schedule: dict[str, Any] = {"kind": "once", "at": at.astimezone(group.dealer.zone).isoformat()}
    if days > 1:
        schedule["split_days"] = days
    return {
        **entry,
        "subject": group.subject,
        "scope": group.scope,
        "audience": group.audience,
        "schedule": schedule,
        "repeat": "once",
    }
