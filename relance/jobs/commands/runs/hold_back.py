"""`relance hold-back`: a person is not to hear from an automation, or from any, for a time or for ever; and back."""

import sys
from datetime import date
from typing import Annotated

import typer

from relance.dealers.models import Dealer
from relance.facts.models import Customer
from relance.jobs.commands.arguments import automation_of, customer_of, dealer_of, noted
from relance.lib.clock import now
from relance.lib.errors import BadInput
from relance.lib.moments import parse_day
from relance.outbox.gate.known import EVERYTHING
from relance.outbox.hold_back import hold_back, hold_from_everything, standing_of, undo
from relance.outbox.models import HoldBack


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    code: Annotated[str, typer.Argument(help="The automation; or the word everything.")],
    customer: Annotated[str, typer.Argument(help="The customer's id in the business system.")],
    day: Annotated[
        str | None, typer.Option(help="Only the run of this day, from everything: until this day; else for ever.")
    ] = None,
    why: Annotated[str, typer.Option(help="From everything: the reason, for whoever finds it later.")] = "",
    take_back: Annotated[bool, typer.Option("--undo", help="Take the hold-back away.")] = False,
) -> None:
    """Hold a person back from an automation, or from everything."""
    dealer = dealer_of(slug)
    if code == EVERYTHING:
        _from_everything(dealer, customer_of(dealer, customer), until=day, why=why, take_back=take_back)
        return
    automation, person = automation_of(dealer, code), customer_of(dealer, customer)
    on = parse_day(day) if day else None
    if take_back:
        held = HoldBack.objects.of(dealer).filter(automation=automation, customer=person, undone_at=None)
        back = [m for row in _of_day(list(held), on) for m in undo(dealer, row, by="operator", at=now())]
        noted(dealer, "released", f"automation {code}, customer {customer}", day=day)
        print(f"hold-back taken away, {len(back)} messages came back", file=sys.stderr)
        return
    hold_back(dealer, automation, person, reference_on=on, by="operator", at=now())
    noted(dealer, "held_back", f"automation {code}, customer {customer}", day=day)
    print(f"{person.ref} is held back from {automation.code} {f'on {on}' if on else 'forever'}", file=sys.stderr)


def _from_everything(dealer: Dealer, person: Customer, *, until: str | None, why: str, take_back: bool) -> None:
    if take_back:
        standing = list(standing_of(dealer, person, at=now()).filter(automation=None))
        if not standing:
            raise BadInput(f"{person.ref} is not held back from everything: there is nothing to take away")
        back = [message for row in standing for message in undo(dealer, row, by="operator", at=now())]
        noted(dealer, "released", f"everything, customer {person.ref}")
        print(f"hold-back taken away, {len(back)} messages came back", file=sys.stderr)
        return
    last = parse_day(until) if until else None
    hold_from_everything(dealer, person, until=last, why=why, by="operator", at=now())
    noted(dealer, "held_back", f"everything, customer {person.ref}", until=until or "forever")
    print(f"{person.ref} is held back from everything {f'until {last}' if last else 'forever'}", file=sys.stderr)


def _of_day(held: list[HoldBack], on: date | None) -> list[HoldBack]:
    found = [row for row in held if row.reference_on == on]
    if not found:
        raise BadInput(f"nothing is held back {f'on {on}' if on else 'forever'}: there is nothing to take away")
    return found
