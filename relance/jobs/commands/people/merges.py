"""`relance merges`: customers who are probably there twice; two become one, or are two people for good."""

import sys
from typing import Annotated

import typer

from relance.dealers.models import Dealer
from relance.facts.persons.matching import offers, set_apart
from relance.jobs.commands.arguments import customer_of, dealer_of, noted, print_json
from relance.lib.clock import now
from relance.outbox.runs.merged import merge

Two = tuple[str, str]


def command(
    slug: Annotated[str, typer.Argument(help="The dealer.")],
    *,
    merge_two: Annotated[
        Two | None, typer.Option("--merge", metavar="KEEP GONE", help="Make GONE one with KEEP; it cannot be undone.")
    ] = None,
    apart: Annotated[
        Two | None, typer.Option(metavar="ONE OTHER", help="They are two people: do not offer them again.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before merging.")] = False,
    json: Annotated[bool, typer.Option("--json", help="A line of JSON per pair.")] = False,
) -> None:
    """Show who is probably there twice, or decide about two of them."""
    dealer = dealer_of(slug)
    if merge_two:
        _merge(dealer, merge_two, is_sure=yes)
    elif apart:
        one, other = (customer_of(dealer, ref) for ref in apart)
        set_apart(dealer, one, other, by="operator", at=now())
        noted(dealer, "customer", f"customers {one.ref} and {other.ref} are two")
        print(f"{one.ref} and {other.ref} are two people and not offered again", file=sys.stderr)
    else:
        _show(dealer, as_json=json)


def _show(dealer: Dealer, *, as_json: bool) -> None:
    found = offers(dealer)
    for offer in found:
        keep, gone = offer.keep.ref, offer.gone.ref
        if as_json:
            print_json({"keep": keep, "gone": gone, "name": offer.keep.name, "same": list(offer.same)})
        else:
            print(f"{keep}  {gone}  {offer.keep.name}: the same {offer.because()}")
    if not as_json:
        again = f"; relance merges {dealer.slug} --merge KEEP GONE, or --apart ONE OTHER" if found else ""
        print(f"{len(found)} {'pair' if len(found) == 1 else 'pairs'}{again}", file=sys.stderr)


def _merge(dealer: Dealer, two: Two, *, is_sure: bool) -> None:
    keep, gone = (customer_of(dealer, ref) for ref in two)
    if not is_sure:
        typer.confirm(
            f"{gone.name or gone.ref} ({gone.ref}) becomes one with {keep.name or keep.ref} ({keep.ref}): history, "
            "vehicles, messages and consent go over. It cannot be undone. Do it?",
            abort=True,
            err=True,
        )
    row = merge(dealer, keep, gone, by="operator", at=now())
    noted(dealer, "customer", f"customer {gone.ref} merged into {keep.ref}", moved=row.moved)
    print(f"{gone.ref} is one with {keep.ref}; in later feeds its id leads there", file=sys.stderr)
