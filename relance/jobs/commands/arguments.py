"""Turns the words of a command line into a dealer, a moment, a line of JSON, an entry of the audit log."""

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from relance.dealers.audit import OPERATOR, Deed, note
from relance.dealers.models import Dealer
from relance.facts.models import Customer, Merge
from relance.lib.clock import now
from relance.lib.errors import BadInput, unknown_word
from relance.lib.moments import parse_moment
from relance.outbox.models import Message
from relance.plan.models import Automation


def dealer_of(slug: str) -> Dealer:
    """The dealer with this slug; BadInput offers the nearest one."""
    dealer = Dealer.objects.filter(slug=slug).first()
    if dealer is None:
        slugs = list(Dealer.objects.values_list("slug", flat=True)[:1000])
        if not slugs:
            raise BadInput(f"there is no dealer yet: make one with relance dealer create {slug} --name … --timezone …")
        raise BadInput(unknown_word("dealer", slug, slugs))
    return dealer


def automation_of(dealer: Dealer, code: str) -> Automation:
    """The dealer's automation with this code; BadInput offers the nearest one."""
    rows = Automation.objects.of(dealer)
    found = rows.filter(code=code).first()
    if found is None:
        raise BadInput(unknown_word("automation", code, rows.values_list("code", flat=True)))
    return found


def customer_of(dealer: Dealer, ref: str) -> Customer:
    """The dealer's customer with this id of the business system, also of one who is another now; else BadInput."""
    found = Customer.objects.of(dealer).filter(ref=ref).first()
    if found is None:
        merged = Merge.objects.of(dealer).filter(gone_ref=ref).select_related("kept").first()
        found = merged.kept if merged else None
    if found is None:
        raise BadInput(f"there is no customer {ref}: give the id of the business system, for example C1024")
    return found


def message_of(dealer: Dealer, key: str) -> Message:
    """The dealer's message with this id, with its automation and customer; else BadInput."""
    try:
        rows = Message.objects.of(dealer).select_related("automation", "customer").filter(key=UUID(key))
    except ValueError:
        raise BadInput(f"{key} is no message id: relance messages {dealer.slug} --json prints them") from None
    found = rows.first()
    if found is None:
        raise BadInput(f"{dealer.slug} has no message {key}")
    return found


def moment_of(text: str, dealer: Dealer) -> datetime:
    """A moment; without an offset it is local to the dealer."""
    return parse_moment(text, dealer.zone)


def noted(dealer: Dealer, act: str, what: str = "", **after: Any) -> None:
    """Note in the audit log what the operator did."""
    note(dealer, Deed(act, what, after=after), who=OPERATOR, at=now())


def print_json(line: Mapping[str, Any]) -> None:
    """One object on one line of the output."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
